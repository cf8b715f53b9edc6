#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Suspend : public EndToEnd {
 protected:
  void Start(int users, const std::string& extra = "") {
    StartTenant({"--users", std::to_string(users), "--seed", "3"});
    WriteConfig(extra);
    UseExamplePolicies();
  }
  json Plan() const { return json::parse(Seatkeeper({"plan", "--format", "json"}).out); }
  static std::size_t CountHeld(const json& plan) {
    std::size_t held = 0;
    for (const auto& change : plan["changes"]) {
      for (const auto& why : change["held"]) held += why["guardrail"] == "suspended" ? 1 : 0;
    }
    return held;
  }
};

TEST_F(Suspend, StopsARunningApplyBetweenTwoRequestsUntilResume) {
  Start(1500);
  const auto planned = Plan()["changes"].size();
  ASSERT_GT(planned, 100U);
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "/$batch"},
                             "fault": {"kind": "delay", "ms": 4000}}])"));
  Process apply({SEATKEEPER, "apply", "--yes"}, folder() / "apply.out", folder() / "apply.err",
                {.folder = folder(), .extra = {}});
  ASSERT_TRUE(PollUntil([this] { return EffectiveWrites() > 0; }));
  const auto suspended = Seatkeeper({"suspend", "--reason", "wrong policy"});
  EXPECT_EQ(suspended.exit_code, 0) << suspended.err;
  EXPECT_THAT(suspended.out, StartsWith("contoso: suspended"));
  EXPECT_EQ(apply.Wait(), 4) << ReadFile(folder() / "apply.err");
  const auto said = ReadFile(folder() / "apply.out");
  EXPECT_THAT(said, AllOf(HasSubstr("Stopped early: suspended by "), HasSubstr("wrong policy")));
  ClearFaults();

  const auto written = static_cast<std::size_t>(EffectiveWrites());
  EXPECT_LT(written, planned) << "the rest was withdrawn";
  const auto history =
      json::parse(Seatkeeper({"history", "--format", "json", "--limit", "5000"}).out);
  EXPECT_EQ(history.size(), written) << "what was under way was finished, and nothing else begun";

  const auto held = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(held.exit_code, 3) << held.err;
  EXPECT_EQ(static_cast<std::size_t>(EffectiveWrites()), written);
  const auto plan = Plan();
  EXPECT_EQ(plan["changes"].size(), planned - written);
  EXPECT_EQ(CountHeld(plan), planned - written) << "what is given as well as what is taken";
  EXPECT_EQ(plan["suspended"][0]["reason"], "wrong policy");

  const auto resumed = Seatkeeper({"resume"});
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_THAT(resumed.out, AllOf(StartsWith("contoso: resumed; it was suspended by "),
                                 HasSubstr("wrong policy")));
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  EXPECT_EQ(static_cast<std::size_t>(EffectiveWrites()), planned) << "each change once";
}

TEST_F(Suspend, SaysWhatIsSuspendedAlreadyAndWhatIsNot) {
  Start(100);
  TrustStoreOfTenant();
  EXPECT_THAT(Seatkeeper({"resume"}).out, HasSubstr("contoso: was not suspended"));
  EXPECT_EQ(Seatkeeper({"resume"}).exit_code, 0);
  const auto without = Seatkeeper({"suspend"});
  EXPECT_EQ(without.exit_code, 64);
  EXPECT_THAT(without.err, HasSubstr("--reason"));
  EXPECT_EQ(Seatkeeper({"suspend", "--reason", "  "}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"suspend", "--reason", "x", "--tenant", "nobody"}).exit_code, 64);

  EXPECT_EQ(Seatkeeper({"suspend", "--reason", "migration"}).exit_code, 0);
  const auto again = Seatkeeper({"suspend", "--reason", "audit", "--tenant", "contoso"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, AllOf(StartsWith("contoso: was already suspended by "),
                               HasSubstr("migration"), HasSubstr("this reason is added")));
  const auto shown = Seatkeeper({"plan"});
  EXPECT_EQ(shown.exit_code, 3);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("migration"), HasSubstr("audit"),
                               HasSubstr("seatkeeper resume --tenant contoso")));
  EXPECT_THAT(Seatkeeper({"doctor"}).out,
              AllOf(HasSubstr("warn  contoso: suspended by "), HasSubstr("migration")));
  const auto state = State();
  const auto user = state["users"][0]["userPrincipalName"].get<std::string>();
  EXPECT_THAT(Seatkeeper({"explain", user}).out, HasSubstr("The tenant is suspended by "));
  EXPECT_EQ(json::parse(Seatkeeper({"explain", user, "--format", "json"}).out)["suspended"].size(),
            2U);
}

TEST_F(Suspend, HoldsTheDaemonAcrossARestart) {
  Start(200, "    mode: enforce\n    interval: 1s\n");
  ASSERT_EQ(Seatkeeper({"suspend", "--reason", "migration"}).exit_code, 0);
  const auto gauge = [this] { return Metric("seatkeeper_suspended{tenant=\"contoso\"}"); };
  const auto held_cycles = [this] {
    const auto value = Metric("seatkeeper_cycles_total{result=\"held\"");
    return value.empty() ? 0.0 : std::stod(value);
  };
  for (int life = 0; life < 2; ++life) {
    StartDaemon();
    ASSERT_TRUE(PollUntil([&] { return held_cycles() >= 2; })) << ReadFile(folder() / "daemon.err");
    EXPECT_EQ(gauge(), "1");
    EXPECT_NE(Metric("seatkeeper_changes_held{guardrail=\"suspended\""), "");
    EXPECT_THAT(HttpGet(daemon_port(), "/readyz"),
                AllOf(HasSubstr("suspended since 20"), Not(HasSubstr("migration"))));
    EXPECT_THAT(ReadFile(folder() / "daemon.err"), HasSubstr("tenant suspended"));
    if (life == 1) break;
    daemon().Signal(SIGTERM);
    EXPECT_EQ(daemon().Wait(), 0);
  }
  EXPECT_EQ(EffectiveWrites(), 0);
  ASSERT_EQ(Seatkeeper({"resume", "--reason", "over"}).exit_code, 0);
  EXPECT_TRUE(PollUntil([this] { return EffectiveWrites() > 0; }));
  EXPECT_TRUE(PollUntil([&] { return gauge() == "0"; }));
  EXPECT_TRUE(PollUntil([this] {
    return ReadFile(folder() / "daemon.err").find("tenant resumed") != std::string::npos;
  }));

  ASSERT_EQ(Seatkeeper({"suspend", "--reason", "once more"}).exit_code, 0);
  EXPECT_TRUE(PollUntil([&] { return gauge() == "1"; })) << "told while it runs";
}

}  // namespace
}  // namespace seatkeeper::test
