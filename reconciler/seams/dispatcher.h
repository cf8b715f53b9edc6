#pragma once

#include <functional>

namespace seatkeeper {

/// Brings work from any thread to the loop's thread. Thread-safe.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  /// `callback` runs later on the loop's thread, in the order of the posts of one thread.
  virtual void Post(std::function<void()> callback) = 0;
};

}  // namespace seatkeeper
