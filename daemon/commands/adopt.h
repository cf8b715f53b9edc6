#pragma once

#include <map>
#include <optional>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/config.h"
#include "daemon/import_adoption.h"
#include "daemon/runtime.h"
#include "daemon/tenant_lease.h"
#include "policy/products.h"
#include "policy/result.h"

namespace seatkeeper {

/// The part of `import` that `--adopt` adds: what the proven policies describe becomes
/// seatkeeper's own. It holds the tenant's lease from before the reading until it is destroyed, so
/// that no cycle finds an assignment gone between the reading and the word. In the order of its
/// functions; after an error nothing of it may go on.
class Adopter {
 public:
  Adopter(Runtime& runtime, const Workplace& workplace, bool yes, CommandContext& context);

  /// Before the tenant is read: what policy is in force, whether the store can be relied on.
  Result<void> Begin();
  /// Says what would be adopted, and asks. kCancelled where the answer is no. Nothing is asked
  /// where there is nothing to adopt. kConflict where the answer took so long that the reading may
  /// hold no longer.
  Result<void> Confirm(const Import& described, const ObservedState& observed,
                       const ProductCatalog& catalog);
  /// Writes it down, in one transaction, and says so. Soon after Confirm.
  Result<void> Adopt();

 private:
  Result<void> OpenStore();
  Result<void> ReadPolicy();
  Result<void> Recall();
  Result<void> Ask();
  Result<void> CheckClock(const ObservedState& observed);
  std::map<SkuId, Management> Managed(const ObservedState& observed,
                                      const ProductCatalog& catalog) const;

  Runtime& runtime_;
  const Workplace& workplace_;
  const TenantConfig& tenant_;
  bool yes_;
  CommandContext& context_;
  std::optional<PolicyInForce> policy_;  // None: there is no policy yet.
  std::optional<WallTime> last_heard_;   // By the store.
  AdoptionFacts facts_;
  AdoptionChoice choice_;
  std::vector<UserProduct> ended_;  // Owned, and not in the reading any more.
  WallTime now_{};                  // The lesser of local and service time.
  MonotonicTime confirmable_{};     // The reading stands for so long.
  std::optional<TenantLease> lease_;
};

}  // namespace seatkeeper
