#pragma once

#include <cstdint>

namespace seatkeeper {

/// Source of randomness for jitter and ids. Not for keys. Used on the loop's thread only.
class Random {
 public:
  virtual ~Random() = default;
  /// Uniform over all 64-bit values.
  virtual std::uint64_t Next() = 0;
};

}  // namespace seatkeeper
