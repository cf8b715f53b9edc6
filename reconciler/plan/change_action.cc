#include "reconciler/plan/change_action.h"

#include <algorithm>

namespace seatkeeper {

std::string_view ActionOf(const Change& change) {
  if (change.reprocesses()) return "reprocess";
  if (change.add.empty()) return "unassign";
  if (!change.remove.empty()) return "swap";
  const auto held_before = [&](const AddLicense& added) {
    return std::ranges::find(change.before, added.product, &AddLicense::product) !=
           change.before.end();
  };
  return std::ranges::all_of(change.add, held_before) ? "plans" : "assign";
}

}  // namespace seatkeeper
