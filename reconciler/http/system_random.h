#pragma once

#include <random>

#include "reconciler/seams/random.h"

namespace seatkeeper {

/// Seeded once from the operating system. For jitter and ids, not for keys.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  std::uint64_t Next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace seatkeeper
