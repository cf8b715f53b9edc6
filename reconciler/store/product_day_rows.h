#pragma once

#include <vector>

#include "policy/result.h"
#include "reconciler/plan/product_day.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// The table `product_days`: what a tenant had of each product, day by day.

/// By product, then day.
Result<std::vector<ProductDay>> ReadProductDays(SqliteDb& db, const TenantKey& tenant);
/// In the place of what was there of the same products and days; what is the same is not written
/// again. REQUIRES: a transaction is open.
Result<void> WriteProductDays(SqliteDb& db, const TenantKey& tenant,
                              const std::vector<ProductDay>& days);
/// Removes whole days that were over before then. REQUIRES: a transaction is open.
Result<void> PruneProductDays(SqliteDb& db, const TenantKey& tenant, WallTime before);

}  // namespace seatkeeper
