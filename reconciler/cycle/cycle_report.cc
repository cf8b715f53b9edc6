#include <string_view>

#include "reconciler/cycle/cycle.h"

namespace seatkeeper {

std::vector<const Change*> CycleReport::Tried() const {
  std::map<std::string_view, const Change*> left;  // By what they were split off from.
  for (const auto& [id, split] : split_off) left.emplace(split.of, &split.change);
  std::vector<const Change*> tried;
  if (!plan) return tried;
  for (const auto& change : plan->plan().changes) {
    if (!outcomes.contains(change.id)) continue;
    tried.push_back(&change);
    for (auto next = left.find(change.id); next != left.end(); next = left.find(tried.back()->id)) {
      tried.push_back(next->second);
    }
  }
  return tried;
}

}  // namespace seatkeeper
