#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/products.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/adoption.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// "2026-11-21", an ISO 8601 time in UTC, or that long before `now`: "7d", "24h".
std::optional<WallTime> ParseSince(std::string_view text, WallTime now);

/// How history calls tenants: the name in the config, or the tenant id where it is not configured.
using TenantNames = std::function<std::string(const TenantKey&)>;

/// Newest first, as History gives them. Text has one paragraph per change, which says the object id
/// of who has another name in other changes; JSON is one array
/// with an entry per line; CSV (RFC 4180) a header line. Cells that a spreadsheet would take for a
/// formula get a leading apostrophe. Products go by the catalogue's part numbers. What was adopted,
/// newest first as well, stands among the changes by its time.
std::string RenderHistoryText(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                              const ProductCatalog& catalog,
                              const std::vector<AdoptionEntry>& adopted = {});
std::string RenderHistoryJson(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                              const ProductCatalog& catalog,
                              const std::vector<AdoptionEntry>& adopted = {});
std::string RenderHistoryCsv(const std::vector<HistoryEntry>& entries, const TenantNames& names,
                             const ProductCatalog& catalog,
                             const std::vector<AdoptionEntry>& adopted = {});

}  // namespace seatkeeper
