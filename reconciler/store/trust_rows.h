#pragma once

#include <string>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Rows of the table `store_trust`: when the store was found in doubt for a tenant and when a
/// person stood up for it, of which the last one counts. Nothing of it is ever altered.
/// Each function is a part of a transaction of the caller's.

Result<StoreStanding> ReadStanding(SqliteDb& db, const TenantKey& tenant);

/// Found silent since then.
Result<void> WriteDoubt(SqliteDb& db, const TenantKey& tenant, WallTime silent_since, WallTime now);

Result<void> WriteTrust(SqliteDb& db, const TenantKey& tenant, const TrustNote& note);

}  // namespace seatkeeper
