/// @file
/// One pass over one tenant under way: its state and its stages, in the order in which they run.
/// Each ends by calling the next. For reconciler/cycle/ alone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/cycle/cycle.h"
#include "reconciler/cycle/execution.h"
#include "reconciler/cycle/kept_audit.h"
#include "reconciler/cycle/kept_reading.h"
#include "reconciler/cycle/lesser_clock.h"
#include "reconciler/cycle/plan_job.h"
#include "reconciler/cycle/recall.h"
#include "reconciler/execute/circuit_breaker.h"
#include "reconciler/model/image.h"

namespace seatkeeper {

struct Cycle::Running : std::enable_shared_from_this<Cycle::Running> {
  Running(Dependencies deps, const PolicyInForce& policy_in_force, CycleRequest cycle_request)
      : clock(deps.clock),
        dependencies{deps.provider, deps.store,  clock,        deps.timers,
                     deps.workers,  deps.random, deps.observer},
        request(std::move(cycle_request)),
        job(std::make_shared<PlanJob>()) {
    job->tenant = request.tenant;
    job->policy = policy_in_force;
    job->ceilings = request.ceilings;
    job->interval = request.interval;
    if (request.inactive_after.count() > 0) job->inactive_after = request.inactive_after;
    job->inspect = request.inspect;
    job->one_off = request.one_off;
  }

  ~Running() { dependencies.timers.Cancel(renewal); }

  // A callback that comes to nothing once this cycle is gone.
  template <typename Handler>
  auto Guarded(Handler handler) {
    return [weak = weak_from_this(), handler = std::move(handler)](auto&&... arguments) mutable {
      if (const auto self = weak.lock()) {
        handler(*self, std::forward<decltype(arguments)>(arguments)...);
      }
    };
  }

  // cycle_begin.cc: the lease, the reading, what is remembered, what is still open.
  void Start();
  void TakeLease();
  // Tries again in a while, as long as the request has patience and nobody says to stop.
  bool WaitsForLease(const Error& error);
  void RenewLater();
  // The changes to undo, with nobody else at work: before it is known what to read.
  void FindUndoneChanges();
  // From here on time is the lesser of the local clock's and the service's.
  void CorrectTime();
  void Remember();
  RecallQuery WhatToRecall() const;
  bool CanReprocess() const;
  void TakeDoubts(const StoreStanding& standing);
  // While the store is new, removals are held anyway, and whoever stands up for it sees the plan:
  // until then the policy may still take shape.
  void TakeAccepted(std::optional<RevisionSummary> accepted);
  void SettleOpen(const std::vector<JournalEntry>& open);
  // What was sent right before an undo has been seen once: a second reading may confirm it.
  void ReadAgainOrPlan();

  // cycle_read.cc: everybody, or what changed since the reading before.
  struct Merging;
  void Read();
  void ReadOn();
  void ReadEverybody();
  void ListEverybody();
  void ReadChanges(const std::shared_ptr<Merging>& merging);
  void Merge(const std::shared_ptr<Merging>& merging);
  // Any doubt about what changed means everybody, never fewer users.
  void GiveUpChanges(Merging& merging, const Error& error);
  void TellNoChanges(const Error& error);
  void TellChanges(const ObservedState& merged, std::size_t changed);
  void CountReading();
  void TakeReading(ObservedState state);
  // What is taken away, or may be, rests on rows that this cycle has fetched anew.
  bool NeedsEverybody() const;
  void KeepReading();

  // cycle_activity.cc: who signs in, which waste alone asks. Without that everything goes on.
  bool AsksActivity() const;
  void AskActivity();
  // What a cursor has to tell the changes of.
  PropertySet Tracked() const;
  // Lists everybody again without what waste asks, where that may be why there was no reading.
  void ListDecisive(Error error);
  void TellActivity();

  // cycle_audit.cc: who changed licences. Without that everything goes on.
  void ReadAudit();
  void TakeAudit(AuditRead read, WallTime now);
  void TellNoAudit(const Error& error);
  KeptAudit& audit() { return request.audit != nullptr ? *request.audit : own_audit; }

  // cycle_image.cc: what a process that starts need not read again.
  void RecallReading();
  void TakeImage(Result<ReadingImage> image);
  bool SavesReading() const;
  void SaveReading();

  // cycle_plan.cc: the plan, and what has to be written down for it.
  void MakePlanOffLoop();
  // Even where there is no plan: who holds what seatkeeper gave no longer must not be forgotten.
  void RecordMemory();
  // Before anything is decided on it: what was shown as held can be approved.
  void RecordHeld();
  void TakePlan();

  // cycle_send.cc: what is sent, and a first look at what became of it.
  void Execute();
  // A plan that a person has said yes to is enough for a store that is new, and for no other.
  void TrustNewStore(void (*next)(Running&));
  // What is put back stays so: whoever else is at work knows it before anything is sent.
  void PinThenSend();
  void Send();

  CircuitBreaker& breaker() { return request.breaker != nullptr ? *request.breaker : own_breaker; }
  void Executed();
  // What the tenant refused for its service plans is not tried again.
  void Learn(std::vector<UserId> accepted);
  // Reads the users of accepted changes again, so that what shows at once is confirmed at once and
  // its users are free for the next change. Whatever does not show yet is left to later cycles.
  void LookBack(const std::vector<UserId>& users, int readings);

  // cycle_end.cc: the end, however it comes.
  void Fail(Error error);
  void Record();
  void RecordEndOfCycle();
  // Before the tenant was read the time is the local clock's alone, which may be years ahead.
  bool MayPrune() const;
  // Only a cycle that went through to its end counts for its day.
  std::vector<ProductDay> ProductDays() const;
  // Only a cycle that went through to its end accepts a revision, and that to which nobody said no.
  std::optional<RevisionSummary> Accepts() const;
  CycleSummary Summary() const;
  void Finish();

  // cycle.cc
  void Stop(std::string reason);
  // Between two stages: a cycle that was told to stop ends here, with nothing half done.
  bool Interrupted();

  LesserClock clock;
  Dependencies dependencies;
  CycleRequest request;
  ClockFacts facts;
  std::optional<StoreDoubt> store_doubt;
  std::shared_ptr<PlanJob> job;
  std::function<void(CycleReport)> done;
  CycleReport report;
  std::optional<Lease> lease;
  TimerId renewal = 0;
  CircuitBreaker own_breaker;
  KeptAudit own_audit;
  bool probe = false;
  std::optional<MonotonicTime> patience_ends;  // Once somebody else was found to have the lease.
  bool pinned = false;
  bool read_again = false;
  bool start_corrected = false;
  ReadRequest needs;
  PropertySet decisive;              // Of `needs`, what is not for waste alone.
  std::optional<Error> no_activity;  // Why this cycle does not know who signs in.
  bool own_activity_fails = false;
  std::string cursor;            // Goes with job->observed; empty: none.
  MonotonicTime everybody_at{};  // As KeptReading::Basis.
  WallTime everybody_since{};
  std::shared_ptr<Execution> execution;
  std::string stop_reason;
};

}  // namespace seatkeeper
