#include "reconciler/model/assignment.h"

#include "policy/text.h"

namespace seatkeeper {

std::string_view ToString(AssignmentState state) {
  switch (state) {
    case AssignmentState::kActive:
      return "Active";
    case AssignmentState::kActiveWithError:
      return "ActiveWithError";
    case AssignmentState::kDisabled:
      return "Disabled";
    case AssignmentState::kError:
      return "Error";
    case AssignmentState::kOther:
      break;
  }
  return "Other";
}

AssignmentState ParseAssignmentState(std::string_view text) {
  for (const auto state : {AssignmentState::kActive, AssignmentState::kActiveWithError,
                           AssignmentState::kDisabled, AssignmentState::kError}) {
    if (EqualsIgnoreCase(text, ToString(state))) return state;
  }
  return AssignmentState::kOther;
}

}  // namespace seatkeeper
