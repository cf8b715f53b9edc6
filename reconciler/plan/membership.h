#pragma once

#include "reconciler/model/user_table.h"
#include "reconciler/plan/holding.h"

namespace seatkeeper {

/// How one user holds one product, seen from a group that gives it. Lives as long as the table.
struct Membership {
  Holding holding;
  bool through_group = false;   ///< The group gives a seat.
  bool through_others = false;  ///< Something else does.

  bool has_seat() const { return through_group || through_others; }
};

inline Membership MembershipOf(const UserTable& users, Row row, ProductIndex product,
                               const GroupId& group) {
  Membership member{.holding = {.known = users.assignments_known(row)}};
  for (const auto& assignment : users.assignments(row)) {
    if (assignment.product != product) continue;
    member.holding.Add(assignment);
    if (!assignment.holds_seat()) continue;
    const bool from_group =
        assignment.source == AssignmentSource::kGroup && assignment.group == group;
    (from_group ? member.through_group : member.through_others) = true;
  }
  return member;
}

}  // namespace seatkeeper
