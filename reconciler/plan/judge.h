#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/usage_location.h"

namespace seatkeeper {

/// Decides for one user at a time what they have too little, too much or differently of what the
/// documents name. Pure; everything it is given must outlive it.
class UserJudge {
 public:
  /// `busy` users have a change whose fate is not known yet: they are reported, not changed.
  UserJudge(const DesiredState& desired, const ObservedState& observed,
            const std::set<UserId>& busy, Draft& draft, std::vector<Drift>& drift);

  /// Appends to the draft what is to be done for this user, by product, and to the drift every
  /// difference, done about or not. Seats are not looked at.
  void JudgeUser(Row row);

  /// The next rung below `product` that the user, who got no seat on it, can be given instead;
  /// nothing where there is none or the user holds something of the ladder that is as good.
  std::optional<Part> FallbackBelow(const Part& unseated);

 private:
  /// One product of the user under judgement.
  struct View {
    Holding holding;
    bool granted = false;
  };

  void Look(Row row);
  void JudgeProduct(DesiredIndex index);
  void JudgeLadder(const DesiredLadder& ladder);
  void JudgeRungs(const DesiredLadder& ladder, std::size_t target);
  void JudgeOtherRung(DesiredIndex index, DesiredIndex target, bool lower, bool swap);
  bool Stays(DesiredIndex index) const;
  bool MakesWay(DesiredIndex index) const;

  void JudgeUnwanted(DesiredIndex index);
  void JudgeExtra(DesiredIndex index, const std::string& why);
  void JudgeTied(DesiredIndex index);
  void JudgeMissing(DesiredIndex index);
  void JudgeUndelivered(DesiredIndex index, const PolicyStatement& deciding);
  Part AddMissing(DesiredIndex index, Wait wait);
  void StandBy(const Part& granted);
  void JudgeHeld(DesiredIndex index);
  void JudgeRedundant(DesiredIndex index);
  /// Whether the user's service plans are as they should be.
  bool JudgePlans(DesiredIndex index);
  void MarkPlansGoingOff(Part& part) const;

  std::string WhyNotGiven(const DesiredProduct& product, const DesiredState::Shape& shape) const;
  /// Why giving the user what these two statements say is held, if it is.
  const std::optional<HeldBy>& HoldOf(const PolicyStatement& deciding,
                                      const DesiredState::Shape& shape) const;
  std::string WhyUnwanted(const DesiredProduct& product) const;
  std::string DescribeConflict(const PolicyStatement& a, const PolicyStatement& b) const;
  std::vector<PlanId> PlansToDisable(DesiredIndex index, const PolicyStatement* shape) const;
  std::vector<PlanId> PlansCarriedOver(const DesiredProduct& product) const;
  bool IsOnBefore(const PlanId& plan) const;
  bool IsOnIn(DesiredIndex product, const PlanId& plan) const;

  Part MakePart(DesiredIndex index, Part::Kind kind, Reason reason) const;
  Part MakeGrantPart(DesiredIndex index, Part::Kind kind, Reason reason,
                     const DesiredState::Shape& shape);
  Part MakeRemoval(DesiredIndex index, Reason reason) const;
  void Add(Part part, const std::optional<HeldBy>& held);
  void Report(DesiredIndex index, Drift::Kind kind, std::string cause,
              std::optional<GroupId> group = std::nullopt);
  const std::string& NameOfPolicy(const PolicyStatement& statement) const {
    return desired_.OriginOf(statement).policy;
  }
  const Product& TenantProduct(const DesiredProduct& product) const {
    return observed_.products[*product.index];
  }

  const DesiredState& desired_;
  const ObservedState& observed_;
  const UserTable& users_;
  const std::set<UserId>& busy_;
  Draft& draft_;
  std::vector<Drift>& drift_;
  std::vector<std::optional<DesiredIndex>> by_tenant_index_;  // From ProductIndex.

  // Of the user under judgement.
  Row row_ = 0;
  std::vector<View> views_;
  std::optional<LocationChoice> location_;  ///< Where the user has no usage location.
  std::size_t first_part_ = 0;
  std::size_t first_drift_ = 0;
};

}  // namespace seatkeeper
