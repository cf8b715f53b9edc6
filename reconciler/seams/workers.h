#pragma once

#include <functional>

namespace seatkeeper {

/// Runs long computations (decoding a page, making a plan) off the loop's thread.
class Workers {
 public:
  virtual ~Workers() = default;
  /// `work` runs on some thread, `done` afterwards on the loop's thread, never from inside Run.
  virtual void Run(std::function<void()> work, std::function<void()> done) = 0;
};

}  // namespace seatkeeper
