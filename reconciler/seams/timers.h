#pragma once

#include <cstdint>
#include <functional>

#include "reconciler/model/time.h"

namespace seatkeeper {

using TimerId = std::uint64_t;  ///< 0 is never a timer.

/// Calls back on the loop's thread once a moment has come. Used on the loop's thread only.
class Timers {
 public:
  virtual ~Timers() = default;
  /// Never calls back from inside At, even when `when` has passed.
  virtual TimerId At(MonotonicTime when, std::function<void()> callback) = 0;
  /// A timer that has fired or never was is fine.
  virtual void Cancel(TimerId timer) = 0;
};

}  // namespace seatkeeper
