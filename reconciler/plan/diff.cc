#include "reconciler/plan/diff.h"

#include "reconciler/plan/differing.h"
#include "reconciler/plan/judge.h"

namespace seatkeeper {

Diff ComputeDiff(const DesiredState& desired, const ObservedState& observed,
                 const std::set<UserId>& busy, const PlanConflicts& conflicts,
                 const ReleasedParts* released) {
  Diff diff;
  diff.draft.released = released;
  UserJudge judge(desired, observed, busy, diff.draft, diff.drift);
  const auto differing = RowsThatMayDiffer(desired, observed);
  const auto count = differing.Count();
  diff.draft.parts.reserve(count);
  diff.drift.reserve(count);
  differing.ForEach([&](Row row) { judge.JudgeUser(row); });
  diff.draft.ForEachUser([&](std::span<Part> of_user) { conflicts.Settle(of_user, diff.draft); });
  return diff;
}

}  // namespace seatkeeper
