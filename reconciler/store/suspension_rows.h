#pragma once

#include "reconciler/plan/suspension.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of the table `suspensions`. Each function is a part of a transaction of the caller's.

Result<Suspension> ReadSuspension(SqliteDb& db, const TenantKey& tenant);
Result<void> InsertSuspension(SqliteDb& db, const TenantKey& tenant, const SuspendedBy& word);
/// Ends what is in force, if anything is.
Result<void> EndSuspension(SqliteDb& db, const TenantKey& tenant, const SuspendedBy& word);

/// kCancelled, in Describe's words, while the tenant is suspended.
Result<void> RefuseWhileSuspended(SqliteDb& db, const TenantKey& tenant);

}  // namespace seatkeeper
