#pragma once

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/retention.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Store::Prune: a part of a transaction of the caller's. The oldest plans go first, whole, so that
/// `undo` finds all of a plan or nothing; a plan with one change that has to stay stays.
Result<void> PruneRows(SqliteDb& db, const TenantKey& tenant, const Retention& retention,
                       WallTime now);

}  // namespace seatkeeper
