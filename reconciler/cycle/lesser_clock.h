#pragma once

#include "reconciler/seams/clock.h"

namespace seatkeeper {

/// Wall time as a cycle counts it: the local clock's, less what the service says it is ahead. On
/// the loop's thread only.
class LesserClock final : public Clock {
 public:
  /// `local` must outlive this object.
  explicit LesserClock(Clock& local) : local_(local) {}

  WallTime Now() const override { return local_.Now() - ahead_; }
  MonotonicTime Monotonic() const override { return local_.Monotonic(); }

  /// For what processes of this machine compare among each other: leases.
  Clock& local() const { return local_; }
  void SetAhead(std::chrono::milliseconds ahead) { ahead_ = ahead; }

 private:
  Clock& local_;
  std::chrono::milliseconds ahead_{0};
};

}  // namespace seatkeeper
