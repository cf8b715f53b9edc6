#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reconciler/plan/duration.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Writes the plan as the JSON document that `plan --format json` prints and `--out` saves, piece
/// by piece, so that a plan of a million changes needs no second copy of itself in memory. Keys and
/// entries stand in a fixed order: the same plan gives the same bytes, one change a line. Bytes
/// that are not UTF-8 are replaced. Ends with a line end. `seatkeeper schema Plan` describes it
/// (daemon/plan_schema.h); what is added here is added there.
/// `writes_per_second` is what the service takes for long.
void WritePlanJson(const Plan& plan, const std::function<void(std::string_view)>& sink,
                   double writes_per_second = kWritesPerSecond);

/// The same in one text.
std::string RenderPlanJson(const Plan& plan);

}  // namespace seatkeeper
