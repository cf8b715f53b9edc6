#include "reconciler/store/revision_rows.h"

#include <utility>

#include "reconciler/store/journal_rows.h"
#include "reconciler/store/revision_json.h"

namespace seatkeeper {
namespace {

Result<void> DeleteFrom(SqliteDb& db, const char* sql, const std::string& source) {
  auto remove = db.Prepare(sql);
  if (!remove) return std::move(remove).error();
  return remove->Bind(source).Run();
}

Result<void> ReadFiles(SqliteDb& db, KeptPolicy& policy) {
  auto select =
      db.Prepare("SELECT path, text FROM kept_policy_files WHERE source = ? ORDER BY path");
  if (!select) return std::move(select).error();
  select->Bind(policy.source);
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    policy.files.push_back({.path = select->Text(0), .text = select->Text(1)});
  }
}

Result<void> WriteFile(SqliteDb& db, const std::string& source, const SourceFile& file) {
  auto insert = db.Prepare("INSERT INTO kept_policy_files (source, path, text) VALUES (?, ?, ?)");
  if (!insert) return std::move(insert).error();
  return insert->Bind(source).Bind(file.path).Bind(file.text).Run();
}

}  // namespace

Result<std::optional<RevisionSummary>> ReadAcceptedRevision(SqliteDb& db, const TenantKey& tenant) {
  auto select = db.Prepare(
      "SELECT revision, facts FROM accepted_revisions WHERE tenant_id = ? AND cloud = ?");
  if (!select) return std::move(select).error();
  auto row = select->Bind(tenant.tenant_id).Bind(tenant.cloud).Step();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<RevisionSummary>();
  auto summary = DecodeRevision(select->Text(1));
  if (!summary) return std::move(summary).error();
  summary->revision = select->Text(0);
  return std::optional(*std::move(summary));
}

Result<void> WriteAcceptedRevision(SqliteDb& db, const TenantKey& tenant,
                                   const RevisionSummary& summary, WallTime now) {
  auto write = db.Prepare(
      "INSERT INTO accepted_revisions (tenant_id, cloud, revision, accepted_at, facts)"
      " VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id, cloud) DO UPDATE SET"
      " revision = excluded.revision, accepted_at = excluded.accepted_at, facts = excluded.facts");
  if (!write) return std::move(write).error();
  write->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(summary.revision).Bind(ToMillis(now));
  return write->Bind(EncodeRevision(summary)).Run();
}

Result<std::optional<KeptPolicy>> ReadKeptPolicy(SqliteDb& db, const std::string& source) {
  auto select = db.Prepare(
      "SELECT revision, kept_at, catalog_path, catalog FROM kept_policies WHERE source = ?");
  if (!select) return std::move(select).error();
  auto row = select->Bind(source).Step();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<KeptPolicy>();
  KeptPolicy policy{.source = source,
                    .revision = select->Text(0),
                    .files = {},
                    .catalog = {.path = select->Text(2), .text = select->Text(3)},
                    .kept_at = FromMillis(select->Int(1))};
  if (auto read = ReadFiles(db, policy); !read) return std::move(read).error();
  return std::optional(std::move(policy));
}

Result<void> WriteKeptPolicy(SqliteDb& db, const KeptPolicy& policy) {
  auto done = DeleteFrom(db, "DELETE FROM kept_policy_files WHERE source = ?", policy.source);
  if (done) done = DeleteFrom(db, "DELETE FROM kept_policies WHERE source = ?", policy.source);
  if (!done || policy.files.empty()) return done;
  auto insert = db.Prepare(
      "INSERT INTO kept_policies (source, revision, kept_at, catalog_path, catalog)"
      " VALUES (?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  insert->Bind(policy.source).Bind(policy.revision).Bind(ToMillis(policy.kept_at));
  done = insert->Bind(policy.catalog.path).Bind(policy.catalog.text).Run();
  for (const auto& file : policy.files) {
    if (done) done = WriteFile(db, policy.source, file);
  }
  return done;
}

}  // namespace seatkeeper
