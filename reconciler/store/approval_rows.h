#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reconciler/seams/approval_store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of the tables `held_sets`, `approvals` and `approval_documents`; what each does is said at
// ApprovalStore.

Result<void> WriteHeldSets(SqliteDb& db, const TenantKey& tenant, const std::vector<HeldSet>& sets,
                           WallTime now);
Result<std::vector<StoredHeldSet>> ReadHeldSets(SqliteDb& db, const TenantKey& tenant,
                                                std::string_view digest_prefix);
Result<std::vector<StoredHeldSet>> ReadOpenHeldSets(SqliteDb& db, const TenantKey& tenant);
Result<std::int64_t> InsertApproval(SqliteDb& db, const TenantKey& tenant,
                                    const StoredApproval& approval);
Result<std::vector<StoredApproval>> ReadApprovals(SqliteDb& db, const TenantKey& tenant);
Result<void> WriteDocuments(SqliteDb& db, const TenantKey& tenant, const DocumentsSeen& documents);
Result<DocumentsSeen> ReadDocuments(SqliteDb& db, const TenantKey& tenant);
Result<std::vector<SpentItem>> ReadSpentItems(SqliteDb& db, const TenantKey& tenant);

}  // namespace seatkeeper
