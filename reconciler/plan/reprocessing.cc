#include "reconciler/plan/reprocessing.h"

namespace seatkeeper {

std::string_view ToString(Blocker blocker) {
  switch (blocker) {
    case Blocker::kNoSeat:
      return "no-seat";
    case Blocker::kLocation:
      return "usage-location";
    case Blocker::kSibling:
      return "sibling";
    case Blocker::kNone:
      break;
  }
  return "none";
}

std::string_view GoneWords(Blocker blocker) {
  switch (blocker) {
    case Blocker::kNoSeat:
      return "a seat is free";
    case Blocker::kLocation:
      return "the user has a usage location";
    case Blocker::kSibling:
      return "it failed with another licence of the group";
    case Blocker::kNone:
      break;
  }
  return "nothing stood in the way";
}

}  // namespace seatkeeper
