#pragma once

#include <set>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

struct Diff {
  /// What would have to be done, one entry per user and verdict, ordered by user id. Removals of a
  /// user who is granted something that is held or cannot be given are held with it or deferred.
  /// Seats are not yet looked at.
  std::vector<Change> changes;
  std::vector<Drift> drift;  ///< Ordered by user id, then product.
};

/// Compares desired and observed state, product by product, user by user. Pure.
/// `busy` users have a change whose fate is not known yet: they are reported, not changed.
Diff ComputeDiff(const DesiredState& desired, const ObservedState& observed,
                 const std::set<UserId>& busy);

}  // namespace seatkeeper
