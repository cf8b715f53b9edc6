#pragma once

#include <string>
#include <utility>

#include "policy/result.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

// Rows of tables whose first two columns say the tenant.

inline Error Unreadable(const char* what) {
  return Error{.kind = ErrorKind::kStore,
               .message = std::string("The store's list of ") + what + " cannot be read.",
               .position = {},
               .service = {}};
}

/// Calls `read(statement)` for every row of the tenant, as long as that succeeds.
template <typename Read>
Result<void> ForEachRow(SqliteDb& db, const char* sql, const TenantKey& tenant, Read&& read) {
  auto select = db.Prepare(sql);
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud);
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    if (Result<void> done = read(*select); !done) return done;
  }
}

/// Runs the statement once for every item, after `bind(statement, item)`.
template <typename Items, typename Bind>
Result<void> ForEachItem(SqliteDb& db, const char* sql, const TenantKey& tenant, const Items& items,
                         Bind&& bind) {
  for (const auto& item : items) {
    // Compiled once: the connection keeps it.
    auto statement = db.Prepare(sql);
    if (!statement) return std::move(statement).error();
    statement->Bind(tenant.tenant_id).Bind(tenant.cloud);
    bind(*statement, item);
    if (auto done = statement->Run(); !done) return done;
  }
  return {};
}

}  // namespace seatkeeper
