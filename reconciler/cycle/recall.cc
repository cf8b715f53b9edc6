#include "reconciler/cycle/recall.h"

#include <utility>

#include "reconciler/plan/plan_rules.h"

namespace seatkeeper {

namespace {

// What of `all` is not in `some`.
std::map<SkuId, int> Rest(std::map<SkuId, int> all, const std::map<SkuId, int>& some) {
  for (const auto& [product, count] : some) all[product] -= count;
  std::erase_if(all, [](const auto& rest) { return rest.second <= 0; });
  return all;
}

}  // namespace

Result<Recollection> Recall(Store& store, const TenantKey& tenant, const RecallQuery& query) {
  const auto window_began = query.window_began;
  auto open = store.OpenChanges(tenant);
  if (!open) return std::move(open).error();
  auto removals = store.RemovalsSince(tenant, window_began, Counted::kUnapproved);
  if (!removals) return std::move(removals).error();
  auto all_removals = store.RemovalsSince(tenant, window_began, Counted::kAll);
  if (!all_removals) return std::move(all_removals).error();
  auto assignments = store.AssignmentsSince(tenant, window_began, Counted::kUnapproved);
  if (!assignments) return std::move(assignments).error();
  auto all_assignments = store.AssignmentsSince(tenant, window_began, Counted::kAll);
  if (!all_assignments) return std::move(all_assignments).error();
  auto memory = store.Memory(tenant);
  if (!memory) return std::move(memory).error();
  auto suspended = store.SuspensionOf(tenant);
  if (!suspended) return std::move(suspended).error();
  auto repetitions = store.RepetitionsSince(tenant, window_began);
  if (!repetitions) return std::move(repetitions).error();
  auto standing = store.Standing(tenant);
  if (!standing) return std::move(standing).error();
  auto approvals = RecallApprovals(store, tenant, query.documents,
                                   {.now = query.now,
                                    .standing = *standing,
                                    .doubt = JudgeStore(*standing, query.started, query.interval)});
  if (!approvals) return std::move(approvals).error();
  auto approved_removals = Rest(*std::move(all_removals), *removals);
  auto approved_assignments = Rest(*std::move(all_assignments), *assignments);
  auto accepted = store.AcceptedRevision(tenant);
  if (!accepted) return std::move(accepted).error();
  Result<ReprocessPast> reprocessed = ReprocessPast();
  if (query.reprocessed_since) {
    reprocessed = store.ReprocessedSince(tenant, *query.reprocessed_since);
  }
  if (!reprocessed) return std::move(reprocessed).error();
  return Recollection{.open = *std::move(open),
                      .recent_removals = *std::move(removals),
                      .recent_assignments = *std::move(assignments),
                      .memory = *std::move(memory),
                      .suspended = *std::move(suspended),
                      .repetitions = *std::move(repetitions),
                      .standing = *standing,
                      .approved_removals = std::move(approved_removals),
                      .approved_assignments = std::move(approved_assignments),
                      .approvals = *std::move(approvals),
                      .accepted = *std::move(accepted),
                      .reprocessed = *std::move(reprocessed)};
}

Result<void> RecordDoubt(Store& store, const Lease& lease, const StoreStanding& standing,
                         const std::optional<StoreDoubt>& doubt, WallTime now) {
  const bool silent = doubt && doubt->kind == StoreDoubt::Kind::kSilent;
  if (!silent || standing.silent_since) return {};
  return store.RecordSilence(lease, doubt->since, now);
}

Result<void> RecordSettlement(Store& store, const Lease& lease, const Settlement& settlement) {
  if (!settlement.updates.empty()) {
    if (auto done = store.RecordUpdates(lease, settlement.updates); !done) return done;
  }
  return settlement.memory.empty() ? Result<void>() : store.RecordMemory(lease, settlement.memory);
}

Result<void> RecordEnd(Store& store, const Lease& lease, CycleSummary summary,
                       std::chrono::milliseconds interval) {
  auto standing = store.Standing(lease.tenant);
  if (!standing) return std::move(standing).error();
  const auto doubt = JudgeStore(*standing, summary.started_at, interval);
  summary.continues = !doubt || doubt->kind != StoreDoubt::Kind::kSilent;
  return store.RecordCycle(lease, summary);
}

Result<void> RecordAccepted(Store& store, const Lease& lease,
                            const std::optional<RevisionSummary>& before,
                            const std::optional<RevisionSummary>& accepts, WallTime now) {
  if (!accepts || accepts == before) return {};
  return store.AcceptRevision(lease, *accepts, now);
}

MemoryChange LearnedFrom(const std::map<std::string, ChangeOutcome>& outcomes) {
  MemoryChange learned;
  for (const auto& [change, outcome] : outcomes) {
    if (outcome.state != ChangeState::kRefused) continue;
    if (const auto rule = LearnPlanRule(outcome.message)) learned.learned_rules.Add(*rule);
  }
  return learned;
}

Result<void> RecordSightings(Store& store, const Lease& lease, const std::string& plan_id,
                             const ObservedState& seen, WallTime now) {
  auto open = store.OpenChanges(lease.tenant);
  if (!open) return std::move(open).error();
  std::erase_if(*open, [&](const JournalEntry& entry) {
    return entry.plan_id != plan_id || entry.state != ChangeState::kAccepted || entry.group ||
           !seen.users.Find(entry.user);
  });
  return RecordSettlement(store, lease, Settle(*open, seen, now));
}

}  // namespace seatkeeper
