#include "reconciler/plan/having_waited.h"

#include <utility>

namespace seatkeeper {
namespace {

// Longer than any `unassign.after` can be, and the most that `confirmations` can be.
constexpr std::chrono::hours kLongEnough(24 * 366 * 11);
constexpr int kConfirmations = 1000;

Deferrals Waited(Deferrals deferrals, std::chrono::milliseconds waited, WallTime now) {
  deferrals.last_reading = now;
  for (auto& entry : deferrals.entries) {
    entry.since = now - waited;
    entry.first_seen = entry.since;
    entry.confirmed_at = now;
    entry.confirmations = kConfirmations;
    entry.last_seen.reset();
  }
  return deferrals;
}

}  // namespace

Result<GuardedPlan> PlanHavingWaited(PlanInput& input,
                                     std::optional<std::chrono::milliseconds> waited) {
  auto first = MakePlan(input);  // Finds what is unwanted.
  if (!first) return first;
  input.memory.deferrals = Waited(first->plan().deferrals, waited.value_or(kLongEnough), input.now);
  return MakePlan(input);
}

}  // namespace seatkeeper
