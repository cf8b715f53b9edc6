#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatkeeper::sim {

// SplitMix64: the same numbers for the same seed with every compiler and library, which the
// distributions of <random> do not promise. Not safe to share between threads, not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // A stream of its own for one purpose, so that drawing more for one does not shift another.
  Random Fork(std::string_view purpose) const;

  std::uint64_t Next();
  // 0 <= result < bound; 0 for a bound of 0. Bounds stay below 2^32.
  std::uint64_t Below(std::uint64_t bound);
  bool Chance(double probability);
  // A lower-case version 4 GUID.
  std::string Guid();

  template <typename T>
  const T& Pick(const std::vector<T>& items) {
    return items[Below(items.size())];
  }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace seatkeeper::sim
