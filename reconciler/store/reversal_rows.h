#pragma once

#include "reconciler/plan/repetition.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Store::RepetitionsSince: from the journal, by the later of intent and answer, as the limits on
/// amounts count.
Result<Repetitions> ReadRepetitions(SqliteDb& db, const TenantKey& tenant, WallTime since);

}  // namespace seatkeeper
