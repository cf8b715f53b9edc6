#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "daemon/notify/news.h"
#include "daemon/notify/target.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// What stands, unchanged, is told again after this.
inline constexpr std::chrono::hours kRemindAfter{24};

/// What one target knows already: nothing that stands unchanged is told it twice, but for a
/// reminder a day. In memory only: after a restart what stands is told once again. Single-threaded.
class NewsMemory {
 public:
  /// Of the news what the target is to be told now, perhaps nothing; from then on it knows that.
  /// What is over is forgotten, so that it is news should it come back.
  News Select(const NotifyTarget& target, News news, MonotonicTime now);
  /// It was never told after all: the next news says it again, where it still stands.
  void Unsay(const News& news);
  /// The tenant is gone.
  void Forget(const std::string& tenant);

 private:
  struct Told {
    std::string what;
    MonotonicTime at{};
  };
  std::map<std::pair<std::string, NewsKind>, Told> told_;  // By tenant.
};

}  // namespace seatkeeper
