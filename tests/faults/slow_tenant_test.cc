// A tenant whose lists come from replicas that hear of a write at different times, so that what one
// reading shows the next one may not, and that refuses a second write to somebody for a while.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/faults/scenario.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using testing::IsEmpty;

class SlowTenant : public testing::TestWithParam<int> {};

TEST_P(SlowTenant, NothingIsTakenWronglyAndEverythingComesRight) {
  World world({.seed = static_cast<std::uint64_t>(GetParam()),
               .policy = Scenario::Policy(),
               .interval = minutes(5),
               .tenant = Scenario::Tenant()});
  // Longer than from one reading to the next, for every other one.
  const auto lag = GetParam() % 2 == 0 ? 20'000 : 420'000;
  world.Control("PUT", "/_sim/faults", json{{"lag", lag}, {"replicas", 3}, {"busy", 1500}}.dump());
  const auto wanted = Scenario::Wanted(world.tenant());
  for (int cycle = 0; cycle < 12; ++cycle) {
    const auto report = world.RunCycle();
    world.Wait(minutes(5));
    EXPECT_TRUE(report && report->plan)
        << (report && report->error ? report->error->message : "no report");
  }
  EXPECT_EQ(Scenario::Held(world.tenant()), wanted);
  EXPECT_THAT(Scenario::WrongWrites(world, wanted), IsEmpty());
  EXPECT_THAT(world.OpenChanges(), IsEmpty());
  EXPECT_THAT(world.violations(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, SlowTenant, testing::Range(1, 21));

}  // namespace
}  // namespace seatkeeper::test
