#include "reconciler/store/reprocess_rows.h"

#include <algorithm>
#include <utility>

#include "reconciler/plan/plan.h"
#include "reconciler/store/journal_rows.h"

namespace seatkeeper {

Result<ReprocessPast> ReadReprocessed(SqliteDb& db, const TenantKey& tenant, WallTime since) {
  auto select = db.Prepare(
      "SELECT user_id, change_id, intended_at, state IN ('superseded', 'unresolved') FROM changes"
      " WHERE tenant_id = ? AND cloud = ? AND intended_at >= ?"
      " AND reason = ? AND subject = 'user' AND state <> 'withdrawn'");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(since));
  select->Bind(ToString(Reason::kReprocessed));
  ReprocessPast past;
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return past;
    const auto user = UserId::Parse(select->Text(0));
    if (!user) {
      return Error{.kind = ErrorKind::kStore,
                   .message = "The journal's reprocessed users cannot be read.",
                   .position = {},
                   .service = {}};
    }
    auto& tries = past[*user];
    if (select->Int(3) == 0) tries.change_ids.insert(select->Text(1));
    tries.last = std::max(tries.last, FromMillis(select->Int(2)));
  }
}

}  // namespace seatkeeper
