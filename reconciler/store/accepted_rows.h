#pragma once

#include <optional>

#include "policy/result.h"
#include "reconciler/plan/accepted.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// The table `accepted_readings`: a row for each figure of the last accepted reading of a tenant.

Result<void> ReadAccepted(SqliteDb& db, const TenantKey& tenant,
                          std::optional<AcceptedReading>& accepted);
/// Takes the place of what was there. REQUIRES: a transaction is open.
Result<void> WriteAccepted(SqliteDb& db, const TenantKey& tenant, const AcceptedReading& accepted);

}  // namespace seatkeeper
