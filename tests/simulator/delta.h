#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/message.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// What happened to users, or to groups, for delta queries: UserChange or GroupChange. Positions
// count from 0 since the log began or was forgotten; what came before the first one is no change.
// Not thread-safe.
template <typename Change>
class DeltaLog {
 public:
  explicit DeltaLog(Random draws) : draws_(draws) {}

  // Shows from then on. Nothing shows before what happened before it does.
  void Take(std::vector<Change> changes, WallTimeMs visible_at) {
    for (auto& change : changes) {
      const auto after = changes_.empty() ? visible_at : changes_.back().visible_at;
      changes_.push_back({std::move(change), std::max(visible_at, after)});
    }
  }

  // As after maintenance or a migration of the tenant: whoever goes on from before must start over.
  void Forget() {
    changes_.clear();
    ++epoch_;
  }

  // Which log a link belongs to.
  std::uint64_t epoch() const { return epoch_; }
  // One past the last change that shows.
  std::size_t End(WallTimeMs now) const {
    const auto end =
        std::upper_bound(changes_.begin(), changes_.end(), now,
                         [](WallTimeMs at, const Noted& noted) { return at < noted.visible_at; });
    return static_cast<std::size_t>(end - changes_.begin());
  }
  const Change& at(std::size_t position) const { return changes_[position].change; }
  // What the service may do or not: empty pages, repeats, replays.
  Random& draws() { return draws_; }

 private:
  struct Noted {
    Change change;
    WallTimeMs visible_at;
  };
  std::uint64_t epoch_ = 1;
  std::vector<Noted> changes_;
  Random draws_;
};

}  // namespace seatkeeper::sim
