#include "reconciler/http/system_clock.h"

#include <chrono>

namespace seatkeeper {

using std::chrono::milliseconds;
using std::chrono::time_point_cast;

WallTime SystemClock::Now() const {
  return time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

MonotonicTime SystemClock::Monotonic() const {
  return time_point_cast<milliseconds>(std::chrono::steady_clock::now());
}

}  // namespace seatkeeper
