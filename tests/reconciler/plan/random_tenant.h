#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// The service plan that is, in made-up cases, the mailbox.
inline constexpr const char* kMailboxPlan = "EXCHANGE_S_1";

/// A small tenant and policies for it, made up from a seed: short seats, doubled and unread
/// assignments, groups with and without seats, unresolved references, every management level,
/// service plans that exclude or need each other, agents among the people.
struct RandomCase {
  explicit RandomCase(std::uint32_t seed);

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }
  bool OneIn(int count) { return Below(count) == 0; }

  std::mt19937 random;
  TestTenant tenant;
  std::vector<std::string> documents;
  PlanMemory memory;
};

}  // namespace seatkeeper::test
