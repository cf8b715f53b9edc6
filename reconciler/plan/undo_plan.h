#pragma once

#include <map>

#include "reconciler/plan/desired.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// The plan that puts back what PlanInput::undo took, instead of what the policy wants: given
/// seats, laid into waves and guarded like any other, but for windows and freezes, which are about
/// what policy does. Who gets no seat stays as they are. `unseen` are seats that the reading does
/// not show yet, by product; `guard` is of the products that the policy names. Pure.
/// REQUIRES: input.undo is there.
GuardedPlan PlanUndo(const PlanInput& input, const DesiredState& desired,
                     const std::map<SkuId, int>& unseen, const GuardInput& guard);

}  // namespace seatkeeper
