#include "reconciler/cycle/plan_job.h"

#include <utility>

#include "reconciler/plan/remember.h"

namespace seatkeeper {
namespace {

// What is remembered of removals after a reading that fetched few rows anew: what is wanted again
// starts anew, time is covered, but nothing begins to wait and no reading agrees.
Deferrals Unconfirmed(const Deferrals& before, Deferrals after) {
  std::erase_if(after.entries, [&](const Deferral& entry) {
    const auto* known = before.Find(entry.key());
    return known == nullptr || known->plans != entry.plans;
  });
  for (auto& entry : after.entries) {
    const auto& known = *before.Find(entry.key());
    entry.confirmations = known.confirmations;
    entry.confirmed_at = known.confirmed_at;
  }
  if (after.entries.empty()) after.last_reading = before.last_reading;
  return after;
}

}  // namespace

void PlanJob::Run() {
  PlanInput input{.tenant = tenant,
                  .policies = policy.policies,
                  .policy_revision = policy.revision,
                  .policy_outdated = policy.outdated,
                  .observed = *observed,
                  .now = now,
                  .catalog = policy.catalog,
                  .busy = settlement.busy,
                  .busy_groups = settlement.busy_groups,
                  .unseen_seats = settlement.unseen_seats,
                  .removals_in_window = recalled.recent_removals,
                  .assignments_in_window = recalled.recent_assignments,
                  .approved_removals_in_window = recalled.approved_removals,
                  .approved_assignments_in_window = recalled.approved_assignments,
                  .releases = recalled.approvals.releases,
                  .approval_warnings = recalled.approvals.warnings,
                  .ceilings = ceilings,
                  .memory = RememberReading(recalled.memory, settlement.memory, *observed),
                  .suspended = recalled.suspended,
                  .repetitions = recalled.repetitions,
                  .doubts = doubts,
                  .accepted_revision = compared_with,
                  .interval = interval,
                  .license_events = license_events,
                  .undo = undo ? &*undo : nullptr,
                  .one_off = one_off ? &*one_off : nullptr,
                  .can_reprocess = can_reprocess,
                  .reprocessed = recalled.reprocessed};
  if (compared_with && policy.descent) input.descent = policy.descent(compared_with->revision);
  planned = MakePlan(input);
  if (inspect && *planned) inspect(input, (*planned)->plan());
  waste.reset();
  if (counts_seats && *planned) {
    // A snapshot stands for its own moment; any other reading is of this one.
    waste = FindWaste({.observed = *observed,
                       .planned = (*planned)->plan().products,
                       .now = observed->read_at,
                       .inactive_after = inactive_after});
  }
  auto remembered = std::move(input.memory);
  // Of what policy wants, neither an undo nor a one-off says anything.
  if (*planned && !undo && !one_off)
    remembered = RememberPlan(std::move(remembered), (*planned)->plan());
  if (part) remembered.deferrals = Unconfirmed(recalled.memory.deferrals, remembered.deferrals);
  to_remember = Difference(recalled.memory, remembered);
  if (*planned && record_held) held_sets = HeldSetsOf((*planned)->plan());
}

}  // namespace seatkeeper
