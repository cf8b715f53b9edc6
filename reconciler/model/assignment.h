#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// Position of a product in ObservedState::products.
using ProductIndex = std::uint16_t;
/// Position of a set of service plans in ObservedState::plan_sets; 0 is the empty set.
using PlanSetIndex = std::uint32_t;

enum class AssignmentSource : std::uint8_t {
  kDirect,   ///< Assigned to the user; the only kind that a user-level change can take away.
  kGroup,    ///< Inherited from a licensed group.
  kUnknown,  ///< The reading does not say. Never treated as direct.
};

/// Graph's licenseAssignmentState.state; texts that are not documented become kOther.
enum class AssignmentState : std::uint8_t { kActive, kActiveWithError, kDisabled, kError, kOther };

std::string_view ToString(AssignmentState state);
AssignmentState ParseAssignmentState(std::string_view text);

/// One row of `licenseAssignmentStates`: a product from one source. Decisions rest on these rows,
/// never on the merged `assignedLicenses`.
struct AssignmentRow {
  ProductIndex product = 0;
  AssignmentSource source = AssignmentSource::kUnknown;
  AssignmentState state = AssignmentState::kActive;
  PlanSetIndex disabled_plans = 0;
  std::uint32_t error = 0;    ///< Code in ObservedState::texts; 0 when there is none.
  std::uint32_t updated = 0;  ///< lastUpdatedDateTime as sent; code in ObservedState::texts.
  GroupId group;              ///< Only with kGroup.

  /// The row stands for a seat in use. State Error is intent without a seat.
  bool holds_seat() const {
    return state == AssignmentState::kActive || state == AssignmentState::kActiveWithError;
  }
  friend auto operator<=>(const AssignmentRow&, const AssignmentRow&) = default;
};

}  // namespace seatkeeper
