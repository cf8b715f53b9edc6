#pragma once

#include "policy/result.h"
#include "reconciler/seams/standing_removals.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Store::StandingRemovals, out of at most `most` changes.
Result<RemovalsStanding> ReadStandingRemovals(SqliteDb& db, const TenantKey& tenant,
                                              const JournalPlace& behind, int most);

}  // namespace seatkeeper
