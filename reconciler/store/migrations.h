#pragma once

#include "policy/result.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// The version of the schema that this program writes (SQLite's user_version).
int NewestSchema();

/// kStore when the file is not ours to touch: it belongs to another program, or a newer seatkeeper
/// wrote it. Alters nothing. Otherwise the version of its schema; 0 for an empty file.
Result<int> PresentSchema(SqliteDb& db);

/// Brings the schema to NewestSchema(): forward only, each step in a transaction of its own, safe
/// when two processes start at once. Fails, and alters nothing, where PresentSchema() fails.
Result<void> Migrate(SqliteDb& db);

}  // namespace seatkeeper
