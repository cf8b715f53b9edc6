#pragma once

#include <string>

#include "daemon/reading_head.h"
#include "reconciler/plan/product_overview.h"

namespace seatkeeper {

/// The products as a table; with `plans` the service plans of each beneath it. No name of a tenant
/// can carry control characters into the terminal.
std::string RenderProductsText(const ProductsOverview& overview, const ReadingHead& head,
                               bool plans);

/// One JSON object on a line, service plans included.
std::string RenderProductsJson(const ProductsOverview& overview, const ReadingHead& head);

}  // namespace seatkeeper
