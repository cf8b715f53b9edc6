#include "reconciler/cycle/cycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/cycle/execution.h"
#include "reconciler/cycle/lesser_clock.h"
#include "reconciler/cycle/plan_job.h"
#include "reconciler/cycle/recall.h"
#include "reconciler/execute/circuit_breaker.h"
#include "reconciler/execute/settle.h"
#include "reconciler/execute/split.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/remember.h"

namespace seatkeeper {
namespace {

// A crashed holder blocks the tenant for no longer than this; a live one renews well before.
constexpr std::chrono::milliseconds kLeaseTime = std::chrono::minutes(2);
constexpr std::chrono::milliseconds kRenewEvery = std::chrono::seconds(30);
constexpr std::chrono::hours kAmountsWindow{24};
// Beyond so many users a full reading, which the next cycle makes anyway, is the cheaper way.
constexpr std::size_t kLookBackUsersMax = 1000;
constexpr int kReadingsToConfirm = 2;

std::string_view ToString(CycleRequest::Mode mode) {
  switch (mode) {
    case CycleRequest::Mode::kPlan:
      return "plan";
    case CycleRequest::Mode::kObserve:
      return "observe";
    case CycleRequest::Mode::kEnforce:
      break;
  }
  return "enforce";
}

}  // namespace

int CycleReport::CountOutcomes(ChangeState state) const {
  return static_cast<int>(std::count_if(outcomes.begin(), outcomes.end(), [&](const auto& outcome) {
    return outcome.second.state == state;
  }));
}

int CycleReport::failures() const {
  return CountOutcomes(ChangeState::kRefused) + CountOutcomes(ChangeState::kWithdrawn) +
         CountOutcomes(ChangeState::kAmbiguous);
}

std::string_view ResultOf(const CycleReport& report) {
  if (report.error) return "failed";
  if (report.failures() > 0 || !report.stopped.empty()) return "partial";
  return report.plan && report.plan->plan().has_held() ? "held" : "ok";
}

// The stages in the order in which they run; each ends by calling the next.
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
    job->inspect = request.inspect;
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

  void Start() {
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

  void TakeLease() {
    auto taken = std::make_shared<Lease>();
    dependencies.store.Run(
        [key = request.key, holder = request.holder, now = report.started_at,
         taken](Store& store) -> Result<void> {
          auto acquired = store.AcquireLease(key, holder, now, kLeaseTime);
          if (!acquired) return std::move(acquired).error();
          *taken = *std::move(acquired);
          return {};
        },
        Guarded([taken](Running& self, Result<void> result) {
          if (!result) return self.Fail(std::move(result).error());
          self.lease = std::move(*taken);
          self.RenewLater();
          self.Read();
        }));
  }

  void RenewLater() {
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

  void Read() {
    const auto needs = ReadingNeeds(job->policy.policies, request.tenant);
    // Shared with the callback: the provider writes into it even when this cycle has been dropped.
    auto sink = std::make_shared<ObservedBuilder>(needs.properties);
    // The moment before the first request: what was answered later may or may not be in it.
    const auto began = dependencies.clock.Now();
    dependencies.provider.Read(
        needs, *sink, Guarded([began, sink](Running& self, Result<void> result) {
          if (!result) return self.Fail(std::move(result).error());
          self.job->observed = sink->Finish(self.request.key.tenant_id, began);
          self.CorrectTime();
          self.dependencies.observer.OnRead(self.request.tenant, *self.job->observed);
          self.Remember();
        }));
  }

  // From here on time is the lesser of the local clock's and the service's.
  void CorrectTime() {
    auto& observed = *job->observed;
    facts = {.now = {.wall = clock.local().Now(), .monotonic = clock.Monotonic()},
             .skew = observed.clock_skew,
             .before = request.clock_before,
             .last_heard = {}};
    const auto ahead = JudgeClock(facts).ahead;
    clock.SetAhead(ahead);
    report.started_at -= ahead;
    observed.read_at -= ahead;
  }

  void Remember() {
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

  RecallQuery WhatToRecall() const {
    const auto now = dependencies.clock.Now();
    return {.documents = ApprovalsFor(job->policy.policies.approvals, request.tenant),
            .window_began = now - kAmountsWindow,
            .now = now,
            .started = report.started_at,
            .interval = request.interval};
  }

  void TakeDoubts(const StoreStanding& standing) {
    facts.last_heard = standing.last_heard;
    const auto judged = JudgeClock(facts);
    report.believed = judged.believed;
    using NewStore = CycleRequest::NewStore;
    store_doubt = JudgeStore(standing, report.started_at, request.interval);
    if (request.new_store == NewStore::kNoStore) store_doubt.reset();
    job->doubts = DoubtsOf(request.tenant, standing, store_doubt, judged,
                           request.new_store != NewStore::kHolds);
  }

  // While the store is new, removals are held anyway, and whoever stands up for it sees the plan:
  // until then the policy may still take shape.
  void TakeAccepted(std::optional<RevisionSummary> accepted) {
    const bool is_new = store_doubt && store_doubt->kind == StoreDoubt::Kind::kNew;
    if (!is_new) job->compared_with = accepted;
    job->stored_revision = std::move(accepted);
  }

  void SettleOpen(const std::vector<JournalEntry>& open) {
    job->settlement = Settle(open, *job->observed, dependencies.clock.Now());
    if (job->settlement.updates.empty() || !lease) return MakePlanOffLoop();
    dependencies.store.Run([held = *lease, settlement = job->settlement](
                               Store& store) { return RecordSettlement(store, held, settlement); },
                           Guarded([](Running& self, Result<void> result) {
                             if (!result) return self.Fail(std::move(result).error());
                             self.MakePlanOffLoop();
                           }));
  }

  void MakePlanOffLoop() {
    job->now = dependencies.clock.Now();
    job->record_held = lease.has_value() || request.record_held;
    dependencies.workers.Run([job = job] { job->Run(); },
                             Guarded([](Running& self) { self.RecordMemory(); }));
  }

  // Even where there is no plan: who holds what seatkeeper gave no longer must not be forgotten.
  void RecordMemory() {
    if (job->to_remember.empty() || !lease) return RecordHeld();
    dependencies.store.Run([held = *lease, change = std::move(job->to_remember)](
                               Store& store) { return store.RecordMemory(held, change); },
                           Guarded([](Running& self, Result<void> result) {
                             if (!result) return self.Fail(std::move(result).error());
                             self.RecordHeld();
                           }));
  }

  // Before anything is decided on it: what was shown as held can be approved.
  void RecordHeld() {
    if (!*job->planned || !job->record_held) return TakePlan();
    dependencies.store.Run(
        [key = request.key, sets = std::move(job->held_sets),
         documents = job->recalled.approvals.documents,
         now = dependencies.clock.Now()](Store& store) -> Result<void> {
          if (auto written = store.RecordDocuments(key, documents); !written) return written;
          return store.RecordHeldSets(key, sets, now);
        },
        Guarded([](Running& self, Result<void> result) {
          if (!result && self.lease) return self.Fail(std::move(result).error());
          if (!result) {
            self.dependencies.observer.OnMessage(Observer::Level::kWarning, self.request.tenant,
                                                 "what is held was not recorded",
                                                 result.error().message);
          }
          self.TakePlan();
        }));
  }

  void TakePlan() {
    auto& planned = *job->planned;
    if (!planned) return Fail(std::move(planned).error());
    report.plan = std::move(planned).value();
    dependencies.observer.OnPlan(request.tenant, report.plan->plan());
    Execute();
  }

  void Execute() {
    if (Interrupted()) return;
    const auto& plan = *report.plan;
    if (request.mode != CycleRequest::Mode::kEnforce) return Record();
    if (plan.plan().CountWith(Verdict::kGo) == 0) {
      if (request.new_store != CycleRequest::NewStore::kTrusted) return Record();
      return TrustNewStore([](Running& self) { self.Record(); });
    }
    if (!dependencies.provider.capabilities().can_write) {
      return Fail({.kind = ErrorKind::kRejected,
                   .message = "a snapshot can be planned against, but nothing can be applied to it",
                   .position = {},
                   .service = {}});
    }
    const auto permit = breaker().Ask(clock.Monotonic());
    if (permit == CircuitBreaker::Permit::kNothing) {
      report.stopped = WhyPaused(breaker());
      return Record();
    }
    probe = permit == CircuitBreaker::Permit::kProbe;
    if (request.confirm && !request.confirm(plan)) {
      report.declined = true;
      return Record();
    }
    TrustNewStore([](Running& self) { self.Send(); });
  }

  // A plan that a person has said yes to is enough for a store that is new, and for no other.
  void TrustNewStore(void (*next)(Running&)) {
    using NewStore = CycleRequest::NewStore;
    const bool said_yes =
        request.new_store == NewStore::kTrusted || request.new_store == NewStore::kConfirms;
    const bool is_new = store_doubt && store_doubt->kind == StoreDoubt::Kind::kNew;
    if (!said_yes || !is_new) return next(*this);
    dependencies.store.Run([key = request.key, note = TrustNote{.who = request.holder,
                                                                .reason = "confirmed a first apply",
                                                                .at = dependencies.clock.Now()}](
                               Store& store) { return store.TrustStore(key, note); },
                           Guarded([next](Running& self, Result<void> result) {
                             if (!result) return self.Fail(std::move(result).error());
                             next(self);
                           }));
  }

  void Send() {
    if (Interrupted()) return;
    const auto& plan = *report.plan;
    Execution::Settings settings{.tenant = request.tenant,
                                 .lease = *lease,
                                 .observed = {job, &*job->observed},
                                 .options = {.plan_id = report.plan_id},
                                 .breaker = &breaker()};
    settings.options.max_batch = dependencies.provider.capabilities().max_batch;
    settings.options.probe = probe;
    settings.options.split_facts = SplitFactsOf(*job->observed, job->recalled.memory.learned_rules);
    execution = std::make_shared<Execution>(dependencies, plan, std::move(settings),
                                            [this] { Executed(); });
    execution->Start();
  }

  CircuitBreaker& breaker() { return request.breaker != nullptr ? *request.breaker : own_breaker; }

  void Executed() {
    report.outcomes = execution->outcomes();
    report.split_off = execution->split_off();
    report.stopped = execution->stop_reason();
    execution.reset();
    std::vector<UserId> accepted;
    for (const auto* change : report.Tried()) {
      if (change->group) continue;  // The service has only begun: later readings show it.
      if (report.outcomes.at(change->id).state == ChangeState::kAccepted) {
        accepted.push_back(change->user);
      }
    }
    if (accepted.size() > kLookBackUsersMax) accepted.clear();
    Learn(std::move(accepted));
  }

  // What the tenant refused for its service plans is not tried again.
  void Learn(std::vector<UserId> accepted) {
    auto learned = LearnedFrom(report.outcomes);
    if (learned.empty()) return LookBack(accepted, kReadingsToConfirm);
    dependencies.store.Run(
        [held = *lease, learned = std::move(learned)](Store& store) {
          return store.RecordMemory(held, learned);
        },
        Guarded([accepted = std::move(accepted)](Running& self, Result<void> result) {
          if (!result) return self.Fail(std::move(result).error());
          self.LookBack(accepted, kReadingsToConfirm);
        }));
  }

  // Reads the users of accepted changes again, so that what shows at once is confirmed at once and
  // its users are free for the next change. Whatever does not show yet is left to later cycles.
  void LookBack(const std::vector<UserId>& users, int readings) {
    if (users.empty() || readings == 0 || !report.stopped.empty()) return Record();
    auto sink = std::make_shared<ObservedBuilder>(job->observed->properties);
    for (const auto& product : job->observed->products) {
      if (product.subscribed) sink->AddProduct(product);
    }
    const auto began = dependencies.clock.Now();
    dependencies.provider.Reread(
        {users.begin(), users.end()}, *sink,
        Guarded([users, sink, began, readings](Running& self, const Result<void>& result) {
          if (!result) return self.Record();
          auto seen =
              std::make_shared<ObservedState>(sink->Finish(self.request.key.tenant_id, began));
          self.dependencies.store.Run(
              [held = *self.lease, seen, plan = self.report.plan_id,
               now = self.dependencies.clock.Now()](Store& store) {
                return RecordSightings(store, held, plan, *seen, now);
              },
              self.Guarded([users, readings](Running& later, const Result<void>& recorded) {
                if (!recorded) return later.Record();
                later.LookBack(users, readings - 1);
              }));
        }));
  }

  void Fail(Error error) {
    report.error = std::move(error);
    Record();
  }

  void Record() {
    report.finished_at = dependencies.clock.Now();
    dependencies.timers.Cancel(renewal);
    if (!lease) return Finish();
    auto pruned = std::make_shared<Result<void>>();
    dependencies.store.Run(
        [held = *lease, summary = Summary(), interval = request.interval, accepts = Accepts(),
         before = job->stored_revision, prune = MayPrune(), retention = request.retention,
         pruned](Store& store) mutable -> Result<void> {
          const auto now = summary.finished_at;
          auto recorded = RecordAccepted(store, held, before, accepts, now);
          if (recorded) recorded = RecordEnd(store, held, std::move(summary), interval);
          if (recorded && prune) *pruned = store.Prune(held, retention, now);
          auto released = store.ReleaseLease(held);
          return recorded ? std::move(released) : std::move(recorded);
        },
        Guarded([pruned](Running& self, Result<void> result) {
          if (result && !*pruned) {
            self.dependencies.observer.OnMessage(Observer::Level::kWarning, self.request.tenant,
                                                 "what is over was not removed from the store",
                                                 pruned->error().message);
          }
          if (!result && !self.report.error) self.report.error = std::move(result).error();
          self.Finish();
        }));
  }

  // Before the tenant was read the time is the local clock's alone, which may be years ahead.
  bool MayPrune() const { return report.plan.has_value() && !report.error; }

  // Only a cycle that went through to its end accepts a revision, and that to which nobody said no.
  std::optional<RevisionSummary> Accepts() const {
    const bool succeeded =
        report.plan && !report.error && !report.declined && report.stopped.empty();
    return succeeded ? report.plan->plan().accepts : std::nullopt;
  }

  CycleSummary Summary() const {
    return {.plan_id = report.plan_id,
            .mode = std::string(ToString(request.mode)),
            .result = std::string(ResultOf(report)),
            .started_at = report.started_at,
            .finished_at = report.finished_at,
            .policy_revision = job->policy.revision,
            .changes_accepted = report.CountOutcomes(ChangeState::kAccepted),
            .changes_failed = report.failures(),
            .changes_held =
                report.plan ? static_cast<int>(report.plan->plan().CountWith(Verdict::kHeld)) : 0,
            .message = report.error ? report.error->message : report.stopped};
  }

  void Finish() {
    dependencies.observer.OnCycleFinished(request.tenant, report);
    // The owner may drop this cycle in `done`: nothing of it may be touched afterwards.
    const auto keep = shared_from_this();
    done(std::move(report));
  }

  void Stop(std::string reason) {
    if (execution) {
      execution->Stop(std::move(reason));
    } else if (stop_reason.empty()) {
      stop_reason = std::move(reason);
    }
  }

  // Between two stages: a cycle that was told to stop ends here, with nothing half done.
  bool Interrupted() {
    if (stop_reason.empty()) return false;
    Fail({.kind = ErrorKind::kCancelled, .message = stop_reason, .position = {}, .service = {}});
    return true;
  }

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
  bool probe = false;
  std::shared_ptr<Execution> execution;
  std::string stop_reason;
};

Cycle::Cycle(Dependencies dependencies, const PolicyInForce& policy, CycleRequest request)
    : running_(std::make_shared<Running>(dependencies, policy, std::move(request))) {}

Cycle::~Cycle() = default;

void Cycle::Start(std::function<void(CycleReport)> done) {
  running_->done = std::move(done);
  running_->Start();
}

void Cycle::Stop(std::string reason) { running_->Stop(std::move(reason)); }

}  // namespace seatkeeper
