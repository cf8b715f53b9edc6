#pragma once

#include "reconciler/seams/removal_ledger.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// RemovalLedger::StandingRemovals, out of at most `most` changes.
Result<RemovalsStanding> ReadStandingRemovals(SqliteDb& db, const TenantKey& tenant,
                                              const JournalPlace& behind, int most);

}  // namespace seatkeeper
