#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/message.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// What happened to users, for delta queries. Positions count from 0 since the log began or was
// forgotten; what came before the first one is no change. Not thread-safe.
class DeltaLog {
 public:
  explicit DeltaLog(Random draws) : draws_(draws) {}

  // Shows from then on. Nothing shows before what happened before it does.
  void Take(std::vector<UserChange> changes, WallTimeMs visible_at);
  // As after maintenance or a migration of the tenant: whoever goes on from before must start over.
  void Forget();

  // Which log a link belongs to.
  std::uint64_t epoch() const { return epoch_; }
  // One past the last change that shows.
  std::size_t End(WallTimeMs now) const;
  const UserChange& at(std::size_t position) const { return changes_[position].change; }
  // What the service may do or not: empty pages, repeats, replays.
  Random& draws() { return draws_; }

 private:
  struct Noted {
    UserChange change;
    WallTimeMs visible_at;
  };
  std::uint64_t epoch_ = 1;
  std::vector<Noted> changes_;
  Random draws_;
};

}  // namespace seatkeeper::sim
