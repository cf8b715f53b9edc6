#pragma once

#include <string_view>

namespace seatkeeper {

/// The kind by which reports call themselves, and by which `seatkeeper schema` prints this.
inline constexpr std::string_view kReportKind = "Report";

/// The JSON Schema (draft 2020-12) of what `report --format json` prints. Strict, as PlanSchema.
/// Ends with a line end.
std::string_view ReportSchema();

}  // namespace seatkeeper
