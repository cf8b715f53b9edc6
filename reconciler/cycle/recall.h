#pragma once

#include <map>
#include <string>
#include <vector>

#include "reconciler/execute/executor.h"
#include "reconciler/execute/settle.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/memory.h"
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
};

Result<Recollection> Recall(Store& store, const TenantKey& tenant, WallTime window_began);

/// Writes what became of open changes, and what is seatkeeper's own since: a change is confirmed
/// only once, so neither may be kept without the other.
Result<void> RecordSettlement(Store& store, const Lease& lease, const Settlement& settlement);

/// What refusals among these outcomes, by change id, say about service plans.
MemoryChange LearnedFrom(const std::map<std::string, ChangeOutcome>& outcomes);

/// Settles the accepted changes of one plan by a reading of some users, taken right after it.
/// Groups are left to complete readings.
Result<void> RecordSightings(Store& store, const Lease& lease, const std::string& plan_id,
                             const ObservedState& seen, WallTime now);

}  // namespace seatkeeper
