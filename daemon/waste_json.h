#pragma once

#include <string>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// One JSON object on a line; `seatkeeper schema Report` describes it.
std::string RenderWasteJson(const TenantWaste& tenant);

}  // namespace seatkeeper
