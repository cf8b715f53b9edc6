// Revisions of the policy that must not be trusted with removals, as a user of the executables
// meets them.

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

constexpr const char* kE5Stays = R"(apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: assign-only}
)";

constexpr const char* kE5Goes = R"(apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
)";

constexpr const char* kLimits = R"(apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: {seats: 1000, percent: 100}}
)";

class Revision : public EndToEnd {
 protected:
  // A daemon that has accepted a first revision and given what there is to give.
  void StartWith(const std::string& e5) {
    StartTenant({"--users", "120", "--seed", "4"});
    WriteConfig("    mode: enforce\n    interval: 1s\n");
    WritePolicy("engineering.yaml", kEngineering);
    WritePolicy("limits.yaml", kLimits);
    WritePolicy("e5.yaml", e5);
    TrustStoreOfTenant();
    StartDaemon();
    ASSERT_TRUE(AwaitSettled()) << Log();
  }
  std::string Log() const { return ReadFile(folder() / "daemon.err"); }
  bool AwaitSettled() const {
    return AwaitCycles(2) &&
           PollUntil([&] { return Metric("seatkeeper_changes_unconfirmed") == "0"; });
  }
  double Cycles() const {
    double cycles = 0;
    for (const auto* result : {"ok", "held"}) {
      const auto value = Metric("seatkeeper_cycles_total{result=\"" + std::string(result) + "\"");
      if (!value.empty()) cycles += std::stod(value);
    }
    return cycles;
  }
  bool AwaitCycles(int more) const {
    const double start = Cycles();
    return PollUntil([&] { return Cycles() >= start + more; });
  }
  void Reload() { daemon().Signal(SIGHUP); }
  bool AwaitMetric(const std::string& series, const std::string& value) const {
    return PollUntil([&] { return Metric(series) == value; });
  }
  bool AwaitHeld(const std::string& guardrail) const {
    const auto series = "seatkeeper_changes_held{guardrail=\"" + guardrail + "\"";
    return PollUntil([&] {
      const auto value = Metric(series);
      return !value.empty() && value != "0";
    });
  }
  std::vector<std::string> Holders() const {
    std::vector<std::string> holders;
    const auto state = State();
    for (const auto& user : state["users"]) {
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        if (row["skuId"] == kE5) holders.push_back(user["id"]);
      }
    }
    return holders;
  }
  void StopDaemon() {
    daemon().Signal(SIGTERM);
    ASSERT_EQ(daemon().Wait(), 0) << Log();
  }
};

TEST_F(Revision, AnEmptyCommitTakesNothingFromAnybody) {
  StartWith(kE5Goes);
  const auto before = Holders();
  ASSERT_FALSE(before.empty());
  for (const auto* file : {"engineering.yaml", "limits.yaml", "e5.yaml"}) {
    std::filesystem::remove(folder() / "policies" / file);
  }
  Reload();
  ASSERT_TRUE(AwaitMetric("seatkeeper_policy_outdated", "1")) << Log();
  ASSERT_TRUE(AwaitCycles(2)) << Log();
  EXPECT_EQ(Holders(), before);
  StopDaemon();
  StartDaemon();
  ASSERT_TRUE(AwaitMetric("seatkeeper_policy_outdated", "1")) << Log();
  ASSERT_TRUE(AwaitCycles(2)) << Log();
  EXPECT_EQ(Holders(), before) << "not after a restart either";
}

TEST_F(Revision, ADroppedDocumentTakesNothingFromItsHoldersUntilItIsBack) {
  StartWith(kE5Goes);
  const auto before = Holders();
  WritePolicy("others.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: others}
spec:
  subjects: {users: [nobody@contoso.example]}
  licenses: [{product: SPE_E3}]
)");
  std::filesystem::remove(folder() / "policies/engineering.yaml");
  Reload();
  ASSERT_TRUE(AwaitHeld("suspicious-revision")) << Log();
  EXPECT_EQ(Metric("seatkeeper_policy_suspicious"), "1");
  EXPECT_EQ(Holders(), before);
  const auto plan = Seatkeeper({"plan"});
  EXPECT_THAT(plan.out, HasSubstr("LicensePolicy engineering is gone (it stood at"));
  EXPECT_THAT(plan.out, HasSubstr("engineering.yaml:3:18)"));
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 3);
  WritePolicy("engineering.yaml", kEngineering);
  Reload();
  EXPECT_TRUE(AwaitMetric("seatkeeper_policy_suspicious", "0")) << Log();
  EXPECT_EQ(Holders(), before);
}

TEST_F(Revision, RemovalsThatAreSwitchedOnByMistakeAreHeld) {
  StartWith(kE5Stays);
  const auto before = Holders();
  WritePolicy("e5.yaml", kE5Goes);
  WritePolicy("engineering.yaml", std::string(kEngineering) + "# nobody is meant any more\n");
  auto text = ReadFile(folder() / "policies/engineering.yaml");
  text.replace(text.find("Engineering"), 11, "Nobody");
  WritePolicy("engineering.yaml", text);
  Reload();
  ASSERT_TRUE(AwaitHeld("suspicious-revision")) << Log();
  ASSERT_TRUE(AwaitCycles(2)) << Log();
  EXPECT_EQ(Holders(), before);
  EXPECT_THAT(Seatkeeper({"plan"}).out, HasSubstr("management of SPE_E5: now full"));
  EXPECT_THAT(HttpGet(daemon_port(), "/readyz"),
              HasSubstr("tenant contoso: suspicious-revision: removals are held"));

  const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  ASSERT_FALSE(plan["suspicions"].empty());
  const auto approved = Seatkeeper(
      {"approve", plan["heldDigest"].get<std::string>(), "--reason", "meant so", "--yes"});
  EXPECT_EQ(approved.exit_code, 0) << approved.out << approved.err;
  EXPECT_TRUE(AwaitMetric("seatkeeper_policy_suspicious", "0")) << Log();
  EXPECT_TRUE(PollUntil([&] { return Holders().empty(); })) << Log();
}

TEST_F(Revision, ABrokenPolicyIsReplacedByTheKeptOneAfterARestart) {
  StartWith(kE5Goes);
  const auto before = Holders();
  ASSERT_GT(before.size(), 1U);
  StopDaemon();
  WritePolicy("bad.yaml", "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nnonsense: true\n");
  Edit({{{"op", "unassign"}, {"user", before[0]}, {"skuId", kE5}}});
  StartDaemon();
  EXPECT_TRUE(PollUntil([&] { return Holders() == before; }))
      << "the kept policy goes on assigning\n"
      << Log();
  EXPECT_EQ(Metric("seatkeeper_policy_outdated"), "1");
  EXPECT_THAT(Log(), HasSubstr("policy restored from the store"));
  EXPECT_THAT(Log(), HasSubstr("bad.yaml:3"));
  // A person is told what is wrong, not served something older.
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 65);

  // One more engineer than policy knows of: extra, and kept.
  auto state = State();
  for (auto& user : state["users"]) {
    if (user["id"] == before[0]) user["department"] = "Elsewhere";
  }
  PutState(state);
  ASSERT_TRUE(AwaitHeld("policy-not-loading")) << Log();
  EXPECT_EQ(Holders(), before);

  std::filesystem::remove(folder() / "policies/bad.yaml");
  Reload();
  EXPECT_TRUE(AwaitMetric("seatkeeper_policy_outdated", "0")) << Log();
  EXPECT_TRUE(PollUntil([&] { return Holders().size() == before.size() - 1; })) << Log();
}

}  // namespace
}  // namespace seatkeeper::test
