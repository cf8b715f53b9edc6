#pragma once

#include "policy/result.h"
#include "reconciler/plan/memory.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Rows of the tables `known_plans`, `owned` and `waiting`, by tenant. Each function is a part of a
/// transaction of the caller's.

/// kStore when a row cannot be what this program wrote.
Result<PlanMemory> ReadMemory(SqliteDb& db, const TenantKey& tenant);

/// Repeated, it changes nothing: what is there already is no failure, nor what is gone.
Result<void> WriteMemory(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change);

}  // namespace seatkeeper
