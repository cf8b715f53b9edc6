#pragma once

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/reprocessing.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Store::ReprocessedSince.
Result<ReprocessPast> ReadReprocessed(SqliteDb& db, const TenantKey& tenant, WallTime since);

}  // namespace seatkeeper
