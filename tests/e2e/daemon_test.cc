#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

constexpr const char* kEngineering = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -eq "Engineering"
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5}]
)";

class Daemon : public EndToEnd {
 protected:
  void Start(const std::string& mode) {
    StartTenant({"--users", "120", "--seed", "4"});
    WriteConfig("    mode: " + mode + "\n    interval: 1s\n");
    WritePolicy("engineering.yaml", kEngineering);
    StartDaemon();
  }
  bool Holds(const std::string& user) const {
    const auto state = State();
    for (const auto& entry : state["users"]) {
      if (entry["id"] != user) continue;
      for (const auto& row : entry.value("licenseAssignmentStates", json::array())) {
        if (row["skuId"] == kE5) return true;
      }
    }
    return false;
  }
  // An engineer who can be given the product.
  std::string Engineer() const {
    const auto state = State();
    for (const auto& user : state["users"]) {
      if (user.contains("department") && user["department"] == "Engineering" &&
          user["accountEnabled"] == true && user["usageLocation"].is_string() &&
          Holds(user["id"])) {
        return user["id"];
      }
    }
    return "";
  }
  void TakeAway(const std::string& user) const {
    Edit({{{"op", "unassign"}, {"user", user}, {"skuId", kE5}}});
  }
  bool AwaitCycles(int more) const {
    const auto cycles = [this] {
      const auto value = Metric("seatkeeper_cycles_total{result=\"ok\"");
      return value.empty() ? 0.0 : std::stod(value);
    };
    const double start = cycles();
    return PollUntil([&] { return cycles() >= start + more; });
  }
};

TEST_F(Daemon, CorrectsDriftThatAppearsWhileItRuns) {
  Start("enforce");
  ASSERT_TRUE(AwaitCycles(4)) << ReadFile(folder() / "daemon.err");
  const auto user = Engineer();
  ASSERT_FALSE(user.empty());
  TakeAway(user);
  EXPECT_TRUE(PollUntil([&] { return Holds(user); })) << ReadFile(folder() / "daemon.err");
  daemon().Signal(SIGTERM);
  EXPECT_EQ(daemon().Wait(), 0) << ReadFile(folder() / "daemon.err");
}

TEST_F(Daemon, ReadsWhoChangedAndSaysSo) {
  Start("enforce");
  const auto log = [this] { return ReadFile(folder() / "daemon.err"); };
  EXPECT_TRUE(PollUntil([&] { return log().find("read what changed") != std::string::npos; }))
      << log();
  SetFaults(json::parse(R"([{"match": {"path": "/users/delta"}, "fault": {"kind": "status",
                             "status": 410, "code": "resyncRequired"}}])"));
  EXPECT_TRUE(PollUntil([&] { return log().find("everybody is read") != std::string::npos; }))
      << log();
}

TEST_F(Daemon, CountsReadingsAndSaysOnceThatChangesCannotBeTold) {
  Start("observe");
  const auto log = [this] { return ReadFile(folder() / "daemon.err"); };
  const auto readings = [this](const std::string& kind) {
    const auto value = Metric("seatkeeper_readings_total{kind=\"" + kind + "\"");
    return value.empty() ? 0 : std::stoi(value);
  };
  ASSERT_TRUE(PollUntil([&] { return readings("changes") >= 2; })) << log();
  EXPECT_EQ(readings("full"), 1) << log();
  SetFaults(json::parse(R"([{"match": {"path": "/users/delta"}, "fault": {"kind": "status",
                             "status": 410, "code": "resyncRequired"}}])"));
  ASSERT_TRUE(PollUntil([&] { return readings("full") >= 4; })) << log();
  const auto said = log();
  const auto first = said.find("what changed cannot be told");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(said.find("what changed cannot be told", first + 1), std::string::npos) << said;
  ClearFaults();
  EXPECT_TRUE(PollUntil([&] { return log().find("can be told again") != std::string::npos; }))
      << log();
}

TEST_F(Daemon, GoesOnFromTheStoredReadingAfterARestart) {
  Start("enforce");
  ASSERT_TRUE(AwaitCycles(2)) << ReadFile(folder() / "daemon.err");
  daemon().Signal(SIGTERM);
  EXPECT_EQ(daemon().Wait(), 0);
  StartDaemon();
  ASSERT_TRUE(AwaitCycles(2)) << ReadFile(folder() / "daemon.err");
  EXPECT_THAT(ReadFile(folder() / "daemon.err"), HasSubstr("goes on from the stored reading"));
}

TEST_F(Daemon, ObservesWithoutChangingAnything) {
  Start("observe");
  ASSERT_TRUE(AwaitCycles(3)) << ReadFile(folder() / "daemon.err");
  EXPECT_NE(Metric("seatkeeper_drift{kind=\"missing\""), "");
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(Daemon, KeepsTheLastGoodPolicy) {
  Start("enforce");
  ASSERT_TRUE(AwaitCycles(4));
  const auto user = Engineer();
  WritePolicy("bad.yaml", "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nnonsense: true\n");
  daemon().Signal(SIGHUP);
  ASSERT_TRUE(PollUntil([&] { return Metric("seatkeeper_policy_outdated") == "1"; }));
  EXPECT_THAT(ReadFile(folder() / "daemon.err"), HasSubstr("bad.yaml:3"));
  TakeAway(user);
  EXPECT_TRUE(PollUntil([&] { return Holds(user); })) << "the last good policy goes on assigning";
  std::filesystem::remove(folder() / "policies/bad.yaml");
  daemon().Signal(SIGHUP);
  EXPECT_TRUE(PollUntil([&] { return Metric("seatkeeper_policy_outdated") == "0"; }));
}

TEST_F(Daemon, ServesProbesAndMetricsThatPromtoolAccepts) {
  Start("enforce");
  ASSERT_TRUE(AwaitCycles(2));
  EXPECT_NE(HttpGet(daemon_port(), "/healthz"), "");
  EXPECT_NE(HttpGet(daemon_port(), "/readyz"), "");
  WriteFile(folder() / "metrics.txt", Metrics());
  const auto checked = RunProgram({"/bin/sh", "-c", "promtool check metrics < metrics.txt"},
                                  {.folder = folder(), .extra = {}});
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
}

TEST_F(Daemon, GoesOnWhenTheTenantComesBack) {
  Start("enforce");
  ASSERT_TRUE(AwaitCycles(3));
  const auto user = Engineer();
  SetFaults(json::parse(R"([{"match": {"method": "GET"}, "fault": {"kind": "status", "status": 403,
                             "code": "Authorization_RequestDenied"}}])"));
  ASSERT_TRUE(PollUntil([&] { return Metric("seatkeeper_cycles_total{result=\"failed\"") > "0"; }));
  TakeAway(user);
  ClearFaults();
  EXPECT_TRUE(PollUntil([&] { return Holds(user); })) << ReadFile(folder() / "daemon.err");
}

TEST_F(Daemon, ACeilingHoldsWhatThePolicyLiftsUntilTheConfigLetsItGo) {
  StartTenant({"--users", "120", "--seed", "4"});
  WritePolicy("engineering.yaml", kEngineering);
  WritePolicy("limits.yaml", R"(apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {maxAssign: off, maxChanges: off}
)");
  const auto configure = [this](int seats) {
    WriteConfig("    mode: enforce\n    interval: 1s\nceilings: {maxAssign: {seats: " +
                std::to_string(seats) + "}}\n");
  };
  configure(0);
  StartDaemon();
  const auto held = [this] { return Metric("seatkeeper_changes_held{guardrail=\"maxAssign\""); };
  ASSERT_TRUE(PollUntil([&] { return held() > "0"; })) << ReadFile(folder() / "daemon.err");
  EXPECT_EQ(EffectiveWrites(), 0);
  configure(1000);
  daemon().Signal(SIGHUP);
  EXPECT_TRUE(PollUntil([&] { return EffectiveWrites() > 0; }))
      << ReadFile(folder() / "daemon.err");
}

}  // namespace
}  // namespace seatkeeper::test
