#pragma once

#include "policy/result.h"
#include "reconciler/plan/memory.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// The tables `deferrals` and `last_readings`: for how long removals have been wanted.

Result<void> ReadDeferrals(SqliteDb& db, const TenantKey& tenant, Deferrals& deferrals);
/// Writes what the change says of deferrals. REQUIRES: a transaction is open.
Result<void> WriteDeferrals(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change);

}  // namespace seatkeeper
