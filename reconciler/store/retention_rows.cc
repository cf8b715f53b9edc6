#include "reconciler/store/retention_rows.h"

#include <algorithm>
#include <set>
#include <string>

#include "reconciler/store/journal_rows.h"
#include "reconciler/store/product_day_rows.h"

namespace seatkeeper {
namespace {

// A plan goes whole, however large: the first bounds when no further one is taken up.
constexpr std::int64_t kChangesAtOnce = 500;
constexpr std::int64_t kCyclesAtOnce = 1'000;

// How many changes a plan has; 0 where one of them has to stay. The row with the greatest seq
// stays, too: SQLite would give its number away again.
Result<std::int64_t> Outlived(SqliteDb& db, const TenantKey& tenant, const std::string& plan_id,
                              WallTime before) {
  auto select = db.Prepare(
      "SELECT iif(count(*) FILTER (WHERE tenant_id <> ?1 OR cloud <> ?2 OR intended_at >= ?3"
      "  OR answered_at >= ?3 OR state IN ('intended', 'accepted', 'ambiguous')"
      "  OR approvals <> '[]' OR seq = (SELECT max(seq) FROM changes)) = 0, count(*), 0)"
      " FROM changes WHERE plan_id = ?4");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(before)).Bind(plan_id);
  auto row = select->Step();
  if (!row) return std::move(row).error();
  return select->Int(0);
}

Result<void> Mark(SqliteDb& db, const std::string& plan_id) {
  auto insert = db.Prepare("INSERT INTO outlived (plan_id) VALUES (?)");
  if (!insert) return std::move(insert).error();
  return insert->Bind(plan_id).Run();
}

// Plans into `outlived`, the oldest first. True: there are any.
Result<bool> MarkOutlived(SqliteDb& db, const TenantKey& tenant, WallTime before) {
  auto select = db.Prepare(
      "SELECT plan_id FROM changes WHERE tenant_id = ? AND cloud = ? AND intended_at < ?"
      " AND approvals = '[]' AND state NOT IN ('intended', 'accepted', 'ambiguous')"
      " ORDER BY intended_at");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(before));
  std::set<std::string> seen;
  for (std::int64_t changes = 0; changes < kChangesAtOnce;) {
    auto row = select->Step();
    if (!row) return row;
    if (!*row) return changes > 0;
    const auto plan_id = select->Text(0);
    if (!seen.insert(plan_id).second) continue;
    auto outlived = Outlived(db, tenant, plan_id, before);
    if (!outlived) return std::move(outlived).error();
    if (*outlived == 0) continue;
    if (auto marked = Mark(db, plan_id); !marked) return std::move(marked).error();
    changes += *outlived;
  }
  return true;
}

Result<void> PruneJournal(SqliteDb& db, const TenantKey& tenant, WallTime before) {
  auto any = MarkOutlived(db, tenant, before);
  if (!any) return std::move(any).error();
  if (!*any) return {};
  for (const char* sql : {"DELETE FROM change_events WHERE change IN (SELECT seq FROM changes"
                          " WHERE plan_id IN (SELECT plan_id FROM outlived))",
                          "DELETE FROM changes WHERE plan_id IN (SELECT plan_id FROM outlived)",
                          "DELETE FROM outlived"}) {
    auto remove = db.Prepare(sql);
    if (!remove) return std::move(remove).error();
    if (auto done = remove->Run(); !done) return done;
  }
  return {};
}

// The newest that counts says when the store was heard of, and the newest of all keeps its number.
Result<void> PruneCycles(SqliteDb& db, const TenantKey& tenant, WallTime before) {
  auto remove = db.Prepare(
      "DELETE FROM cycles WHERE seq IN ("
      " SELECT seq FROM cycles WHERE tenant_id = ?1 AND cloud = ?2 AND started_at < ?3"
      "  AND finished_at < ?3"
      "  AND seq < (SELECT max(seq) FROM cycles WHERE tenant_id = ?1 AND cloud = ?2)"
      "  AND seq IS NOT (SELECT seq FROM cycles WHERE tenant_id = ?1 AND cloud = ?2"
      "   AND continues = 1 ORDER BY finished_at DESC LIMIT 1)"
      " ORDER BY started_at LIMIT ?4)");
  if (!remove) return std::move(remove).error();
  remove->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(before));
  return remove->Bind(kCyclesAtOnce).Run();
}

}  // namespace

Result<void> PruneRows(SqliteDb& db, const TenantKey& tenant, const Retention& retention,
                       WallTime now) {
  const auto shortest = std::chrono::milliseconds(Retention::kShortest);
  auto done = PruneJournal(db, tenant, now - std::max(retention.journal, shortest));
  if (done) done = PruneCycles(db, tenant, now - std::max(retention.cycles, shortest));
  if (done) done = PruneProductDays(db, tenant, now - Retention::kProductDays);
  return done;
}

}  // namespace seatkeeper
