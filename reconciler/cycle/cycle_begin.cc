#include <fmt/format.h>

#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/cycle/undo_query.h"
#include "reconciler/execute/settle.h"

namespace seatkeeper {
namespace {

// A crashed holder blocks the tenant for no longer than this; a live one renews well before.
constexpr std::chrono::milliseconds kLeaseTime = std::chrono::minutes(2);
constexpr std::chrono::milliseconds kRenewEvery = std::chrono::seconds(30);
constexpr std::chrono::milliseconds kLeaseRetry{500};
constexpr std::chrono::hours kAmountsWindow{24};
// After that, who was processed again in vain is tried once more, even with nothing changed.
constexpr std::chrono::days kTriesRemembered{30};

}  // namespace

void Cycle::Running::Start() {
  report.tenant = request.tenant;
  report.started_at = dependencies.clock.Now();
  report.plan_id = fmt::format("{:016x}", dependencies.random.Next());
  dependencies.observer.OnCycleStarted(request.tenant);
  if (request.mode == CycleRequest::Mode::kPlan) {
    Read();
  } else {
    TakeLease();
  }
}

void Cycle::Running::TakeLease() {
  auto taken = std::make_shared<std::optional<Result<Lease>>>();
  dependencies.store.Run(
      [key = request.key, holder = request.holder, now = dependencies.clock.Now(),
       taken](Store& store) -> Result<void> {
        *taken = store.AcquireLease(key, holder, now, kLeaseTime);
        // A conflict is an answer like another: what it wrote stays.
        if (**taken || (*taken)->error().kind == ErrorKind::kConflict) return {};
        return (*taken)->error();
      },
      Guarded([taken](Running& self, Result<void> result) {
        if (!result) return self.Fail(std::move(result).error());
        auto& acquired = **taken;
        if (!acquired && self.WaitsForLease(acquired.error())) return;
        if (!acquired) return self.Fail(std::move(acquired).error());
        self.lease = std::move(acquired).value();
        self.RenewLater();
        self.Read();
      }));
}

bool Cycle::Running::WaitsForLease(const Error& error) {
  if (error.kind != ErrorKind::kConflict || !stop_reason.empty()) return false;
  const auto now = dependencies.clock.Monotonic();
  if (!patience_ends) {
    patience_ends = now + request.lease_patience;
    if (request.lease_patience.count() > 0) {
      dependencies.observer.OnMessage(Observer::Level::kWarning, request.tenant,
                                      "waiting for another cycle to end", error.message);
    }
  }
  if (now + kLeaseRetry > *patience_ends) return false;
  renewal =
      dependencies.timers.At(now + kLeaseRetry, Guarded([](Running& self) { self.TakeLease(); }));
  return true;
}

void Cycle::Running::RenewLater() {
  renewal = dependencies.timers.At(
      dependencies.clock.Monotonic() + kRenewEvery, Guarded([](Running& self) {
        self.dependencies.store.Run(
            [lease = *self.lease, until = self.clock.local().Now() + kLeaseTime](Store& store) {
              return store.RenewLease(lease, until);
            },
            self.Guarded([](Running& later, const Result<void>& result) {
              if (result) return later.RenewLater();
              later.Stop("the lease was lost: " + result.error().message);
            }));
      }));
}

void Cycle::Running::FindUndoneChanges() {
  auto found = std::make_shared<std::vector<JournalEntry>>();
  dependencies.store.Run(
      [key = request.key, query = *request.undo, found](Store& store) -> Result<void> {
        auto entries = FindUndone(store, key, query);
        if (!entries) return std::move(entries).error();
        *found = *std::move(entries);
        return {};
      },
      Guarded([found](Running& self, Result<void> result) {
        if (!result) return self.Fail(std::move(result).error());
        self.job->undo = std::move(*found);
        self.Read();
      }));
}

void Cycle::Running::CorrectTime() {
  auto& observed = *job->observed;
  facts = {.now = {.wall = clock.local().Now(), .monotonic = clock.Monotonic()},
           .skew = observed.clock_skew,
           .before = request.clock_before,
           .last_heard = {}};
  const auto ahead = JudgeClock(facts).ahead;
  clock.SetAhead(ahead);
  if (!std::exchange(start_corrected, true)) report.started_at -= ahead;
  observed.read_at -= ahead;
}

void Cycle::Running::Remember() {
  if (Interrupted()) return;
  auto recalled = std::make_shared<Recollection>();
  dependencies.store.Run(
      [key = request.key, query = WhatToRecall(), lease = lease,
       recalled](Store& store) -> Result<void> {
        auto recollection = Recall(store, key, query);
        if (!recollection) return std::move(recollection).error();
        *recalled = *std::move(recollection);
        if (!lease) return {};
        const auto doubt = JudgeStore(recalled->standing, query.started, query.interval);
        return RecordDoubt(store, *lease, recalled->standing, doubt, query.now);
      },
      Guarded([recalled](Running& self, Result<void> result) {
        if (!result) return self.Fail(std::move(result).error());
        self.job->recalled = std::move(*recalled);
        self.TakeDoubts(self.job->recalled.standing);
        self.TakeAccepted(self.job->recalled.accepted);
        self.SettleOpen(self.job->recalled.open);
      }));
}

RecallQuery Cycle::Running::WhatToRecall() const {
  const auto now = dependencies.clock.Now();
  RecallQuery query{.documents = ApprovalsFor(job->policy.policies.approvals, request.tenant),
                    .window_began = now - kAmountsWindow,
                    .now = now,
                    .started = report.started_at,
                    .interval = request.interval};
  if (CanReprocess()) query.reprocessed_since = now - kTriesRemembered;
  return query;
}

// Only whom a policy gives something through a group is ever processed again.
bool Cycle::Running::CanReprocess() const {
  return !needs.licensed_groups.empty() && dependencies.provider.capabilities().can_reprocess;
}

void Cycle::Running::TakeDoubts(const StoreStanding& standing) {
  facts.last_heard = standing.last_heard;
  const auto judged = JudgeClock(facts);
  report.believed = judged.believed;
  using NewStore = CycleRequest::NewStore;
  store_doubt = JudgeStore(standing, report.started_at, request.interval);
  if (request.new_store == NewStore::kNoStore) store_doubt.reset();
  job->doubts = DoubtsOf(request.tenant, standing, store_doubt, judged,
                         request.new_store != NewStore::kHolds);
}

void Cycle::Running::TakeAccepted(std::optional<RevisionSummary> accepted) {
  const bool is_new = store_doubt && store_doubt->kind == StoreDoubt::Kind::kNew;
  if (!is_new) job->compared_with = accepted;
  job->stored_revision = std::move(accepted);
}

void Cycle::Running::SettleOpen(const std::vector<JournalEntry>& open) {
  job->settlement = Settle(open, *job->observed, dependencies.clock.Now());
  if (job->settlement.updates.empty() || !lease) return MakePlanOffLoop();
  dependencies.store.Run([held = *lease, settlement = job->settlement](
                             Store& store) { return RecordSettlement(store, held, settlement); },
                         Guarded([](Running& self, Result<void> result) {
                           if (!result) return self.Fail(std::move(result).error());
                           self.ReadAgainOrPlan();
                         }));
}

void Cycle::Running::ReadAgainOrPlan() {
  const auto& settled = job->settlement;
  const bool open = !settled.busy.empty() || !settled.busy_groups.empty();
  if (!request.undo || !open || read_again) return MakePlanOffLoop();
  read_again = true;
  Read();
}

}  // namespace seatkeeper
