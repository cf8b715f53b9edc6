#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/accepted.h"
#include "reconciler/plan/deferral.h"
#include "reconciler/plan/pin.h"
#include "reconciler/plan/plan_rules.h"

namespace seatkeeper {

/// A user and a product: what ownership and waiting lists are about.
struct UserProduct {
  UserId user;
  SkuId product;

  friend auto operator<=>(const UserProduct&, const UserProduct&) = default;
};

/// What earlier cycles left for planning. A value, kept in the store between cycles. What was
/// never kept is empty: nothing is owned, nobody waits, every service plan is known.
struct PlanMemory {
  /// Per product, the service plans it had when it was first read. Ordered by id. A plan that is
  /// not among them was added by the vendor since. Products without an entry have no new plans.
  std::map<SkuId, std::vector<PlanId>> known_plans;
  /// Direct assignments that seatkeeper made itself and that every complete reading since has
  /// shown. Ordered, each once.
  std::vector<UserProduct> owned;
  /// Since when users have waited for a seat.
  std::map<UserProduct, WallTime> waiting;
  /// What the tenant's refusals have taught about service plans.
  PlanRules learned_rules;
  /// Removals that are wanted, and for how long they have been.
  Deferrals deferrals;
  /// What the next reading is compared with; nothing: no reading was accepted yet.
  std::optional<AcceptedReading> accepted{};
  /// What `undo` put back and policy must not take again. By number.
  std::vector<Pin> pins{};

  friend bool operator==(const PlanMemory&, const PlanMemory&) = default;
};

/// What is to be written to make one memory into another. In a large tenant almost nothing of a
/// memory changes from cycle to cycle.
struct MemoryChange {
  std::map<SkuId, std::vector<PlanId>> known_plans;  ///< New or longer lists, whole.
  std::vector<UserProduct> owned;                    ///< Owned from now on.
  std::vector<UserProduct> no_longer_owned;
  std::map<UserProduct, WallTime> waiting;  ///< New, or since another time.
  std::vector<UserProduct> no_longer_waiting;
  PlanRules learned_rules;          ///< New ones. What was learned is never unlearned.
  std::vector<Deferral> deferrals;  ///< New or altered ones.
  std::vector<SubjectProduct> no_longer_deferred;
  std::optional<WallTime> last_reading;  ///< Of Deferrals, where it is another.
  /// Whole, in the place of the one before.
  std::optional<AcceptedReading> accepted{};
  std::vector<Pin>
      ended_pins{};  ///< With Pin::over. New pins are nobody's memory: undo writes them.

  bool empty() const {
    return known_plans.empty() && owned.empty() && no_longer_owned.empty() && waiting.empty() &&
           no_longer_waiting.empty() && learned_rules.empty() && deferrals.empty() &&
           no_longer_deferred.empty() && !last_reading && !accepted && ended_pins.empty();
  }
};

}  // namespace seatkeeper
