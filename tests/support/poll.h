#pragma once

#include <chrono>
#include <thread>

namespace seatkeeper::test {

/// Asks again and again until `condition` holds; false when it does not within the bound. For what
/// other processes do: everything else waits for events.
template <typename Condition>
bool PollUntil(Condition&& condition, std::chrono::milliseconds bound = std::chrono::seconds(60)) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace seatkeeper::test
