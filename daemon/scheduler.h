#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/model/time.h"

namespace seatkeeper {

/// Says when which tenant's next cycle is due. Pure: time and randomness are handed in; nothing
/// runs here. Single-threaded.
///
/// - First cycles are spread over 50 ms per tenant, at most one interval.
/// - Then from start to start: the interval, less up to a tenth of it by chance, so that tenants
///   drift apart; never before the running cycle has ended.
/// - After n failures in a row: interval * 2^(n-1), at most two intervals: a tenant that
///   cannot be reached for a while must not leave its store silent.
/// - One cycle per tenant at a time, `kMostAtOnce` over all. Of these at most `kMostInTrouble` are
///   of tenants whose last cycle failed: however many never answer, the others find room.
class Scheduler {
 public:
  /// Each running cycle holds its tenant's users in memory.
  static constexpr std::size_t kMostAtOnce = 32;
  static constexpr std::size_t kMostInTrouble = 16;

  /// Adds a tenant or changes its interval. A cycle that runs goes on.
  void Set(const std::string& tenant, std::chrono::milliseconds interval, MonotonicTime now,
           std::uint64_t random);
  /// Forgets a tenant; an end of its cycle that is told later is fine.
  void Remove(const std::string& tenant);

  /// The tenants whose cycle starts now, those that waited longest first. They count as running
  /// until Finished.
  std::vector<std::string> TakeDue(MonotonicTime now);
  void Finished(const std::string& tenant, bool failed, MonotonicTime now, std::uint64_t random);
  /// Every tenant is due now, or as soon as its running cycle has ended.
  void AllAtOnce(MonotonicTime now);
  void AtOnce(const std::string& tenant, MonotonicTime now);

  /// When TakeDue should be asked again; nothing while only an end of a cycle can change anything.
  std::optional<MonotonicTime> NextDue() const;

  /// Nothing is due any more.
  void ShutDown() { shut_down_ = true; }
  bool IsRunning(const std::string& tenant) const;
  std::size_t running() const;

 private:
  struct Entry {
    std::chrono::milliseconds interval{};
    MonotonicTime due{};
    MonotonicTime started{};
    int failures = 0;
    bool running = false;
    bool again = false;  // Due at once when the running cycle ends.

    bool in_trouble() const { return failures > 0; }
  };

  std::size_t in_trouble() const;  // Of those that run.

  std::map<std::string, Entry> tenants_;
  bool shut_down_ = false;
};

}  // namespace seatkeeper
