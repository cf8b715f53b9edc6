#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of the table `readings`: the bytes of a tenant's last reading, in parts, for they may be
// many. Each function is a part of a transaction of the caller's.

/// Empty where there are none.
Result<std::string> ReadReading(SqliteDb& db, const TenantKey& tenant);

/// In the place of what was there.
Result<void> WriteReading(SqliteDb& db, const TenantKey& tenant, std::string_view bytes);

}  // namespace seatkeeper
