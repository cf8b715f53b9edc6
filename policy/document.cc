#include "policy/document.h"

namespace seatkeeper {

std::string_view ToString(Management management) {
  switch (management) {
    case Management::kObserve:
      return "observe";
    case Management::kAssignOnly:
      return "assign-only";
    case Management::kOwned:
      return "owned";
    case Management::kFull:
      return "full";
  }
  return "?";
}

}  // namespace seatkeeper
