#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/deferral.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"

namespace seatkeeper {

/// Makes removals wait as ProductPolicy documents say, before guardrails look at them: what waits
/// keeps its seat, a swap waits whole, and nothing of it counts as a planned removal. What made
/// room for another rung waits as the rung that leaves; upward swaps and grants that have just
/// expired do not wait. Pure; everything it is given must outlive it.
class RemovalWaits {
 public:
  RemovalWaits(const DesiredState& desired, const ObservedState& observed, const Deferrals& before,
               const ReadingTimes& reading);

  /// For one user. True: something is deferred that was not. Repeated, it changes nothing.
  bool Defer(std::span<Part> of_user, Draft& draft) const;
  /// For the groups that are licensed themselves.
  void DeferGroups(Draft& draft) const;

  /// What is to be remembered after this reading. Removals that guardrails hold are wanted, too;
  /// where the reading does not tell (an open change, an assignment that could not be read, a
  /// reference that could not be resolved), what was remembered stays as it was.
  Deferrals Remember(const Draft& draft, const std::set<UserId>& busy,
                     const std::set<GroupId>& busy_groups) const;

 private:
  /// A removal that has to wait, as of this reading.
  struct Wanted {
    UnassignWaiting terms;
    Deferral deferral;
    bool exempt = false;  ///< Does not wait, but is remembered: it may be held for long.
  };

  /// Nothing: goes at once, as far as policy is concerned, and is not remembered.
  std::optional<Wanted> Look(const Part& part, std::span<const Part> of_user,
                             const Draft& draft) const;
  std::optional<Wanted> Look(const GroupPart& part, const Draft& draft) const;
  Wanted Resume(const SubjectProduct& whose, std::vector<PlanId> plans,
                const UnassignWaiting& terms) const;
  std::optional<RemovalWait> WaitOf(const std::optional<Wanted>& wanted) const;
  UnassignWaiting TermsOf(const Part& part, std::span<const Part> of_user) const;
  bool IsExempt(const Part& part, std::span<const Part> of_user) const;
  std::vector<PlanId> GoingOff(const Part& part, std::span<const Part> of_user,
                               const Draft& draft) const;
  /// Service plans that the user has on directly of the product and that are in `off`.
  void AddGoingOff(Row row, ProductIndex product, const std::vector<PlanId>& off,
                   std::vector<PlanId>& going) const;
  bool IsGranted(const SkuId& product, Row row) const;
  bool DoesNotTell(const Deferral& deferral, const std::set<UserId>& busy,
                   const std::set<GroupId>& busy_groups) const;

  const DesiredState& desired_;
  const ObservedState& observed_;
  const Deferrals& before_;
  const ReadingTimes reading_;
};

/// The change takes away what waits so: it says until when. Of several waits the longest counts.
void AddWait(const RemovalWait& wait, Change& change);

/// Says so where time since the last reading does not count; empty where it does or nothing waits.
std::string WarnOfGap(const Deferrals& before, const ReadingTimes& reading);

}  // namespace seatkeeper
