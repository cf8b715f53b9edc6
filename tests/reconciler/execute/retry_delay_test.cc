#include "reconciler/execute/retry_delay.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

struct Row {
  const char* name;
  int attempt;
  milliseconds base;
  milliseconds ceiling;
  std::optional<milliseconds> retry_after;
  milliseconds least;
  milliseconds most;
};

constexpr milliseconds kSecond{1000};
constexpr milliseconds kMinute{60'000};

TEST(RetryDelay, StaysInItsBoundsAndReachesThem) {
  const Row rows[] = {
      {"first", 1, kSecond, kMinute, {}, milliseconds(0), kSecond},
      {"second doubles", 2, kSecond, kMinute, {}, milliseconds(0), 2 * kSecond},
      {"fifth", 5, kSecond, kMinute, {}, milliseconds(0), 16 * kSecond},
      {"capped", 7, kSecond, kMinute, {}, milliseconds(0), kMinute},
      {"no overflow", 1'000'000, kSecond, kMinute, {}, milliseconds(0), kMinute},
      {"attempt 0 is the first", 0, kSecond, kMinute, {}, milliseconds(0), kSecond},
      {"base above ceiling", 1, kMinute, kSecond, {}, milliseconds(0), kSecond},
      {"no base", 9, milliseconds(0), kMinute, {}, milliseconds(0), milliseconds(0)},
      {"no ceiling", 3, kSecond, milliseconds(0), {}, milliseconds(0), milliseconds(0)},
      {"told", 1, kSecond, kMinute, 10 * kSecond, 10 * kSecond, 11 * kSecond},
      {"told more than the ceiling", 1, kSecond, kMinute, 10 * kMinute, 10 * kMinute, 11 * kMinute},
      {"told little", 6, kSecond, kMinute, milliseconds(5), milliseconds(5), milliseconds(5)},
      {"told nothing", 2, kSecond, kMinute, milliseconds(0), milliseconds(0), 2 * kSecond},
      {"told the past", 2, kSecond, kMinute, milliseconds(-9), milliseconds(0), 2 * kSecond},
  };
  for (const Row& row : rows) {
    const auto delay = [&](std::uint64_t random) {
      return RetryDelay(row.attempt, row.base, row.ceiling, row.retry_after, random);
    };
    EXPECT_EQ(delay(0), row.least) << row.name;
    EXPECT_EQ(delay(static_cast<std::uint64_t>((row.most - row.least).count())), row.most)
        << row.name;
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
      const auto drawn = delay(random());
      EXPECT_GE(drawn, row.least) << row.name;
      EXPECT_LE(drawn, row.most) << row.name;
    }
    const auto extreme = delay(std::numeric_limits<std::uint64_t>::max());
    EXPECT_GE(extreme, row.least) << row.name;
    EXPECT_LE(extreme, row.most) << row.name;
  }
}

TEST(RetryDelay, SpreadsEvenly) {
  std::mt19937_64 random(1);
  int early = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (RetryDelay(1, kSecond, kMinute, std::nullopt, random()) < kSecond / 2) ++early;
  }
  EXPECT_NEAR(early, 5000, 250);
}

}  // namespace
}  // namespace seatkeeper
