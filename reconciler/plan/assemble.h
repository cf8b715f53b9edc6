#pragma once

#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/schedule.h"

namespace seatkeeper {

/// Makes the changes of a plan from a finished draft: the parts of one user and one verdict become
/// one change, which is one request. By row. Pure.
std::vector<Change> AssembleChanges(const Draft& draft, const Schedule& schedule,
                                    const DesiredState& desired, const ObservedState& observed);

/// Who waits for which seat, by product and then place.
std::vector<Waiting> AssembleWaiting(const Draft& draft, const SeatAllocator& seats,
                                     const DesiredState& desired, const ObservedState& observed);

}  // namespace seatkeeper
