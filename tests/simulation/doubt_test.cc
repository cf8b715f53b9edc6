// The store and the clock go wrong while the program runs: the real cycle, store and reader against
// the simulated tenant, in virtual time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/simulation/tenant_log.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

// The grant ends on the fifth day of the simulation, counted from 0.
constexpr const char* kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -in ["Engineering", "IT"]
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5}]
  expires: 2026-01-09
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off}
)";

class Doubt : public testing::Test {
 protected:
  static int Removals(World& world) { return RemovalsIn(world); }

  // Runs until nothing is left to do.
  static void Settle(World& world) {
    for (int cycle = 0; cycle < 6; ++cycle) {
      Run(world);
      world.Wait(minutes(5));
    }
  }

  static CycleReport Run(World& world) {
    auto report = world.RunCycle();
    EXPECT_TRUE(report && report->plan)
        << (report && report->error ? report->error->message : "no report");
    return report.value_or(CycleReport());
  }

  static std::vector<std::string> Doubted(const CycleReport& report) {
    std::vector<std::string> doubts;
    if (!report.plan) return doubts;
    for (const auto& doubt : report.plan->plan().doubts) doubts.push_back(doubt.guardrail);
    return doubts;
  }

  // Somebody who holds the product leaves: one removal is due.
  static void DisableAHolder(World& world) {
    const auto state = json::parse(world.Control("GET", "/_sim/state"));
    for (const auto& user : state.at("users")) {
      if (!user.value("accountEnabled", false)) continue;
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        if (row.at("skuId") != kE5 || !row.at("assignedByGroup").is_null()) continue;
        const json edit{
            {"op", "setUser"}, {"user", user.at("id")}, {"set", {{"accountEnabled", false}}}};
        world.Control("PATCH", "/_sim/state", json::array({edit}).dump());
        return;
      }
    }
    FAIL() << "nobody holds the product";
  }
};

TEST_F(Doubt, TheClockJumps15DaysAheadAndNothingIsTakenAway) {
  World world({.policy = kPolicy, .interval = minutes(5)});
  Settle(world);
  const int before = Removals(world);
  DisableAHolder(world);
  world.JumpClock(days(15));
  for (int cycle = 0; cycle < 4; ++cycle) {
    const auto report = Run(world);
    EXPECT_THAT(Doubted(report), ElementsAre("clock-in-doubt")) << cycle;
    EXPECT_EQ(report.plan->plan().CountWith(Verdict::kHeld), 1U)
        << "the grant is not over by the service's time: the leaver alone would lose something";
    world.Wait(minutes(5));
  }
  EXPECT_EQ(Removals(world), before);
  world.JumpClock(-days(15));
  EXPECT_THAT(Doubted(Run(world)), IsEmpty()) << "nothing of it is left in the store";
  EXPECT_EQ(Removals(world), before + 1);
}

TEST_F(Doubt, TheStoreIsRestoredFromABackup) {
  World world({.policy = kPolicy, .interval = minutes(5)});
  Settle(world);
  world.BackUpStore();
  for (int cycle = 0; cycle < 12; ++cycle) {
    EXPECT_THAT(Doubted(Run(world)), IsEmpty()) << cycle;
    world.Wait(minutes(5));
  }
  const int before = Removals(world);
  world.RestoreStore();
  DisableAHolder(world);
  for (int cycle = 0; cycle < 4; ++cycle) {
    EXPECT_THAT(Doubted(Run(world)), ElementsAre("store-in-doubt")) << cycle;
    world.Wait(minutes(5));
  }
  EXPECT_EQ(Removals(world), before);
  world.Resume();
  EXPECT_THAT(Doubted(Run(world)), IsEmpty());
  EXPECT_EQ(Removals(world), before + 1) << "maxUnassign is off: there is no allowance to spend";
}

TEST_F(Doubt, ASecondDaemonWithANewStoreTakesNothingAway) {
  World world({.policy = kPolicy, .trusted = false, .interval = minutes(5)});
  const int before = Removals(world);
  for (int cycle = 0; cycle < 4; ++cycle) {
    EXPECT_THAT(Doubted(Run(world)), ElementsAre("store-in-doubt")) << cycle;
    world.Wait(minutes(5));
  }
  EXPECT_EQ(Removals(world), before);
}

TEST_F(Doubt, AProgramThatWasAwayTooLongAsksFirst) {
  World world({.policy = kPolicy, .interval = minutes(5)});
  Settle(world);
  const int before = Removals(world);
  DisableAHolder(world);
  world.Wait(hours(3));
  EXPECT_THAT(Doubted(Run(world)), ElementsAre("store-in-doubt"));
  EXPECT_EQ(Removals(world), before);
}

}  // namespace
}  // namespace seatkeeper::test
