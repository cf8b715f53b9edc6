#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// The users whom one LicensePolicy speaks about.
struct Selection {
  const LicensePolicy* policy = nullptr;  ///< Lives in the PolicySet.
  RowSet rows;
  /// An `except` could not be proven complete: nothing of this policy is changed.
  std::optional<HeldBy> held;
};

/// One grant of a product, made ready for comparison with what is observed.
struct DesiredGrant {
  std::size_t selection = 0;  ///< Index into DesiredState::selections.
  SourcePosition at;          ///< Of the product in the policy file.
  bool plans_managed = false;
  std::vector<PlanId> disabled_plans;  ///< Ordered; only with plans_managed.
};

/// One product that some document names. Products that none names do not appear: never touched.
struct DesiredProduct {
  SkuId id;
  std::optional<ProductIndex> index;  ///< Nothing: the tenant neither owns nor holds it.
  Management management = Management::kAssignOnly;
  Origin managed_by;                 ///< The ProductPolicy; empty name where none says anything.
  std::vector<DesiredGrant> grants;  ///< By priority, highest first; then by policy name.
  /// A reference could not be resolved: nobody loses this product.
  std::optional<HeldBy> removals_held;
};

/// What the policy wants of one tenant.
struct DesiredState {
  std::vector<Selection> selections;     ///< By policy name.
  std::vector<DesiredProduct> products;  ///< By id.
  std::vector<std::string> warnings;
  std::optional<WallTime> next_flip;  ///< Of any rule; see RuleSelection.
};

/// Applies the policy to a reading; `now` is what `system.now` means. Pure. Fails (kInvalid, with
/// position) where a product or a service plan that the policy names cannot exist; a group or user
/// that cannot be found is no failure but holds removals, for unknown must never become absent.
Result<DesiredState> ResolveDesired(const PolicySet& policies, std::string_view tenant,
                                    const ObservedState& observed, WallTime now,
                                    const ProductCatalog& catalog = {});

}  // namespace seatkeeper
