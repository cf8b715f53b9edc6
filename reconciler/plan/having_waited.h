#pragma once

#include <chrono>
#include <optional>

#include "policy/result.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// The plan once everything that it takes away has been unwanted for `waited`, and as many readings
/// as policy asks for agree; nothing: for as long as policy can ask. For who asks what a policy
/// comes to, and not what happens next. Changes `input.memory.deferrals`: afterwards it is what the
/// plan was made from. Pure; errors as MakePlan.
Result<GuardedPlan> PlanHavingWaited(PlanInput& input,
                                     std::optional<std::chrono::milliseconds> waited = {});

}  // namespace seatkeeper
