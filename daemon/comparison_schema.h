#pragma once

#include <string_view>

namespace seatkeeper {

/// The kind by which comparisons call themselves, and by which `seatkeeper schema` prints this.
inline constexpr std::string_view kComparisonKind = "Comparison";

/// The JSON Schema (draft 2020-12) of what `plan --against --format json` prints. Strict, as
/// PlanSchema. Ends with a line end.
std::string_view ComparisonSchema();

}  // namespace seatkeeper
