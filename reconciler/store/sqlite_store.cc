#include "reconciler/store/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "policy/text.h"
#include "reconciler/seams/planted.h"
#include "reconciler/store/adoption_rows.h"
#include "reconciler/store/approval_rows.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/memory_rows.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/pin_rows.h"
#include "reconciler/store/product_day_rows.h"
#include "reconciler/store/reading_rows.h"
#include "reconciler/store/removal_rows.h"
#include "reconciler/store/reprocess_rows.h"
#include "reconciler/store/retention_rows.h"
#include "reconciler/store/reversal_rows.h"
#include "reconciler/store/revision_rows.h"
#include "reconciler/store/suspension_rows.h"
#include "reconciler/store/trust_rows.h"
#include "reconciler/store/window_counts.h"

namespace seatkeeper {
namespace {

Error Conflict(std::string message) {
  return Error{
      .kind = ErrorKind::kConflict, .message = std::move(message), .position = {}, .service = {}};
}

/// A row of `leases`; an empty holder where the tenant never had one or it was released.
struct LeaseRow {
  std::string holder;
  std::int64_t fence = 0;
  std::int64_t expires_at = 0;
};

Result<LeaseRow> ReadLease(SqliteDb& db, const TenantKey& tenant) {
  auto select =
      db.Prepare("SELECT holder, fence, expires_at FROM leases WHERE tenant_id = ? AND cloud = ?");
  if (!select) return std::move(select).error();
  auto row = select->Bind(tenant.tenant_id).Bind(tenant.cloud).Step();
  if (!row) return std::move(row).error();
  if (!*row) return LeaseRow{};
  return LeaseRow{.holder = select->Text(0), .fence = select->Int(1), .expires_at = select->Int(2)};
}

Result<void> WriteLease(SqliteDb& db, const Lease& lease) {
  auto write = db.Prepare(
      "INSERT INTO leases (tenant_id, cloud, holder, fence, expires_at) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (tenant_id, cloud) DO UPDATE SET holder = excluded.holder,"
      " fence = excluded.fence, expires_at = excluded.expires_at");
  if (!write) return std::move(write).error();
  return write->Bind(lease.tenant.tenant_id)
      .Bind(lease.tenant.cloud)
      .Bind(lease.holder)
      .Bind(lease.fence)
      .Bind(ToMillis(lease.expires_at))
      .Run();
}

Result<void> CheckFence(SqliteDb& db, const Lease& lease) {
  if (IsPlanted(PlantedBug::kFenceUnchecked)) return {};
  auto row = ReadLease(db, lease.tenant);
  if (!row) return std::move(row).error();
  if (row->fence == lease.fence && row->holder == lease.holder) return {};
  return Conflict(fmt::format(
      "The lease {} of tenant {} is no longer in force: {}.", lease.fence, lease.tenant.tenant_id,
      row->holder.empty() ? std::string("it was given back")
                          : fmt::format("{} holds lease {}", row->holder, row->fence)));
}

}  // namespace

Result<void> SqliteStore::Atomically(const std::function<Result<void>()>& body) {
  if (grouped_ && !db_->in_transaction()) {
    return Error{.kind = ErrorKind::kStore,
                 .message = fmt::format("The store {} gave up the transaction after an earlier "
                                        "failure.",
                                        db_->path()),
                 .position = {},
                 .service = {}};
  }
  AtomicScope scope(*db_);
  if (!scope.opened()) return scope.opened();
  if (auto done = body(); !done) return done;
  return scope.Commit();
}

Result<void> SqliteStore::Fenced(const Lease& lease, const std::function<Result<void>()>& body) {
  return Atomically([&]() -> Result<void> {
    if (auto in_force = CheckFence(*db_, lease); !in_force) return in_force;
    return body();
  });
}

Result<Lease> SqliteStore::AcquireLease(const TenantKey& tenant, const std::string& holder,
                                        WallTime now, std::chrono::milliseconds ttl) {
  Lease lease{.tenant = tenant, .holder = holder, .fence = 0, .expires_at = now + ttl};
  std::optional<Error> conflict;
  auto done = Atomically([&]() -> Result<void> {
    auto present = ReadLease(*db_, tenant);
    if (!present) return std::move(present).error();
    const bool taken = !present->holder.empty() && present->holder != holder;
    const auto ends = std::min(FromMillis(present->expires_at), now + ttl);
    if (!taken || ends <= now) {
      lease.fence = present->fence + 1;
      return WriteLease(*db_, lease);
    }
    conflict = Conflict(fmt::format("Tenant {} is being changed by {} until {}.", tenant.tenant_id,
                                    present->holder, FormatTime(ends)));
    if (ends == FromMillis(present->expires_at)) return {};
    return WriteLease(
        *db_,
        {.tenant = tenant, .holder = present->holder, .fence = present->fence, .expires_at = ends});
  });
  if (!done) return std::move(done).error();
  if (conflict) return *std::move(conflict);
  return lease;
}

Result<void> SqliteStore::RenewLease(const Lease& lease, WallTime expires_at) {
  return Fenced(lease, [&] {
    Lease renewed = lease;
    renewed.expires_at = expires_at;
    return WriteLease(*db_, renewed);
  });
}

Result<void> SqliteStore::ReleaseLease(const Lease& lease) {
  return Fenced(lease, [&] {
    Lease released = lease;
    released.holder.clear();
    released.expires_at = WallTime{};
    return WriteLease(*db_, released);
  });
}

Result<void> SqliteStore::RecordIntents(const Lease& lease,
                                        const std::vector<JournalEntry>& entries) {
  return Fenced(lease, [&]() -> Result<void> {
    if (auto may = RefuseWhileSuspended(*db_, lease.tenant); !may) return may;
    for (const JournalEntry& entry : entries) {
      if (auto may = RefusePinned(*db_, lease.tenant, entry); !may) return may;
      if (auto done = InsertEntry(*db_, lease, entry); !done) return done;
    }
    return {};
  });
}

Result<void> SqliteStore::RecordUpdates(const Lease& lease,
                                        const std::vector<JournalUpdate>& updates) {
  return Fenced(lease, [&]() -> Result<void> {
    for (const JournalUpdate& update : updates) {
      if (auto done = UpdateEntry(*db_, lease, update); !done) return done;
    }
    return {};
  });
}

Result<void> SqliteStore::RecordCycle(const Lease& lease, const CycleSummary& summary) {
  return Fenced(lease, [&]() -> Result<void> {
    auto insert = db_->Prepare(
        "INSERT INTO cycles (tenant_id, cloud, fence, plan_id, mode, result, started_at,"
        " finished_at, policy_revision, changes_accepted, changes_failed, changes_held, message,"
        " continues) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!insert) return std::move(insert).error();
    insert->Bind(lease.tenant.tenant_id).Bind(lease.tenant.cloud).Bind(lease.fence);
    insert->Bind(summary.plan_id).Bind(summary.mode).Bind(summary.result);
    insert->Bind(ToMillis(summary.started_at)).Bind(ToMillis(summary.finished_at));
    insert->Bind(summary.policy_revision).Bind(summary.changes_accepted);
    insert->Bind(summary.changes_failed).Bind(summary.changes_held).Bind(summary.message);
    insert->Bind(std::int64_t{summary.continues ? 1 : 0});
    return insert->Run();
  });
}

Result<void> SqliteStore::RecordProductDays(const Lease& lease,
                                            const std::vector<ProductDay>& days) {
  return Fenced(lease, [&] { return WriteProductDays(*db_, lease.tenant, days); });
}

Result<std::vector<ProductDay>> SqliteStore::ProductDays(const TenantKey& tenant) {
  return ReadProductDays(*db_, tenant);
}

Result<void> SqliteStore::RecordMemory(const Lease& lease, const MemoryChange& change) {
  return Fenced(lease, [&] { return WriteMemory(*db_, lease.tenant, change); });
}

Result<PlanMemory> SqliteStore::Memory(const TenantKey& tenant) { return ReadMemory(*db_, tenant); }

Result<Suspension> SqliteStore::Suspend(const TenantKey& tenant, const SuspendedBy& word) {
  Suspension suspension;
  auto done = Atomically([&]() -> Result<void> {
    if (auto added = InsertSuspension(*db_, tenant, word); !added) return added;
    auto all = ReadSuspension(*db_, tenant);
    if (!all) return std::move(all).error();
    suspension = *std::move(all);
    return {};
  });
  if (!done) return std::move(done).error();
  return suspension;
}

Result<Resumed> SqliteStore::Resume(const TenantKey& tenant, const SuspendedBy& word) {
  Resumed resumed;
  auto done = Atomically([&]() -> Result<void> {
    auto all = ReadSuspension(*db_, tenant);
    if (!all) return std::move(all).error();
    resumed.suspension = *std::move(all);
    return EndSuspension(*db_, tenant, word);
  });
  if (!done) return std::move(done).error();
  return resumed;
}

Result<Suspension> SqliteStore::SuspensionOf(const TenantKey& tenant) {
  return ReadSuspension(*db_, tenant);
}

Result<std::vector<JournalEntry>> SqliteStore::OpenChanges(const TenantKey& tenant) {
  auto select = db_->Prepare(fmt::format(
      "SELECT {} FROM changes WHERE tenant_id = ? AND cloud = ?"
      " AND state IN ('intended', 'accepted', 'ambiguous'{}) ORDER BY seq",
      kEntryColumns, IsPlanted(PlantedBug::kOutcomeOverwritten) ? ", 'confirmed'" : ""));
  if (!select) return std::move(select).error();
  auto rows = ReadEntries(select->Bind(tenant.tenant_id).Bind(tenant.cloud));
  if (!rows) return std::move(rows).error();
  std::vector<JournalEntry> entries;
  for (HistoryEntry& row : *rows) entries.push_back(std::move(row.entry));
  return entries;
}

Result<void> SqliteStore::WritePins(const TenantKey& tenant, const std::vector<Pin>& pins) {
  return Atomically([&] { return InsertPins(*db_, tenant, pins); });
}

Result<void> SqliteStore::EndPins(const TenantKey& tenant, const std::vector<std::int64_t>& numbers,
                                  const PinEnd& end) {
  return Atomically([&] { return EndPinRows(*db_, tenant, numbers, end); });
}

Result<std::vector<Pin>> SqliteStore::Pins(const TenantKey& tenant) {
  return ReadPins(*db_, tenant);
}

Result<std::map<SkuId, int>> SqliteStore::RemovalsSince(const TenantKey& tenant, WallTime since,
                                                        Counted counted) {
  return CountRemovals(*db_, tenant, since, counted);
}

Result<std::map<SkuId, int>> SqliteStore::AssignmentsSince(const TenantKey& tenant, WallTime since,
                                                           Counted counted) {
  return CountAssignments(*db_, tenant, since, counted);
}

Result<void> SqliteStore::RecordHeldSets(const TenantKey& tenant, const std::vector<HeldSet>& sets,
                                         WallTime now) {
  return Atomically([&] { return WriteHeldSets(*db_, tenant, sets, now); });
}

Result<std::vector<StoredHeldSet>> SqliteStore::HeldSets(const TenantKey& tenant,
                                                         std::string_view digest_prefix) {
  return ReadHeldSets(*db_, tenant, digest_prefix);
}

Result<std::vector<StoredHeldSet>> SqliteStore::OpenHeldSets(const TenantKey& tenant) {
  return ReadOpenHeldSets(*db_, tenant);
}

Result<std::int64_t> SqliteStore::RecordApproval(const TenantKey& tenant,
                                                 const StoredApproval& approval) {
  return InsertApproval(*db_, tenant, approval);
}

Result<std::vector<StoredApproval>> SqliteStore::Approvals(const TenantKey& tenant) {
  return ReadApprovals(*db_, tenant);
}

Result<void> SqliteStore::RecordDocuments(const TenantKey& tenant, const DocumentsSeen& documents) {
  return Atomically([&] { return WriteDocuments(*db_, tenant, documents); });
}

Result<DocumentsSeen> SqliteStore::DocumentsOf(const TenantKey& tenant) {
  return ReadDocuments(*db_, tenant);
}

Result<std::vector<SpentItem>> SqliteStore::SpentItems(const TenantKey& tenant) {
  return ReadSpentItems(*db_, tenant);
}

Result<Repetitions> SqliteStore::RepetitionsSince(const TenantKey& tenant, WallTime since) {
  return ReadRepetitions(*db_, tenant, since);
}

Result<ReprocessPast> SqliteStore::ReprocessedSince(const TenantKey& tenant, WallTime since) {
  return ReadReprocessed(*db_, tenant, since);
}

Result<std::vector<HistoryEntry>> SqliteStore::History(const HistoryQuery& query) {
  std::string sql = fmt::format("SELECT {} FROM changes WHERE true", kEntryColumns);
  if (query.tenant) sql += " AND tenant_id = ? AND cloud = ?";
  if (query.user) {
    // Who had the name once is found by their object id, under whatever name they went before.
    sql +=
        " AND (user_id = ? OR user_id IN"
        " (SELECT user_id FROM changes WHERE user_name_folded = ?))";
  }
  if (query.product) {
    sql +=
        " AND (EXISTS (SELECT 1 FROM json_each(removals) WHERE value = ?)"
        " OR EXISTS (SELECT 1 FROM json_each(additions)"
        " WHERE json_extract(value, '$.product') = ?))";
  }
  if (query.since) sql += " AND intended_at >= ?";
  if (query.plan_id) sql += " AND plan_id = ?";
  if (query.revision) sql += " AND substr(policy_revision, 1, length(?)) = ?";
  sql += " ORDER BY intended_at DESC, seq DESC LIMIT ?";
  auto select = db_->Prepare(sql);
  if (!select) return std::move(select).error();
  if (query.tenant) select->Bind(query.tenant->tenant_id).Bind(query.tenant->cloud);
  if (query.user) select->Bind(AsciiLower(*query.user)).Bind(FoldCase(*query.user));
  if (query.product) select->Bind(query.product->ToString()).Bind(query.product->ToString());
  if (query.since) select->Bind(ToMillis(*query.since));
  if (query.plan_id) select->Bind(*query.plan_id);
  if (query.revision) select->Bind(*query.revision).Bind(*query.revision);
  // SQLite takes a negative limit for none.
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  select->Bind(static_cast<std::int64_t>(std::min(query.limit, kMost)));
  return ReadEntries(*select);
}

Result<RemovalsStanding> SqliteStore::StandingRemovals(const TenantKey& tenant,
                                                       const JournalPlace& behind) {
  constexpr int kChangesAtOnce = 2'000;
  return ReadStandingRemovals(*db_, tenant, behind, kChangesAtOnce);
}

Result<std::size_t> SqliteStore::Adopt(const Lease& lease, const Adoption& adoption) {
  std::size_t count = 0;
  auto done = Fenced(lease, [&]() -> Result<void> {
    auto adopted = WriteAdoption(*db_, lease, adoption);
    if (!adopted) return std::move(adopted).error();
    count = *adopted;
    return {};
  });
  if (!done) return std::move(done).error();
  return count;
}

Result<std::vector<AdoptionEntry>> SqliteStore::Adoptions(const HistoryQuery& query) {
  return ReadAdoptions(*db_, query);
}

Result<StoreStanding> SqliteStore::Standing(const TenantKey& tenant) {
  return ReadStanding(*db_, tenant);
}

Result<void> SqliteStore::RecordSilence(const Lease& lease, WallTime silent_since, WallTime now) {
  return Fenced(lease, [&] { return WriteDoubt(*db_, lease.tenant, silent_since, now); });
}

Result<void> SqliteStore::TrustStore(const TenantKey& tenant, const TrustNote& note) {
  return Atomically([&] { return WriteTrust(*db_, tenant, note); });
}

Result<std::optional<RevisionSummary>> SqliteStore::AcceptedRevision(const TenantKey& tenant) {
  return ReadAcceptedRevision(*db_, tenant);
}

Result<void> SqliteStore::AcceptRevision(const Lease& lease, const RevisionSummary& summary,
                                         WallTime now) {
  return Fenced(lease, [&] { return WriteAcceptedRevision(*db_, lease.tenant, summary, now); });
}

Result<std::optional<KeptPolicy>> SqliteStore::KeptPolicyOf(const std::string& source) {
  return ReadKeptPolicy(*db_, source);
}

Result<void> SqliteStore::KeepPolicy(const KeptPolicy& policy) {
  return Atomically([&] { return WriteKeptPolicy(*db_, policy); });
}

Result<void> SqliteStore::SaveReading(const Lease& lease, std::string_view bytes) {
  return Fenced(lease, [&] { return WriteReading(*db_, lease.tenant, bytes); });
}

Result<std::string> SqliteStore::SavedReading(const TenantKey& tenant) {
  return ReadReading(*db_, tenant);
}

Result<void> SqliteStore::Prune(const Lease& lease, const Retention& retention, WallTime now) {
  return Fenced(lease, [&] { return PruneRows(*db_, lease.tenant, retention, now); });
}

Result<void> SqliteStore::Begin() {
  auto begun = db_->Exec("BEGIN IMMEDIATE");
  grouped_ = begun.ok();
  return begun;
}

Result<void> SqliteStore::Commit() {
  grouped_ = false;
  return EndGroup("COMMIT");
}

Result<void> SqliteStore::SetSavepoint() { return db_->Exec("SAVEPOINT unit_of_work"); }

Result<void> SqliteStore::ReleaseSavepoint() { return EndGroup("RELEASE unit_of_work"); }

Result<void> SqliteStore::RollbackToSavepoint() {
  return EndGroup("ROLLBACK TO unit_of_work; RELEASE unit_of_work");
}

Result<void> SqliteStore::EndGroup(const char* sql) {
  auto done = db_->Exec(sql);
  if (done) return done;
  grouped_ = false;
  if (db_->in_transaction()) (void)db_->Exec("ROLLBACK");
  return done;
}

Result<std::unique_ptr<TransactionalStore>> OpenSqliteStore(const std::string& path,
                                                            const SqliteOptions& options) {
  auto db = SqliteDb::Open(path, options);
  if (!db) return std::move(db).error();
  // Looked at before the switch to WAL, which would alter another program's file.
  if (auto ours = PresentSchema(**db); !ours) return std::move(ours).error();
  if (auto log = (*db)->UseWriteAheadLog(); !log) return std::move(log).error();
  if (auto migrated = Migrate(**db); !migrated) return std::move(migrated).error();
  return std::unique_ptr<TransactionalStore>(std::make_unique<SqliteStore>(std::move(*db)));
}

}  // namespace seatkeeper
