#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/reprocessing.h"

namespace seatkeeper {

struct ReprocessInput;

/// Why a user is not processed again although what stood in the way is gone.
enum class LeftAlone : std::uint8_t {
  kProtected,       ///< A Guardrails document protects the user.
  kUnknownMembers,  ///< It is not known who is a direct member of a group, or what that gives.
  kNotMember,       ///< Something is inherited from a group that the user is no member of.
  kNotLicensed,     ///< Or from one that does not give it, or not so, any more.
  kUnfinished,      ///< The service works through the group's members, or is about to.
  kTroubled,        ///< Something else that is inherited, or is to be, is for a person to look at.
  kUnwanted,        ///< It would bring something that no policy gives this user.
  kTried,           ///< It was tried, and nothing has changed since, or no day has passed.
};

/// Tells of one user whether all that is inherited is meant to be. Everything must outlive it.
class InheritedCheck {
 public:
  InheritedCheck(const ReprocessInput& input, const Draft& draft);

  /// What stood in the way of this row of the user, and does so no more as far as the row tells; of
  /// kNoSeat the caller knows the seats. kNone: it is no inherited row in error, or that needs a
  /// person: plans that exclude or need each other, a double address, and what nobody knows.
  Blocker GoneBlocker(Row user, const AssignmentRow& row) const;

  /// Nothing: processing the user again gives them `wanted` and takes nothing.
  std::optional<LeftAlone> WhyLeftAlone(Row user, const std::vector<ProductIndex>& wanted) const;

 private:
  std::optional<LeftAlone> JudgeGroup(Row user, const AssignmentRow& row) const;
  std::optional<LeftAlone> JudgeFailed(Row user, const AssignmentRow& row,
                                       const std::vector<ProductIndex>& wanted) const;
  bool HasSeat(Row user, ProductIndex product) const;
  bool FailsWithSibling(Row user, const AssignmentRow& row) const;
  bool SiblingMayCome(Row user, const AssignmentRow& row) const;

  const ReprocessInput& input_;
  std::set<GroupId> changing_;  // Groups that this plan changes.
};

/// What a user's inherited licences rest on: rows, usage location, and the seats that are free of
/// these products. Without the rows' times, which move with every try.
std::string BasisOf(const ObservedState& observed, Row user,
                    const std::vector<std::pair<SkuId, int>>& free);

/// Counts who is left alone, by cause, and keeps the first few names.
class LeftAloneNotes {
 public:
  void Add(LeftAlone why, std::string name);
  std::vector<std::string> Lines() const;

 private:
  struct Note {
    std::size_t users = 0;
    std::vector<std::string> names;
  };
  std::map<LeftAlone, Note> notes_;
};

}  // namespace seatkeeper
