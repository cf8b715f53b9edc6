#pragma once

#include <span>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/risk.h"

namespace seatkeeper {

/// Holds the parts of a draft by which somebody would be left without a mailbox, judged by
/// everything that goes at once: the user's own parts and those of groups. Whoever gets another
/// mailbox in the same request keeps it. Pure; everything it is given must outlive it.
class MailboxGuard {
 public:
  /// `why` is nullptr where mailboxes may go.
  MailboxGuard(const HeldBy* why, const DesiredState& desired, const ObservedState& observed);

  /// For one user. True: something is held that was not.
  bool Hold(std::span<Part> of_user, Draft& draft) const;
  /// For the groups that are licensed themselves. REQUIRES: the parts of users are settled.
  void HoldGroups(Draft& draft) const;

 private:
  bool HasMailbox(const AssignmentRow& held) const;
  bool Brings(DesiredIndex product, PlansIndex disabled, const Draft& draft) const;
  bool Stays(const AssignmentRow& held, std::span<const Part> of_user, const Draft& draft) const;
  bool LosesMailbox(Row row, std::span<const Part> of_user, const Draft& draft) const;
  std::span<const GroupPart> PartsOf(const GroupId& group, const Draft& draft) const;
  const GroupPart* LossBy(const AssignmentRow& held, const Draft& draft) const;
  bool GetsAnother(const GroupId& group, const Draft& draft) const;
  std::vector<int> CountLosing(const Draft& draft) const;

  const HeldBy* why_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  RiskJudge risks_;
};

}  // namespace seatkeeper
