#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/cycle/undo_query.h"
#include "reconciler/execute/settle.h"
#include "reconciler/execute/split.h"
#include "reconciler/plan/remember.h"

namespace seatkeeper {
namespace {

// Beyond so many users a full reading, which the next cycle makes anyway, is the cheaper way.
constexpr std::size_t kLookBackUsersMax = 1000;
constexpr int kReadingsToConfirm = 2;

}  // namespace

void Cycle::Running::Execute() {
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

void Cycle::Running::TrustNewStore(void (*next)(Running&)) {
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

void Cycle::Running::PinThenSend() {
  dependencies.store.Run(
      [key = request.key,
       pins = PinsToWrite(report.plan->plan(), request.undo->who, dependencies.clock.Now())](
          Store& store) { return store.WritePins(key, pins); },
      Guarded([](Running& self, Result<void> result) {
        if (!result) return self.Fail(std::move(result).error());
        self.pinned = true;
        self.Send();
      }));
}

void Cycle::Running::Send() {
  if (Interrupted()) return;
  if (request.undo && !pinned) return PinThenSend();
  const auto& plan = *report.plan;
  Execution::Settings settings{.tenant = request.tenant,
                               .lease = *lease,
                               .observed = {job, &*job->observed},
                               .options = {.plan_id = report.plan_id},
                               .links = needs.links,
                               .breaker = &breaker()};
  settings.options.max_batch = dependencies.provider.capabilities().max_batch;
  settings.options.probe = probe;
  settings.options.room = dependencies.provider.room();
  settings.options.split_facts = SplitFactsOf(*job->observed, job->recalled.memory.learned_rules);
  execution =
      std::make_shared<Execution>(dependencies, plan, std::move(settings), [this] { Executed(); });
  execution->Start();
}

void Cycle::Running::Executed() {
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

void Cycle::Running::Learn(std::vector<UserId> accepted) {
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

void Cycle::Running::LookBack(const std::vector<UserId>& users, int readings) {
  if (users.empty() || readings == 0 || !report.stopped.empty()) return Record();
  auto sink = std::make_shared<ObservedBuilder>(job->observed->decisive());
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

}  // namespace seatkeeper
