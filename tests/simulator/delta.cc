#include "tests/simulator/delta.h"

#include <algorithm>
#include <utility>

namespace seatkeeper::sim {

void DeltaLog::Take(std::vector<UserChange> changes, WallTimeMs visible_at) {
  for (auto& change : changes) {
    const auto after = changes_.empty() ? visible_at : changes_.back().visible_at;
    changes_.push_back({std::move(change), std::max(visible_at, after)});
  }
}

void DeltaLog::Forget() {
  changes_.clear();
  ++epoch_;
}

std::size_t DeltaLog::End(WallTimeMs now) const {
  const auto end = std::ranges::upper_bound(changes_, now, {}, &Noted::visible_at);
  return static_cast<std::size_t>(end - changes_.begin());
}

}  // namespace seatkeeper::sim
