#pragma once

#include "reconciler/seams/clock.h"

namespace seatkeeper {

/// The machine's clocks. Stateless, thread-safe.
class SystemClock final : public Clock {
 public:
  WallTime Now() const override;
  MonotonicTime Monotonic() const override;
};

}  // namespace seatkeeper
