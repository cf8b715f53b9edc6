#pragma once

#include <cstdint>
#include <vector>

#include "reconciler/plan/pin.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of the table `pins`. Each function is a part of a transaction of the caller's.

/// Those in force, by number. kStore when a row cannot be what this program wrote.
Result<std::vector<Pin>> ReadPins(SqliteDb& db, const TenantKey& tenant);

/// What is pinned so already stays as it is.
Result<void> InsertPins(SqliteDb& db, const TenantKey& tenant, const std::vector<Pin>& pins);

/// Ends those of these that are in force.
Result<void> EndPinRows(SqliteDb& db, const TenantKey& tenant,
                        const std::vector<std::int64_t>& numbers, const PinEnd& end);

/// Ends those that policy has overtaken; see Pin::over.
Result<void> EndOvertaken(SqliteDb& db, const TenantKey& tenant, const std::vector<Pin>& pins);

/// kCancelled, saying who pinned it, where the entry would alter what is pinned.
Result<void> RefusePinned(SqliteDb& db, const TenantKey& tenant, const JournalEntry& entry);

/// The same for the entry of this row, about to be tried again.
Result<void> RefusePinnedAgain(SqliteDb& db, const TenantKey& tenant, std::int64_t change);

}  // namespace seatkeeper
