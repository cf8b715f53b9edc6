#pragma once

#include <string>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// For spreadsheets: a line of headings, then a line per product, or with users one per wasted
/// seat. Amounts have no thousands separator. `headings`: of several tenants only the first has
/// them. What a spreadsheet would take for a formula is made text.
std::string RenderWasteCsv(const TenantWaste& tenant, bool headings);

}  // namespace seatkeeper
