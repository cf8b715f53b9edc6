#pragma once

#include <map>
#include <set>
#include <vector>

#include "reconciler/execute/executor.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Whom a plan takes something from, or may, by changing the licences of groups: their direct
/// members, and whoever still inherits from them. How many lose what, and whether that is allowed,
/// rests on what each of them holds and which groups they are in: so they are read again right
/// before it is sent. A value; pure.
class ReachedByGroups {
 public:
  /// `observed` is what the plan rests on.
  ReachedByGroups(const Plan& plan, const ObservedState& observed);

  /// Appends whom those of these groups reach that lose something, each once.
  void AddUsers(std::vector<Subject>& subjects) const;

  /// Puts into `regrouped`, of each of these groups, how somebody whom it reaches is other than
  /// planned. REQUIRES: `rechecked` has what was read of all whom AddUsers named.
  void Judge(const ObservedState& planned, executor_event::Rechecked& rechecked) const;

 private:
  std::map<GroupId, std::set<UserId>> users_;
};

}  // namespace seatkeeper
