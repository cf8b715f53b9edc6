#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

/// Three people lose E5, and not one of them may unasked.
class Approve : public EndToEnd {
 protected:
  void SetUp() override {
    StartTenant({"--users", "40", "--seed", "7"});
    WriteConfig();
    Edit({{{"op", "setSku"}, {"skuId", kE5}, {"set", {{"prepaidUnits", {{"enabled", 500}}}}}}});
    for (const auto& name : kThree) Add(name);
    WritePolicy("p.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: leavers}
spec:
  subjects: {rule: user.department -eq "Leavers"}
  revoke: [SPE_E5]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: owned, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: staff}
spec:
  priority: -1
  subjects: {rule: user.department -eq "Staff"}
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {maxUnassign: {seats: 1}, mailboxLoss: allow}
)");
    Move("Staff");
    ASSERT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
    Move("Leavers");
  }

  static std::string Address(const std::string& name) { return name + "@contoso.example"; }

  void Add(const std::string& name) const {
    Edit({{{"op", "addUser"},
           {"user", {{"userPrincipalName", Address(name)}, {"usageLocation", "FR"}}}}});
  }

  using Names = std::vector<std::string>;
  inline static const Names kThree{"eve", "fay", "hal"};

  static bool IsOneOf(const Names& names, const std::string& address) {
    return std::ranges::any_of(names, [&](const auto& name) { return Address(name) == address; });
  }

  void Move(const std::string& department, const Names& names = kThree) const {
    const auto state = State();
    json edits = json::array();
    for (const auto& user : state["users"]) {
      const auto name = user.value("userPrincipalName", "");
      if (!IsOneOf(names, name)) continue;
      edits.push_back(
          {{"op", "setUser"}, {"user", user["id"]}, {"set", {{"department", department}}}});
    }
    Edit(edits);
  }

  int Holders(const Names& names = kThree) const {
    const auto state = State();
    int holders = 0;
    for (const auto& user : state["users"]) {
      const auto name = user.value("userPrincipalName", "");
      if (!IsOneOf(names, name)) continue;
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        holders += row["skuId"] == kE5;
      }
    }
    return holders;
  }

  /// What the plan of the moment holds.
  std::string HeldDigest() const {
    const auto plan = Seatkeeper({"plan", "--format", "json"});
    EXPECT_EQ(plan.exit_code, 3) << plan.err;
    return json::parse(plan.out).value("heldDigest", "");
  }
};

TEST_F(Approve, ReleasesOnceWhatIsHeld) {
  const auto held = Seatkeeper({"apply", "--yes"});
  ASSERT_EQ(held.exit_code, 3) << held.out << held.err;
  EXPECT_THAT(held.out, HasSubstr("seatkeeper approve sha256:"));
  EXPECT_EQ(Holders(), 3);
  const auto digest = HeldDigest();

  const auto approved =
      Seatkeeper({"approve", digest.substr(0, 19), "--reason", "they left", "--yes"});
  ASSERT_EQ(approved.exit_code, 0) << approved.out << approved.err;
  EXPECT_THAT(approved.out, HasSubstr("maxUnassign (SPE_E5): - SPE_E5 for 3 users"));
  EXPECT_THAT(approved.out, HasSubstr(Address("eve")));

  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  EXPECT_THAT(applied.out, HasSubstr("they left"));
  EXPECT_EQ(Holders(), 0);
  EXPECT_THAT(Seatkeeper({"history"}).out, HasSubstr("they left"));

  const auto again = Seatkeeper({"approve", digest, "--reason", "again", "--yes"});
  EXPECT_EQ(again.exit_code, 1) << again.out;
  EXPECT_THAT(again.err, HasSubstr("releases nothing"));
}

TEST_F(Approve, ByDocument) {
  const auto digest = HeldDigest();
  WritePolicy("approval.yaml",
              "apiVersion: seatkeeper/v1\nkind: Approval\nmetadata: {name: leavers}\n"
              "spec: {tenant: contoso, reason: reviewed, expires: 2199-12-01, digest: \"" +
                  digest + "\"}\n");
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  EXPECT_EQ(Holders(), 0);
  EXPECT_THAT(Seatkeeper({"history"}).out, HasSubstr("approval.yaml:3:18"));
  WritePolicy("approval.yaml",
              "apiVersion: seatkeeper/v1\nkind: Approval\nmetadata: {name: leavers}\n"
              "spec: {tenant: contoso, reason: reviewed, expires: 2019-12-01, digest: \"" +
                  digest + "\"}\n");
  const auto checked = Seatkeeper({"validate"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_THAT(checked.out, HasSubstr("approval-ended"));
}

TEST_F(Approve, ListsWhatIsHeldAndWhoApprovedIt) {
  const auto digest = HeldDigest();
  ASSERT_EQ(Seatkeeper({"approve", digest, "--reason", "they left", "--yes"}).exit_code, 0);
  const auto text = Seatkeeper({"approve", "--list"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("held      " + digest));
  EXPECT_THAT(text.out, HasSubstr("they left"));
  const auto all = json::parse(Seatkeeper({"approve", "--list", "--format", "json"}).out);
  EXPECT_EQ(all[0]["held"][0]["digest"], digest);
  EXPECT_EQ(all[0]["held"][0]["subjects"], 3);
  EXPECT_EQ(all[0]["approvals"][0]["digest"], digest);
}

TEST_F(Approve, WorksBesideADaemonForThoseWhoWereHeldThen) {
  WriteConfig("    mode: enforce\n    interval: 1s\n");
  StartDaemon();
  const auto held = [this] { return Metric("seatkeeper_changes_held{guardrail=\"maxUnassign\""); };
  ASSERT_TRUE(PollUntil([&] { return held() == "3"; }));
  EXPECT_EQ(Metric("seatkeeper_approvals_open{"), "0");
  const auto listed = [this] {
    const auto all = json::parse(Seatkeeper({"approve", "--list", "--format", "json"}).out);
    return all[0]["held"][0].value("digest", "");
  };
  const auto digest = listed();
  const auto approved = Seatkeeper({"approve", digest, "--reason", "they left", "--yes"});
  ASSERT_EQ(approved.exit_code, 0) << approved.out << approved.err;
  ASSERT_TRUE(PollUntil([this] { return Holders() == 0; }));
  EXPECT_THAT(Seatkeeper({"history", "--format", "json"}).out, HasSubstr("they left"));

  Add("gus");
  Move("Staff", {"gus"});
  ASSERT_TRUE(PollUntil([this] { return Holders({"gus"}) == 1; }));
  Move("Leavers", {"gus"});
  ASSERT_TRUE(PollUntil([&] { return held() == "1"; }));
  EXPECT_NE(listed(), digest);
  EXPECT_EQ(Holders({"gus"}), 1) << "who leaves later was not approved";
}

TEST_F(Approve, NothingWhileTheStoreIsInDoubt) {
  const auto digest = HeldDigest();
  std::filesystem::rename(folder() / "seatkeeper.db", folder() / "lost.db");
  auto policy = ReadFile(folder() / "policies/p.yaml");
  policy.replace(policy.find("owned"), 5, "full");  // What it owned is lost, too.
  WritePolicy("p.yaml", policy);
  WriteConfig("    mode: enforce\n    interval: 1s\n");
  StartDaemon();
  ASSERT_TRUE(PollUntil([this] { return !Metric("seatkeeper_changes_held{").empty(); }));
  const auto refused = Seatkeeper({"approve", digest, "--reason", "x", "--yes"});
  EXPECT_EQ(refused.exit_code, 1);
  const auto again = Seatkeeper({"approve", "--list", "--format", "json"});
  const auto of_doubt = json::parse(again.out)[0]["held"][0].value("digest", "");
  const auto doubted = Seatkeeper({"approve", of_doubt, "--reason", "x", "--yes"});
  EXPECT_EQ(doubted.exit_code, 1);
  EXPECT_THAT(doubted.err, HasSubstr("the store is new for this tenant"));
  EXPECT_THAT(doubted.err, HasSubstr("seatkeeper resume --tenant contoso"));
}

TEST_F(Approve, WhatItDoesNotKnowReleasesNothing) {
  HeldDigest();
  const auto unknown = Seatkeeper({"approve", "sha256:0123456789ab", "--reason", "x", "--yes"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("releases nothing"));
  EXPECT_EQ(Seatkeeper({"approve", "sha256:0123", "--reason", "x", "--yes"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"approve", "--reason", "x"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"approve", "sha256:0123456789ab", "--yes"}).exit_code, 64);
}

TEST_F(Approve, WhatOnlyThePolicyReleasesIsRefused) {
  WritePolicy("protect.yaml",
              "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: safe}\n"
              "spec: {protected: {users: [eve@contoso.example, fay@contoso.example,"
              " hal@contoso.example]}}\n");
  const auto refused = Seatkeeper({"approve", HeldDigest(), "--reason", "x", "--yes"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("protected (SPE_E5): 3 users"));
  EXPECT_THAT(refused.err, HasSubstr("no approval releases any of it"));
  EXPECT_THAT(Seatkeeper({"plan"}).out, Not(HasSubstr("seatkeeper approve")));
}

}  // namespace
}  // namespace seatkeeper::test
