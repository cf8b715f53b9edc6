#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "reconciler/seams/clock.h"
#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/timers.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper::test {

/// Time that passes only when a test says so. Starts at 2026-01-05T08:00:00Z.
class FakeClock final : public Clock {
 public:
  WallTime Now() const override { return wall_ + wall_offset_; }
  MonotonicTime Monotonic() const override { return monotonic_; }
  void Advance(std::chrono::milliseconds by) {
    wall_ += by;
    monotonic_ += by;
  }
  /// What a clock says that JumpWall does not move: another machine's.
  WallTime Elsewhere() const { return wall_; }
  /// Moves wall time alone: a clock that somebody set.
  void JumpWall(std::chrono::milliseconds by) { wall_offset_ += by; }

 private:
  WallTime wall_{std::chrono::milliseconds(1'767'600'000'000)};
  std::chrono::milliseconds wall_offset_{0};
  MonotonicTime monotonic_{std::chrono::hours(1)};
};

/// A whole event loop in virtual time: timers and posts, run in order on the caller's thread.
class FakeTimers final : public Timers, public Dispatcher {
 public:
  explicit FakeTimers(FakeClock& clock) : clock_(clock) {}

  TimerId At(MonotonicTime when, std::function<void()> callback) override {
    const TimerId id = ++last_id_;
    due_.emplace(std::pair(when, id), std::move(callback));
    return id;
  }
  void Cancel(TimerId timer) override {
    std::erase_if(due_, [timer](const auto& entry) { return entry.first.second == timer; });
  }
  void Post(std::function<void()> callback) override {
    At(clock_.Monotonic(), std::move(callback));
  }

  std::size_t pending() const { return due_.size(); }

  /// Moves the clock to the next callback and runs it. False when there is none.
  bool RunNext() {
    if (due_.empty()) return false;
    auto next = due_.extract(due_.begin());
    const auto wait = next.key().first - clock_.Monotonic();
    if (wait.count() > 0) clock_.Advance(wait);
    next.mapped()();
    return true;
  }
  /// Runs everything, however far away; at most `limit` callbacks. True when nothing is left.
  bool RunAll(int limit = 100'000) {
    while (limit-- > 0) {
      if (!RunNext()) return true;
    }
    return due_.empty();
  }
  /// Runs what falls due within `span`, then stands at its end.
  void RunFor(std::chrono::milliseconds span) {
    const MonotonicTime end = clock_.Monotonic() + span;
    while (!due_.empty() && due_.begin()->first.first <= end) RunNext();
    if (clock_.Monotonic() < end) clock_.Advance(end - clock_.Monotonic());
  }

 private:
  FakeClock& clock_;
  TimerId last_id_ = 0;
  std::map<std::pair<MonotonicTime, TimerId>, std::function<void()>> due_;
};

/// Counts upwards from a seed, well spread: the same in every run.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t Next() override {  // SplitMix64.
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace seatkeeper::test
