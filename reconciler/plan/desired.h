#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/memory.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// Position of a product in DesiredState::products.
using DesiredIndex = std::uint16_t;
/// Position in DesiredState::origins.
using OriginIndex = std::uint32_t;

/// The users whom one LicensePolicy speaks about.
struct Selection {
  const LicensePolicy* policy = nullptr;  ///< Lives in the PolicySet.
  RowSet rows;
  std::vector<GroupId> groups{};  ///< With `delivery: group`: those to be licensed. Ordered.
  /// An `except` could not be proven complete: nothing of this policy is changed.
  std::optional<HeldBy> held;
};

/// What one policy says of one product.
struct PolicyStatement {
  enum class Kind { kGrant, kRevoke };
  Kind kind = Kind::kGrant;
  std::size_t selection = 0;  ///< Index into DesiredState::selections.
  OriginIndex origin = 0;
  int priority = 0;
  PlanSelection::Kind shape = PlanSelection::Kind::kUnmanaged;
  std::vector<PlanId> disabled_plans;  ///< Ordered; only where the shape is managed.
  /// With `delivery: group`: the users get it from their group, not by a change of their own.
  bool by_group = false;
  /// Of a group: what was granted until a day that has passed goes where nothing else grants it.
  bool expired = false;
  bool just_expired = false;  ///< And that was less than `unassign.after` ago.

  bool shapes_plans() const { return shape != PlanSelection::Kind::kUnmanaged; }
};

/// The place of a product in a ladder.
struct Rung {
  std::size_t ladder = 0;  ///< Index into DesiredState::ladders.
  std::size_t number = 0;  ///< From the top, which is 0.
};

/// One product that some document names. Products that none names do not appear: never touched.
struct DesiredProduct {
  SkuId id;
  std::optional<ProductIndex> index;  ///< Nothing: the tenant neither owns nor holds it.
  Management management = Management::kAssignOnly;
  UnassignWaiting unassign{};  ///< What must have happened before a removal.
  int reserve = 0;
  std::optional<UnitPrice> price;  ///< Of one seat, where known.
  SpareSeats spare{};
  NewPlans new_plans_rule = NewPlans::kHold;
  OriginIndex managed_by = 0;  ///< The ProductPolicy; empty name where there is none.
  /// By priority, highest first; what goes to users before what goes to groups; by policy name.
  std::vector<PolicyStatement> statements;
  /// What is said of groups themselves. By priority, highest first; then by policy name.
  std::vector<PolicyStatement> group_statements{};
  /// Who wins, user by user: each row is in at most one of these.
  RowSet granted{};
  RowSet revoked{};
  RowSet tied{};  ///< Granted and revoked with the same priority.
  /// Users whose direct assignment is seatkeeper's own; only under management `owned`.
  RowSet owned{};
  /// To whom it was granted until less than `unassign.after` ago. What goes for that does not wait.
  /// Later it does, should it still be there: then who knows what it goes for.
  RowSet just_expired{};
  /// Service plans that the vendor added since the list was stored. Ordered.
  std::vector<PlanId> new_plans;
  std::optional<Rung> rung;
  /// A reference could not be resolved: nobody loses this product.
  std::optional<HeldBy> removals_held;
  /// Why nobody can be given it; empty when they can.
  std::string obstacle;

  /// Whether there are new service plans that holders are to have on, or off: whatever lists say.
  bool DecidesNewPlans() const { return !new_plans.empty() && new_plans_rule != NewPlans::kHold; }

  bool HasJustExpired(Row row) const {
    return just_expired.universe() != 0 && just_expired.Contains(row);
  }

  /// Whether management lets this user's direct assignment go.
  bool LetsGo(Row row) const {
    return management == Management::kFull ||
           (management == Management::kOwned && owned.Contains(row));
  }
};

/// Products of which a user has at most one.
struct DesiredLadder {
  const ProductLadder* document = nullptr;  ///< Lives in the PolicySet.
  std::vector<DesiredIndex> rungs;          ///< Highest first.
};

/// What the policy wants of one tenant.
struct DesiredState {
  std::vector<Selection> selections;     ///< By policy name.
  std::vector<DesiredProduct> products;  ///< By id.
  std::vector<DesiredLadder> ladders;    ///< By name.
  std::vector<Origin> origins;           ///< [0] is empty.
  std::vector<std::string> warnings;
  std::optional<WallTime> next_flip;  ///< Of any rule or expiry; see RuleSelection.

  /// Nothing: no document names the product.
  std::optional<DesiredIndex> Find(const SkuId& product) const;
  /// The statement of this kind that decides for the user: the first that selects them.
  const PolicyStatement* Deciding(const DesiredProduct& product, PolicyStatement::Kind kind,
                                  Row row) const;
  /// The grant whose word on service plans holds, the highest that says anything; `conflict` is
  /// another of the same priority that says otherwise.
  struct Shape {
    const PolicyStatement* statement = nullptr;
    const PolicyStatement* conflict = nullptr;
  };
  Shape ShapeOf(const DesiredProduct& product, Row row) const;

  /// Some higher rung of the product's ladder is granted to the user, which alone counts then.
  bool HigherRungGranted(const DesiredProduct& product, Row row) const;

  const Origin& OriginOf(const PolicyStatement& statement) const {
    return origins[statement.origin];
  }
};

/// Applies the policy to a reading; `now` is what `system.now` means. Pure. Fails (kInvalid, with
/// position) where a product or a service plan that the policy names cannot exist, or where a
/// revoke or an expiry can never take its product away; a group or user that cannot be found is no
/// failure but holds removals, for unknown must never become absent.
Result<DesiredState> ResolveDesired(const PolicySet& policies, std::string_view tenant,
                                    const ObservedState& observed, WallTime now,
                                    const ProductCatalog& catalog = {},
                                    const PlanMemory& memory = {});

}  // namespace seatkeeper
