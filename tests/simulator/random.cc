#include "tests/simulator/random.h"

#include <fmt/format.h>

#include "tests/simulator/text.h"

namespace seatkeeper::sim {

Random Random::Fork(std::string_view purpose) const { return Random(state_ ^ StableHash(purpose)); }

std::uint64_t Random::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::uint64_t Random::Below(std::uint64_t bound) { return ((Next() >> 32) * bound) >> 32; }

bool Random::Chance(double probability) {
  return static_cast<double>(Next() >> 11) * 0x1.0p-53 < probability;
}

std::string Random::Guid() {
  const std::uint64_t high = (Next() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (Next() & ~(3ULL << 62)) | (1ULL << 63);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffffULL);
}

}  // namespace seatkeeper::sim
