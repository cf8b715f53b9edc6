#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/plan/held_set.h"

namespace seatkeeper {

void Cycle::Running::MakePlanOffLoop() {
  job->now = dependencies.clock.Now();
  job->record_held = lease.has_value() || request.record_held;
  job->counts_seats = lease.has_value();
  job->can_reprocess = CanReprocess();
  dependencies.workers.Run([job = job] { job->Run(); }, Guarded([](Running& self) {
                             if (self.NeedsEverybody()) return self.ReadEverybody();
                             self.RecordMemory();
                           }));
}

void Cycle::Running::RecordMemory() {
  if (job->to_remember.empty() || !lease) return RecordHeld();
  dependencies.store.Run([held = *lease, change = std::move(job->to_remember)](
                             Store& store) { return store.RecordMemory(held, change); },
                         Guarded([](Running& self, Result<void> result) {
                           if (!result) return self.Fail(std::move(result).error());
                           self.RecordHeld();
                         }));
}

void Cycle::Running::RecordHeld() {
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

void Cycle::Running::TakePlan() {
  auto& planned = *job->planned;
  if (!planned) return Fail(std::move(planned).error());
  report.plan = std::move(planned).value();
  dependencies.observer.OnPlan(request.tenant, report.plan->plan());
  if (job->waste) dependencies.observer.OnWaste(request.tenant, *job->waste);
  Execute();
}

}  // namespace seatkeeper
