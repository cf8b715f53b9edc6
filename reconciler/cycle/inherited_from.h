#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// From which groups the users inherit whom a plan has processed again. The service judges all of
/// that anew, and takes what it finds no reason for: so it is read again as well right before. A
/// value; pure.
class InheritedFrom {
 public:
  /// `observed` is what the plan rests on.
  InheritedFrom(const Plan& plan, const ObservedState& observed);

  /// Appends the groups of those of these users who are to be processed again, each once: with
  /// them their direct members are read, as with every group.
  void AddGroups(std::vector<Subject>& subjects) const;

  /// How what these groups give is other than planned, or not known well enough; empty: it is not,
  /// or the user is none of those who are to be processed again. `now` has the groups without their
  /// members.
  std::string HowChanged(const UserId& user, const ObservedState& planned,
                         const ObservedState& now) const;

 private:
  std::map<UserId, std::vector<GroupId>> groups_;  // Ordered, each once.
};

}  // namespace seatkeeper
