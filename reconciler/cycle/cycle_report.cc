#include <algorithm>
#include <string_view>

#include "reconciler/cycle/cycle.h"

namespace seatkeeper {

int CycleReport::CountOutcomes(ChangeState state) const {
  return static_cast<int>(std::count_if(outcomes.begin(), outcomes.end(), [&](const auto& outcome) {
    return outcome.second.state == state;
  }));
}

int CycleReport::failures() const {
  return CountOutcomes(ChangeState::kRefused) + CountOutcomes(ChangeState::kWithdrawn) +
         CountOutcomes(ChangeState::kAmbiguous);
}

std::string_view ResultOf(const CycleReport& report) {
  if (report.error) return "failed";
  if (report.failures() > 0 || !report.stopped.empty()) return "partial";
  return report.plan && report.plan->plan().has_held() ? "held" : "ok";
}

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
