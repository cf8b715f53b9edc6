#pragma once

#include <string>
#include <string_view>

#include "daemon/waste_report.h"

namespace seatkeeper {

/// A report as one HTML file, which fetches nothing: the head, a section per tenant, the tail. Text
/// of a tenant is escaped; colours follow the reader's light or dark setting; what charts show
/// stands in tables as well.
std::string_view WasteHtmlHead();
/// `number` tells the tenants of one file apart.
std::string RenderWasteHtml(const TenantWaste& tenant, int number);
std::string_view WasteHtmlTail();

/// `text` for the inside of an element or of a quoted attribute; Printable besides.
std::string EscapeHtml(std::string_view text);

}  // namespace seatkeeper
