#pragma once

#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// How one user holds one product, by source.
struct Holding {
  bool known = false;                      ///< False: nothing can be said about this user.
  const AssignmentRow* direct = nullptr;   ///< In whatever state.
  const AssignmentRow* group = nullptr;    ///< Inherited and holding a seat; the first by group id.
  const AssignmentRow* pending = nullptr;  ///< Inherited but without a seat (state Error ...).
  const AssignmentRow* unknown = nullptr;  ///< Held, but the reading does not say from where.

  bool held() const { return direct != nullptr || group != nullptr || unknown != nullptr; }
};

inline Holding HoldingOf(const UserTable& users, Row row, ProductIndex product) {
  Holding holding{.known = users.assignments_known(row)};
  for (const auto& assignment : users.assignments(row)) {
    if (assignment.product != product) continue;
    switch (assignment.source) {
      case AssignmentSource::kDirect:
        holding.direct = &assignment;
        break;
      case AssignmentSource::kGroup:
        if (!assignment.holds_seat()) {
          holding.pending = &assignment;
        } else if (holding.group == nullptr) {
          holding.group = &assignment;
        }
        break;
      case AssignmentSource::kUnknown:
        holding.unknown = &assignment;
        break;
    }
  }
  return holding;
}

/// The user's direct assignments, by product: what history and the recheck remember.
std::vector<AddLicense> DirectAssignments(const ObservedState& observed, Row row);

}  // namespace seatkeeper
