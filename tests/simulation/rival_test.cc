// Two daemons with two stores and opposite policies on one tenant, which know nothing of each
// other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "tests/simulation/world.h"

namespace seatkeeper::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsEmpty;

constexpr const char* kManaged = R"(
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxChanges: off}
)";

// Who is to have the product: one daemon says it of these users, the other takes it from them.
std::string Policy(const std::string& says) {
  return R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -eq "Engineering"
    where: user.accountEnabled -eq true
  )" + says +
         kManaged;
}

World::Options Rivals(std::uint64_t seed) {
  return {.seed = seed,
          .policy = Policy("licenses: [{product: SPE_E5}]"),
          .rival_policy = Policy("revoke: [SPE_E5]")};
}

// Accepted changes of one cycle.
int Round(World& world, World::Daemon daemon) {
  world.Wait(minutes(15));
  const auto report = world.RunCycle(0, daemon);
  return report ? report->CountOutcomes(ChangeState::kAccepted) : -1;
}

class RivalDaemons : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RivalDaemons, ComeToRestAndSayWhy) {
  World world(Rivals(GetParam()));
  int first_round = 0;
  for (int round = 0; round < 8; ++round) {
    const int ours = Round(world, World::kOurs);
    const int theirs = Round(world, World::kRival);
    if (round == 0) first_round = ours + theirs;
    if (round >= 4) {
      EXPECT_EQ(ours + theirs, 0) << "in round " << round << ", within the first two hours";
    }
  }
  EXPECT_GT(first_round, 0) << "they have something to fight about";
  std::string guardrails;
  for (const auto daemon : {World::kOurs, World::kRival}) {
    const auto report = world.RunCycle(0, daemon);
    ASSERT_TRUE(report && report->plan);
    for (const auto& change : report->plan->plan().changes) {
      EXPECT_EQ(change.verdict, Verdict::kHeld);
      for (const auto& held : change.held) guardrails += held.guardrail + " ";
    }
  }
  EXPECT_NE(guardrails, "") << "one of them lost";
  EXPECT_EQ(guardrails.find_first_not_of("reversd "), std::string::npos) << guardrails;
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST_P(RivalDaemons, NobodyLosesTheProductMoreThanTwiceADay) {
  World world(Rivals(GetParam()));
  for (int round = 0; round < 16; ++round) {
    Round(world, World::kOurs);
    Round(world, World::kRival);
    world.Wait(hours(1));
  }
  std::map<UserId, int> losses;
  for (const auto& [tenant, entry] : world.History(World::kRival)) {
    if (entry.state == ChangeState::kConfirmed) losses[entry.user] += !entry.remove.empty();
  }
  EXPECT_FALSE(losses.empty());
  for (const auto& [user, times] : losses) EXPECT_LE(times, 2) << user.ToString();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RivalDaemons, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace seatkeeper::test
