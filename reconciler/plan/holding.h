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

  /// The assignment that says which service plans the user has; nullptr where nothing is held.
  const AssignmentRow* shown() const {
    if (direct != nullptr) return direct;
    return group != nullptr ? group : unknown;
  }

  bool held() const { return shown() != nullptr; }

  /// Takes in one more row of this user and product.
  void Add(const AssignmentRow& assignment) {
    switch (assignment.source) {
      case AssignmentSource::kDirect:
        direct = &assignment;
        break;
      case AssignmentSource::kGroup:
        if (!assignment.holds_seat()) {
          pending = &assignment;
        } else if (group == nullptr) {
          group = &assignment;
        }
        break;
      case AssignmentSource::kUnknown:
        unknown = &assignment;
        break;
    }
  }
};

/// The user's direct assignments, by product: what history and the recheck remember.
std::vector<AddLicense> DirectAssignments(const ObservedState& observed, Row row);

}  // namespace seatkeeper
