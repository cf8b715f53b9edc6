#pragma once

#include <map>

#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// What the limits on amounts count: changes that may have reached the tenant since a moment, by the
// later of intent and answer, so that a slow answer cannot slip out of the window.

/// Store::RemovalsSince.
Result<std::map<SkuId, int>> CountRemovals(SqliteDb& db, const TenantKey& tenant, WallTime since,
                                           Counted which);

/// Store::AssignmentsSince.
Result<std::map<SkuId, int>> CountAssignments(SqliteDb& db, const TenantKey& tenant, WallTime since,
                                              Counted which);

}  // namespace seatkeeper
