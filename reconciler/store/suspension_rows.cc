#include "reconciler/store/suspension_rows.h"

#include <utility>

#include "reconciler/store/journal_rows.h"

namespace seatkeeper {

Result<Suspension> ReadSuspension(SqliteDb& db, const TenantKey& tenant) {
  auto select = db.Prepare(
      "SELECT who, reason, at FROM suspensions"
      " WHERE tenant_id = ? AND cloud = ? AND resumed_at IS NULL ORDER BY seq");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud);
  Suspension suspension;
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return suspension;
    suspension.push_back(
        {.who = select->Text(0), .reason = select->Text(1), .at = FromMillis(select->Int(2))});
  }
}

Result<void> InsertSuspension(SqliteDb& db, const TenantKey& tenant, const SuspendedBy& word) {
  auto insert = db.Prepare(
      "INSERT INTO suspensions (tenant_id, cloud, who, reason, at) VALUES (?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud);
  return insert->Bind(word.who).Bind(word.reason).Bind(ToMillis(word.at)).Run();
}

Result<void> EndSuspension(SqliteDb& db, const TenantKey& tenant, const SuspendedBy& word) {
  auto end = db.Prepare(
      "UPDATE suspensions SET resumed_by = ?, resume_reason = ?, resumed_at = ?"
      " WHERE tenant_id = ? AND cloud = ? AND resumed_at IS NULL");
  if (!end) return std::move(end).error();
  end->Bind(word.who).Bind(word.reason).Bind(ToMillis(word.at));
  return end->Bind(tenant.tenant_id).Bind(tenant.cloud).Run();
}

Result<void> RefuseWhileSuspended(SqliteDb& db, const TenantKey& tenant) {
  auto suspension = ReadSuspension(db, tenant);
  if (!suspension) return std::move(suspension).error();
  if (suspension->empty()) return {};
  return Error{.kind = ErrorKind::kCancelled,
               .message = Describe(*suspension),
               .position = {},
               .service = {}};
}

}  // namespace seatkeeper
