#pragma once

#include <span>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/deliver.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/people.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/reprocessing.h"

namespace seatkeeper {

// Users whom a policy grants a product through their group, whom the service could not give it, and
// for whom the reason is gone. Processing a user again makes the service judge everything that the
// user inherits: what stands there by mistake, as of a group that the user has left, goes with it.
// So it is done only where all of that is known to be meant. Pure.

/// Everything must outlive the call.
struct ReprocessInput {
  const DesiredState& desired;
  const ObservedState& observed;
  const std::vector<Seats>& seats;  ///< By desired product.
  OpenChanges open;
  const PeopleLimits& people;
  const PlanConflicts& conflicts;
  const ReprocessPast& past;
  WallTime now{};
};

/// Turns what such users miss into parts that reprocess, all of one user or none. A user of whom
/// something else goes is left for a later plan. Seats are looked at only as far as that one is
/// free now; the allocator gives these parts what nobody else takes.
///
/// Tried again is what was tried before only after 24 hours, and only if what can be seen of it is
/// another then, or the service has put the user in error since.
///
/// Returns what is to be said of users who are left alone although the reason is gone: a line per
/// cause, however many users.
std::vector<std::string> PlanReprocessing(const ReprocessInput& input, Draft& draft);

/// Takes all of that back for one user: the groups' licences are missing as before.
void LeaveToGroups(const DesiredState& desired, std::span<Part> of_user);

}  // namespace seatkeeper
