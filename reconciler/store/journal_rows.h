#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Rows of the tables `changes` and `change_events` and what they mean. Each function is a part of
/// a transaction of the caller's.

inline std::int64_t ToMillis(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime FromMillis(std::int64_t millis) {
  return WallTime(std::chrono::milliseconds(millis));
}

/// Writes a new entry and its first event. kConflict when its subject has an open change already.
Result<void> InsertEntry(SqliteDb& db, const Lease& lease, const JournalEntry& entry);

/// Moves an entry on and adds the event. kNotFound for an entry that this tenant does not have,
/// kInternal for one in a terminal state, kCancelled for a further attempt while the tenant is
/// suspended.
Result<void> UpdateEntry(SqliteDb& db, const Lease& lease, const JournalUpdate& update);

/// The columns that ReadEntry expects, from column 0 on, for a SELECT from `changes`.
extern const char* const kEntryColumns;
/// kStore when the row cannot be what this program wrote.
Result<HistoryEntry> ReadEntry(const Statement& row);

/// All rows of a statement whose columns are kEntryColumns, in order.
Result<std::vector<HistoryEntry>> ReadEntries(Statement& statement);

}  // namespace seatkeeper
