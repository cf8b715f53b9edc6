#pragma once

#include <string>

#include "reconciler/plan/duration.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

/// The plan for people: totals first, then what changes by product and policy, what that endangers,
/// who waits, what is held or deferred and why, the drift that nothing is done about, and warnings.
/// Lines that can be broken fit 80 columns. Ends with a line end; no user's name can carry control
/// characters into the terminal. `writes_per_second` is what the service takes for long.
std::string RenderPlanText(const Plan& plan, const TextStyle& style,
                           double writes_per_second = kWritesPerSecond);

/// "+ SPE_E5 (without YAMMER_ENTERPRISE), - VISIOCLIENT, SPE_E3 -> SPE_E5, usage location FR": what
/// one change does.
std::string DescribeChange(const Plan& plan, const Change& change);

}  // namespace seatkeeper
