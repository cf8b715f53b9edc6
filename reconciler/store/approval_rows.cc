#include "reconciler/store/approval_rows.h"

#include <chrono>
#include <string>
#include <utility>

#include "reconciler/store/approval_json.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

constexpr std::chrono::hours kKeptUnseen = std::chrono::days(90);
constexpr std::int64_t kItemsKept = 1'000'000;  // Of a tenant, beside what is held and approved.

Result<void> CloseAll(SqliteDb& db, const TenantKey& tenant) {
  auto close =
      db.Prepare("UPDATE held_sets SET open = 0 WHERE tenant_id = ? AND cloud = ? AND open = 1");
  if (!close) return std::move(close).error();
  return close->Bind(tenant.tenant_id).Bind(tenant.cloud).Run();
}

/// Whether the set was known already.
Result<bool> SeeAgain(SqliteDb& db, const TenantKey& tenant, const HeldSet& set, WallTime now) {
  auto see = db.Prepare(
      "UPDATE held_sets SET last_seen = ?, open = 1"
      " WHERE tenant_id = ? AND cloud = ? AND digest = ? RETURNING 1");
  if (!see) return std::move(see).error();
  see->Bind(ToMillis(now)).Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(set.digest);
  return see->Step();
}

Result<void> Insert(SqliteDb& db, const TenantKey& tenant, const HeldSet& set, WallTime now) {
  auto insert = db.Prepare(
      "INSERT INTO held_sets (tenant_id, cloud, digest, contents, items, first_seen, last_seen,"
      " open) VALUES (?, ?, ?, ?, ?, ?, ?, 1)");
  if (!insert) return std::move(insert).error();
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(set.digest).Bind(EncodeHeldSet(set));
  insert->Bind(static_cast<std::int64_t>(set.items.size()));
  return insert->Bind(ToMillis(now)).Bind(ToMillis(now)).Run();
}

Result<void> Forget(SqliteDb& db, const TenantKey& tenant, WallTime now) {
  auto forget = db.Prepare(
      "WITH old AS ("
      " SELECT rowid AS id, last_seen,"
      "  sum(items) OVER (ORDER BY last_seen DESC, rowid DESC) AS kept FROM held_sets"
      "  WHERE tenant_id = ?1 AND cloud = ?2 AND open = 0 AND digest NOT IN"
      "   (SELECT digest FROM approvals WHERE tenant_id = ?1 AND cloud = ?2)"
      ") DELETE FROM held_sets WHERE rowid IN"
      " (SELECT id FROM old WHERE last_seen < ?3 OR kept > ?4)");
  if (!forget) return std::move(forget).error();
  forget->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(now - kKeptUnseen));
  return forget->Bind(kItemsKept).Run();
}

Result<std::vector<StoredHeldSet>> ReadSets(Statement& select) {
  std::vector<StoredHeldSet> sets;
  for (;;) {
    auto row = select.Step();
    if (!row) return std::move(row).error();
    if (!*row) return sets;
    auto set = DecodeHeldSet(select.Text(1));
    if (!set) return std::move(set).error();
    set->digest = select.Text(0);
    sets.push_back({.set = *std::move(set),
                    .first_seen = FromMillis(select.Int(2)),
                    .last_seen = FromMillis(select.Int(3)),
                    .open = select.Int(4) != 0});
  }
}

}  // namespace

Result<void> WriteHeldSets(SqliteDb& db, const TenantKey& tenant, const std::vector<HeldSet>& sets,
                           WallTime now) {
  if (auto closed = CloseAll(db, tenant); !closed) return closed;
  for (const auto& set : sets) {
    auto known = SeeAgain(db, tenant, set, now);
    if (!known) return std::move(known).error();
    if (*known) continue;
    if (auto inserted = Insert(db, tenant, set, now); !inserted) return inserted;
  }
  return Forget(db, tenant, now);
}

Result<std::vector<StoredHeldSet>> ReadHeldSets(SqliteDb& db, const TenantKey& tenant,
                                                std::string_view digest_prefix) {
  auto select = db.Prepare(
      "SELECT digest, contents, first_seen, last_seen, open FROM held_sets"
      " WHERE tenant_id = ?1 AND cloud = ?2 AND substr(digest, 1, length(?3)) = ?3"
      " ORDER BY last_seen DESC, rowid");
  if (!select) return std::move(select).error();
  return ReadSets(select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(digest_prefix));
}

Result<std::vector<StoredHeldSet>> ReadOpenHeldSets(SqliteDb& db, const TenantKey& tenant) {
  auto select = db.Prepare(
      "SELECT digest, contents, first_seen, last_seen, open FROM held_sets"
      " WHERE tenant_id = ? AND cloud = ? AND open = 1 ORDER BY rowid");
  if (!select) return std::move(select).error();
  return ReadSets(select->Bind(tenant.tenant_id).Bind(tenant.cloud));
}

Result<std::int64_t> InsertApproval(SqliteDb& db, const TenantKey& tenant,
                                    const StoredApproval& approval) {
  auto insert = db.Prepare(
      "INSERT INTO approvals (tenant_id, cloud, digest, who, reason, approved_at, expires_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number");
  if (!insert) return std::move(insert).error();
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(approval.digest).Bind(approval.who);
  insert->Bind(approval.reason).Bind(ToMillis(approval.approved_at));
  auto row = insert->Bind(ToMillis(approval.expires_at)).Step();
  if (!row) return std::move(row).error();
  const auto number = insert->Int(0);
  // Until the last step nothing is written.
  if (auto done = insert->Step(); !done) return std::move(done).error();
  return number;
}

Result<std::vector<StoredApproval>> ReadApprovals(SqliteDb& db, const TenantKey& tenant) {
  auto select = db.Prepare(
      "SELECT number, digest, who, reason, approved_at, expires_at FROM approvals"
      " WHERE tenant_id = ? AND cloud = ? ORDER BY number");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud);
  std::vector<StoredApproval> approvals;
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return approvals;
    approvals.push_back({.number = select->Int(0),
                         .digest = select->Text(1),
                         .who = select->Text(2),
                         .reason = select->Text(3),
                         .approved_at = FromMillis(select->Int(4)),
                         .expires_at = FromMillis(select->Int(5))});
  }
}

Result<void> WriteDocuments(SqliteDb& db, const TenantKey& tenant, const DocumentsSeen& documents) {
  return ForEachItem(db,
                     "INSERT INTO approval_documents (tenant_id, cloud, approval, first_seen)"
                     " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                     tenant, documents, [](Statement& insert, const auto& document) {
                       insert.Bind(document.first).Bind(ToMillis(document.second));
                     });
}

Result<DocumentsSeen> ReadDocuments(SqliteDb& db, const TenantKey& tenant) {
  DocumentsSeen documents;
  auto read = ForEachRow(
      db, "SELECT approval, first_seen FROM approval_documents WHERE tenant_id = ? AND cloud = ?",
      tenant, [&](const Statement& row) -> Result<void> {
        documents.emplace(row.Text(0), FromMillis(row.Int(1)));
        return {};
      });
  if (!read) return std::move(read).error();
  return documents;
}

Result<std::vector<SpentItem>> ReadSpentItems(SqliteDb& db, const TenantKey& tenant) {
  auto select = db.Prepare(std::string("SELECT ") + kEntryColumns +
                           " FROM changes WHERE tenant_id = ? AND cloud = ? AND approvals <> '[]'"
                           " AND state NOT IN ('refused', 'withdrawn', 'reverted') ORDER BY seq");
  if (!select) return std::move(select).error();
  auto entries = ReadEntries(select->Bind(tenant.tenant_id).Bind(tenant.cloud));
  if (!entries) return std::move(entries).error();
  std::vector<SpentItem> spent;
  for (const auto& [key, entry] : *entries) {
    for (const auto& by : entry.approved) {
      spent.push_back({.approval = by.approval,
                       .digest = by.digest,
                       .subject = entry.subject(),
                       .product = by.product,
                       .at = entry.intended_at});
    }
  }
  return spent;
}

}  // namespace seatkeeper
