#pragma once

#include <string>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// For people: a table of products with remarks, what that costs by currency, and with users who
/// holds each wasted seat. No name can carry control characters into the terminal.
std::string RenderWasteText(const TenantWaste& tenant);

}  // namespace seatkeeper
