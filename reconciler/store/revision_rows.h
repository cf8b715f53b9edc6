#pragma once

#include <optional>
#include <string>

#include "policy/result.h"
#include "reconciler/plan/revision.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of `accepted_revisions`, one per tenant, and of `kept_policies` and `kept_policy_files`, one
// policy per source. Each function is a part of a transaction of the caller's.

Result<std::optional<RevisionSummary>> ReadAcceptedRevision(SqliteDb& db, const TenantKey& tenant);
Result<void> WriteAcceptedRevision(SqliteDb& db, const TenantKey& tenant,
                                   const RevisionSummary& summary, WallTime now);

Result<std::optional<KeptPolicy>> ReadKeptPolicy(SqliteDb& db, const std::string& source);
Result<void> WriteKeptPolicy(SqliteDb& db, const KeptPolicy& policy);

}  // namespace seatkeeper
