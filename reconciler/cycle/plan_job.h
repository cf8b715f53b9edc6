#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/cycle/cycle.h"
#include "reconciler/cycle/recall.h"
#include "reconciler/execute/settle.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/one_off.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/waste.h"

namespace seatkeeper {

/// What planning needs and gives, apart from the cycle: a worker may still be at it when the cycle
/// has been dropped.
struct PlanJob {
  std::string tenant;
  PolicyInForce policy;  ///< A copy: a reload must not change the rules in the middle of a cycle.
  std::optional<ObservedState> observed;
  /// Of most users the rows are of an earlier reading: it confirms no removal and begins none.
  bool part = false;
  Settlement settlement;
  Recollection recalled;
  Ceilings ceilings;
  std::chrono::milliseconds interval{};
  Doubts doubts;
  std::optional<RevisionSummary> stored_revision;  ///< The last accepted one.
  std::optional<RevisionSummary> compared_with;    ///< The same, where it counts.
  WallTime now{};
  /// With CycleRequest::undo: the changes, the newest first.
  std::optional<std::vector<JournalEntry>> undo;
  std::optional<OneOff> one_off;
  std::vector<LicenseEvent> license_events;
  std::function<void(const PlanInput&, const Plan&)> inspect;
  std::optional<Result<GuardedPlan>> planned;
  MemoryChange to_remember;
  bool record_held = false;
  std::vector<HeldSet> held_sets;
  bool can_reprocess = false;  ///< TenantProvider::Capabilities, where policy licenses groups.
  bool counts_seats = false;
  std::optional<std::chrono::days> inactive_after;  ///< As WasteQuestion, for `waste`.
  std::optional<WasteReport> waste;                 ///< With `counts_seats`, where there is a plan.

  /// Makes the plan and what is to be remembered of it. On whatever thread; nothing else may use
  /// the job meanwhile.
  void Run();
};

}  // namespace seatkeeper
