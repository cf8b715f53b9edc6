#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/cycle/cycle_running.h"

namespace seatkeeper {
namespace {

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

void Cycle::Running::Fail(Error error) {
  report.error = std::move(error);
  Record();
}

void Cycle::Running::Record() {
  report.finished_at = dependencies.clock.Now();
  if (SavesReading()) return SaveReading();
  RecordEndOfCycle();
}

void Cycle::Running::RecordEndOfCycle() {
  dependencies.timers.Cancel(renewal);
  KeepReading();
  if (!lease) return Finish();
  auto pruned = std::make_shared<Result<void>>();
  dependencies.store.Run(
      [held = *lease, summary = Summary(), interval = request.interval, accepts = Accepts(),
       before = job->stored_revision, days = ProductDays(), prune = MayPrune(),
       retention = request.retention, pruned](Store& store) mutable -> Result<void> {
        const auto now = summary.finished_at;
        auto recorded = RecordAccepted(store, held, before, accepts, now);
        if (recorded) recorded = RecordEnd(store, held, std::move(summary), interval);
        if (recorded && !days.empty()) recorded = store.RecordProductDays(held, days);
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

bool Cycle::Running::MayPrune() const { return report.plan.has_value() && !report.error; }

std::vector<ProductDay> Cycle::Running::ProductDays() const {
  if (!report.plan || report.error || !job->waste) return {};
  return ProductDaysOf(*job->waste, report.finished_at);
}

std::optional<RevisionSummary> Cycle::Running::Accepts() const {
  const bool succeeded = report.plan && !report.error && !report.declined && report.stopped.empty();
  return succeeded ? report.plan->plan().accepts : std::nullopt;
}

CycleSummary Cycle::Running::Summary() const {
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

void Cycle::Running::Finish() {
  dependencies.observer.OnCycleFinished(request.tenant, report);
  // The owner may drop this cycle in `done`: nothing of it may be touched afterwards.
  const auto keep = shared_from_this();
  done(std::move(report));
}

}  // namespace seatkeeper
