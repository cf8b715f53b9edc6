// Whole lives of a tenant under simulated time. A seed replays exactly.

#include "tests/simulation/life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/long_run.h"

namespace seatkeeper::test {
namespace {

using testing::IsEmpty;

class Lives : public testing::TestWithParam<std::uint64_t> {};

// The names of the rules stand in life.h.
TEST_P(Lives, NothingIsTakenWronglyAndNothingIsSaidWrongly) {
  Life life(GetParam());
  life.Run();
  EXPECT_THAT(life.wrong(), IsEmpty());
}

std::uint64_t Seeds() { return static_cast<std::uint64_t>(RandomCases(100)); }

INSTANTIATE_TEST_SUITE_P(Seeds, Lives, testing::Range<std::uint64_t>(1, Seeds() + 1));

TEST(TwoTenants, DoNotShareTokens) { EXPECT_THAT(ShareAProcess(1), IsEmpty()); }

}  // namespace
}  // namespace seatkeeper::test
