#pragma once

#include <string>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// The plan as the JSON document that `plan --format json` prints and `--out` saves. Keys and
/// entries stand in a fixed order: the same plan gives the same bytes. Ends with a line end.
std::string RenderPlanJson(const Plan& plan);

}  // namespace seatkeeper
