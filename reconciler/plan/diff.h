#pragma once

#include <set>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/plan_conflicts.h"

namespace seatkeeper {

struct Diff {
  /// What would have to be done. Removals of a user who is granted something that is held or
  /// cannot be given are held with it or deferred, and what the service would refuse is kept back.
  /// Seats are not yet looked at.
  Draft draft;
  std::vector<Drift> drift;  ///< By row; not ordered within one.
};

/// Compares desired and observed state, user by user. Pure.
/// `busy` users have a change whose fate is not known yet: they are reported, not changed.
Diff ComputeDiff(const DesiredState& desired, const ObservedState& observed,
                 const std::set<UserId>& busy, const PlanConflicts& conflicts,
                 const ReleasedParts* released = nullptr);

}  // namespace seatkeeper
