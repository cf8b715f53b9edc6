#pragma once

#include <string_view>

namespace seatkeeper {

/// The kind by which plans call themselves, and by which `seatkeeper schema` prints this.
inline constexpr std::string_view kPlanKind = "Plan";

/// The JSON Schema (draft 2020-12) of what WritePlanJson writes. Strict: a field that it does not
/// know is wrong, so that a test notices where writer and schema part. Whoever reads plans should
/// pass over fields that they do not know, for a later version may have more. Ends with a line end.
std::string_view PlanSchema();

}  // namespace seatkeeper
