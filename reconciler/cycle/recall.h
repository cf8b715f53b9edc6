#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/cycle/recall_approvals.h"
#include "reconciler/execute/executor.h"
#include "reconciler/execute/settle.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/memory.h"
#include "reconciler/plan/repetition.h"
#include "reconciler/plan/reprocessing.h"
#include "reconciler/plan/revision.h"
#include "reconciler/plan/suspension.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

// What a cycle asks of the store and tells it, each function a part of one unit of work: all that
// it writes is kept, or nothing.

/// What a cycle has to know of those before it.
struct Recollection {
  std::vector<JournalEntry> open;
  std::map<SkuId, int> recent_removals;     ///< Store::RemovalsSince.
  std::map<SkuId, int> recent_assignments;  ///< Store::AssignmentsSince.
  PlanMemory memory;
  Suspension suspended;     ///< Store::SuspensionOf.
  Repetitions repetitions;  ///< Store::RepetitionsSince.
  StoreStanding standing;
  /// What more of both there was, by approvals.
  std::map<SkuId, int> approved_removals{};
  std::map<SkuId, int> approved_assignments{};
  RecalledApprovals approvals{};
  std::optional<RevisionSummary> accepted;  ///< Store::AcceptedRevision.
  ReprocessPast reprocessed{};              ///< Store::ReprocessedSince.
};

/// Of which cycle it asks.
struct RecallQuery {
  std::vector<Approval> documents = {};  ///< The Approvals of the policy for this tenant.
  WallTime window_began{};               ///< Of what amounts are counted over.
  WallTime now{};
  WallTime started{};  ///< The cycle.
  std::chrono::milliseconds interval{};
  /// From when on users count who were processed again; nothing: nobody will be.
  std::optional<WallTime> reprocessed_since = std::nullopt;
};

Result<Recollection> Recall(Store& store, const TenantKey& tenant, const RecallQuery& query);

/// Writes down that the store fell silent, so that it stays in doubt when this cycle has broken the
/// silence; nothing where that is not what is in doubt, or was written before.
Result<void> RecordDoubt(Store& store, const Lease& lease, const StoreStanding& standing,
                         const std::optional<StoreDoubt>& doubt, WallTime now);

/// Writes what became of open changes, and what is seatkeeper's own since: a change is confirmed
/// only once, so neither may be kept without the other.
Result<void> RecordSettlement(Store& store, const Lease& lease, const Settlement& settlement);

/// Records a finished cycle. One that began when the store had been silent for too long does not
/// break the silence, whether or not it came to the point of judging it.
Result<void> RecordEnd(Store& store, const Lease& lease, CycleSummary summary,
                       std::chrono::milliseconds interval);

/// Records what later revisions of the policy are compared with, where that is something else than
/// `before`.
Result<void> RecordAccepted(Store& store, const Lease& lease,
                            const std::optional<RevisionSummary>& before,
                            const std::optional<RevisionSummary>& accepts, WallTime now);

/// What refusals among these outcomes, by change id, say about service plans.
MemoryChange LearnedFrom(const std::map<std::string, ChangeOutcome>& outcomes);

/// Settles the accepted changes of one plan by a reading of some users, taken right after it.
/// Groups are left to complete readings.
Result<void> RecordSightings(Store& store, const Lease& lease, const std::string& plan_id,
                             const ObservedState& seen, WallTime now);

}  // namespace seatkeeper
