#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// A held set as the store keeps it.
struct StoredHeldSet {
  HeldSet set;
  WallTime first_seen{};
  WallTime last_seen{};
  bool open = false;  ///< The newest plan that was recorded holds it.
};

/// An approval given by the command.
struct StoredApproval {
  std::int64_t number = 0;  ///< Given by the store, never twice.
  std::string digest;
  std::string who;
  std::string reason;
  WallTime approved_at{};
  WallTime expires_at{};  ///< From then on it releases nothing.

  /// What ApprovedBy::approval says of it.
  std::string name() const { return "command " + std::to_string(number); }
};

/// An item of a held set that a change was made of. Each approval has released it once.
struct SpentItem {
  std::string approval;  ///< ApprovedBy::approval.
  std::string digest;
  Subject subject;
  SkuId product;
  WallTime at{};  ///< When the change was intended.
};

/// Approval documents, by ApprovedBy::approval, and when the store first saw each.
using DocumentsSeen = std::map<std::string, WallTime>;

/// What is held, and who approved it. Nothing here changes what a running cycle decides, so no
/// lease is needed: the command works beside a daemon.
class ApprovalStore {
 public:
  virtual ~ApprovalStore() = default;

  /// What a plan holds: all of its sets, or none. Each set is kept once, whoever sees it how often.
  /// Sets that nobody approved go when they were not seen for 90 days, and before that the oldest
  /// where a tenant has more than a million items of them.
  virtual Result<void> RecordHeldSets(const TenantKey& tenant, const std::vector<HeldSet>& sets,
                                      WallTime now) = 0;
  /// Those whose digests begin so; "" for all. By the time they were last seen, the newest first.
  virtual Result<std::vector<StoredHeldSet>> HeldSets(const TenantKey& tenant,
                                                      std::string_view digest_prefix) = 0;
  /// Those that the newest recorded plan holds.
  virtual Result<std::vector<StoredHeldSet>> OpenHeldSets(const TenantKey& tenant) = 0;

  /// Returns the number of the approval; the one that it comes with is not looked at.
  virtual Result<std::int64_t> RecordApproval(const TenantKey& tenant,
                                              const StoredApproval& approval) = 0;
  /// All of them, the oldest first.
  virtual Result<std::vector<StoredApproval>> Approvals(const TenantKey& tenant) = 0;

  /// What is known of a document stays as it is.
  virtual Result<void> RecordDocuments(const TenantKey& tenant, const DocumentsSeen& documents) = 0;
  virtual Result<DocumentsSeen> DocumentsOf(const TenantKey& tenant) = 0;

  /// From the journal: what was intended under an approval and may have reached the tenant. A
  /// change that was refused, withdrawn or reverted leaves its items unspent.
  virtual Result<std::vector<SpentItem>> SpentItems(const TenantKey& tenant) = 0;
};

}  // namespace seatkeeper
