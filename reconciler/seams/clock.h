#pragma once

#include "reconciler/model/time.h"

namespace seatkeeper {

/// Two clocks: wall time to show and to store, monotonic time for intervals. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;
  virtual MonotonicTime Monotonic() const = 0;
};

}  // namespace seatkeeper
