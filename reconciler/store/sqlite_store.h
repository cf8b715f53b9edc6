#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reconciler/store/sqlite_db.h"
#include "reconciler/store/transactional_store.h"

namespace seatkeeper {

/// The store in one SQLite file. `changes` holds the present state of every change and
/// `change_events` every transition it went through; triggers keep both from losing anything.
/// `known_plans`, `owned` and `waiting` are the planner's memory, `suspensions` what people said.
/// Other processes may read and write beside it: the file is never locked for longer than one
/// commit. Not thread-safe.
///
/// What a JournalUpdate leaves unset stays: an empty `message` and a `service` without status alter
/// nothing, unless the update is a further attempt or its answer, which replace both. `attempt`
/// never goes down; `sightings` and `leaning` are always taken. `at` dates the event; it becomes
/// `intended_at` with a further attempt, and `answered_at` when an intended change becomes
/// accepted, refused, withdrawn or ambiguous.
class SqliteStore : public TransactionalStore {
 public:
  explicit SqliteStore(std::unique_ptr<SqliteDb> db) : db_(std::move(db)) {}

  /// The holder of a lease that has not expired gets it again, with a higher fence: what that
  /// holder began before is over.
  /// A lease that ends later than one taken now would was taken by a clock that is ahead: it is
  /// shortened to that, also where the answer is kConflict. A holder that lives renews it; one that
  /// died must not keep everybody out until its clock was right.
  Result<Lease> AcquireLease(const TenantKey& tenant, const std::string& holder, WallTime now,
                             std::chrono::milliseconds ttl) override;
  Result<void> RenewLease(const Lease& lease, WallTime expires_at) override;
  Result<void> ReleaseLease(const Lease& lease) override;

  Result<void> RecordIntents(const Lease& lease, const std::vector<JournalEntry>& entries) override;
  Result<void> RecordUpdates(const Lease& lease,
                             const std::vector<JournalUpdate>& updates) override;
  Result<void> RecordCycle(const Lease& lease, const CycleSummary& summary) override;
  Result<void> RecordProductDays(const Lease& lease, const std::vector<ProductDay>& days) override;
  Result<void> RecordMemory(const Lease& lease, const MemoryChange& change) override;

  Result<Suspension> Suspend(const TenantKey& tenant, const SuspendedBy& word) override;
  Result<Resumed> Resume(const TenantKey& tenant, const SuspendedBy& word) override;
  Result<Suspension> SuspensionOf(const TenantKey& tenant) override;

  Result<void> WritePins(const TenantKey& tenant, const std::vector<Pin>& pins) override;
  Result<void> EndPins(const TenantKey& tenant, const std::vector<std::int64_t>& numbers,
                       const PinEnd& end) override;
  Result<std::vector<Pin>> Pins(const TenantKey& tenant) override;

  Result<std::vector<JournalEntry>> OpenChanges(const TenantKey& tenant) override;
  Result<std::map<SkuId, int>> RemovalsSince(const TenantKey& tenant, WallTime since,
                                             Counted counted) override;
  Result<std::map<SkuId, int>> AssignmentsSince(const TenantKey& tenant, WallTime since,
                                                Counted counted) override;
  Result<Repetitions> RepetitionsSince(const TenantKey& tenant, WallTime since) override;
  Result<ReprocessPast> ReprocessedSince(const TenantKey& tenant, WallTime since) override;
  Result<PlanMemory> Memory(const TenantKey& tenant) override;
  Result<std::vector<HistoryEntry>> History(const HistoryQuery& query) override;
  Result<std::vector<ProductDay>> ProductDays(const TenantKey& tenant) override;
  Result<StoreStanding> Standing(const TenantKey& tenant) override;
  Result<void> RecordSilence(const Lease& lease, WallTime silent_since, WallTime now) override;
  Result<void> TrustStore(const TenantKey& tenant, const TrustNote& note) override;
  Result<std::optional<RevisionSummary>> AcceptedRevision(const TenantKey& tenant) override;
  Result<void> AcceptRevision(const Lease& lease, const RevisionSummary& summary,
                              WallTime now) override;
  Result<std::optional<KeptPolicy>> KeptPolicyOf(const std::string& source) override;
  Result<void> KeepPolicy(const KeptPolicy& policy) override;
  Result<void> SaveReading(const Lease& lease, std::string_view bytes) override;
  Result<std::string> SavedReading(const TenantKey& tenant) override;
  Result<void> Prune(const Lease& lease, const Retention& retention, WallTime now) override;

  Result<RemovalsStanding> StandingRemovals(const TenantKey& tenant,
                                            const JournalPlace& behind) override;

  Result<std::size_t> Adopt(const Lease& lease, const Adoption& adoption) override;
  Result<std::vector<AdoptionEntry>> Adoptions(const HistoryQuery& query) override;

  Result<void> RecordHeldSets(const TenantKey& tenant, const std::vector<HeldSet>& sets,
                              WallTime now) override;
  Result<std::vector<StoredHeldSet>> HeldSets(const TenantKey& tenant,
                                              std::string_view digest_prefix) override;
  Result<std::vector<StoredHeldSet>> OpenHeldSets(const TenantKey& tenant) override;
  Result<std::int64_t> RecordApproval(const TenantKey& tenant,
                                      const StoredApproval& approval) override;
  Result<std::vector<StoredApproval>> Approvals(const TenantKey& tenant) override;
  Result<void> RecordDocuments(const TenantKey& tenant, const DocumentsSeen& documents) override;
  Result<DocumentsSeen> DocumentsOf(const TenantKey& tenant) override;
  Result<std::vector<SpentItem>> SpentItems(const TenantKey& tenant) override;

  Result<void> Begin() override;
  Result<void> Commit() override;
  Result<void> SetSavepoint() override;
  Result<void> ReleaseSavepoint() override;
  Result<void> RollbackToSavepoint() override;

 private:
  Result<void> Atomically(const std::function<Result<void>()>& body);
  /// Atomically, and only while the lease is in force.
  Result<void> Fenced(const Lease& lease, const std::function<Result<void>()>& body);
  Result<void> EndGroup(const char* sql);

  std::unique_ptr<SqliteDb> db_;
  bool grouped_ = false;  // Between Begin and Commit, even if SQLite gave the transaction up.
};

/// Opens or creates the store, with its schema brought up to date. kStore, in SQLite's words, for a
/// damaged file, a folder that is missing or read-only, a full disk, another program's file or the
/// file of a newer seatkeeper; none of these is altered.
/// ":memory:" is a store that ends with its object: for simulations.
Result<std::unique_ptr<TransactionalStore>> OpenSqliteStore(const std::string& path,
                                                            const SqliteOptions& options = {});

}  // namespace seatkeeper
