// Store and clock in doubt, as a user of the executables meets them.

#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPolicies = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -eq "Engineering"
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: {seats: 1000, percent: 100}}
)";

class Doubt : public EndToEnd {
 protected:
  void Configure(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--users", "120", "--seed", "4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    StartTenant(arguments);
    WriteConfig("    mode: enforce\n    interval: 1s\n");
    WritePolicy("policies.yaml", kPolicies);
  }

  double Number(const std::string& series) const {
    const auto value = Metric(series);
    return value.empty() ? -1 : std::stod(value);
  }
  double HeldBy(const std::string& guardrail) const {
    return Number("seatkeeper_changes_held{guardrail=\"" + guardrail + "\"");
  }
  // Everything that may go has gone: what is planned is held.
  bool Await(const std::function<bool()>& what) const {
    return PollUntil(what, std::chrono::seconds(60));
  }

  std::size_t Removed() const {
    const auto history = Seatkeeper({"history", "--format", "json"});
    std::size_t removals = 0;
    for (std::size_t at = 0; (at = history.out.find("\"remove\"", at)) != std::string::npos; ++at) {
      const auto list = history.out.find('[', at);
      removals += history.out.find_first_not_of(" \n", list + 1) != history.out.find(']', list);
    }
    return removals;
  }
};

TEST_F(Doubt, ADaemonOnANewStoreTakesNothingAwayUntilResume) {
  Configure();
  StartDaemon();
  ASSERT_TRUE(Await([&] { return HeldBy("store-in-doubt") > 0; }))
      << ReadFile(folder() / "daemon.err");
  EXPECT_EQ(Number("seatkeeper_store_in_doubt"), 1);
  const auto told = "tenant contoso: store-in-doubt: the store is new for this tenant";
  EXPECT_TRUE(
      Await([&] { return HttpGet(daemon_port(), "/readyz").find(told) != std::string::npos; }));
  EXPECT_THAT(Seatkeeper({"doctor"}).out, HasSubstr("seatkeeper resume --tenant contoso"));
  EXPECT_EQ(Removed(), 0U);

  const auto resumed =
      Seatkeeper({"resume", "--tenant", "contoso", "--reason", "looked through the plan"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("maxUnassign allows no removals unapproved"));
  EXPECT_TRUE(Await([&] { return Number("seatkeeper_store_in_doubt") == 0; }));
  EXPECT_TRUE(Await([&] { return HeldBy("maxUnassign") > 0; })) << "the day's allowance is spent";
  EXPECT_EQ(Removed(), 0U);
  EXPECT_THAT(Seatkeeper({"resume"}).out, HasSubstr("not in doubt"));
}

TEST_F(Doubt, AFirstApplyIsEnough) {
  Configure();
  const auto plan = Seatkeeper({"plan"});
  EXPECT_THAT(plan.out, HasSubstr("store-in-doubt"));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  EXPECT_GT(Removed(), 0U);
  EXPECT_THAT(Seatkeeper({"resume"}).out, HasSubstr("not in doubt"));
}

TEST_F(Doubt, ASkewedClockHoldsRemovalsUntilItIsRight) {
  Configure({"--clock-skew", "600"});
  TrustStoreOfTenant();
  StartDaemon();
  ASSERT_TRUE(Await([&] { return HeldBy("clock-in-doubt") > 0; }))
      << ReadFile(folder() / "daemon.err");
  EXPECT_EQ(Number("seatkeeper_clock_in_doubt"), 1);
  EXPECT_NEAR(Number("seatkeeper_clock_skew_seconds"), 600, 60);
  EXPECT_EQ(Removed(), 0U);
  SetClockSkew(0);
  EXPECT_TRUE(Await([&] { return Number("seatkeeper_clock_in_doubt") == 0; }));
  EXPECT_TRUE(Await([&] { return Removed() > 0; })) << ReadFile(folder() / "daemon.err");
}

}  // namespace
}  // namespace seatkeeper::test
