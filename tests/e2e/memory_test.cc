#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const std::string kYammer = "7547a3fe-08ee-4ccb-b430-5077c5041653";
const std::string kAdded = "abcdefab-1111-2222-3333-abcdefabcdef";

/// What one run has to remember of those before it: nothing but the store connects them.
class Memory : public EndToEnd {
 protected:
  void SetUp() override {
    StartTenant({"--users", "40", "--seed", "7"});
    WriteConfig();
    for (const auto* name : {"eve", "fay", "hal"}) {
      Edit({{{"op", "addUser"},
             {"user", {{"userPrincipalName", Address(name)}, {"usageLocation", "FR"}}}}});
    }
    Edit({{{"op", "setSku"}, {"skuId", kE5}, {"set", {{"prepaidUnits", {{"enabled", 500}}}}}}});
  }

  static std::string Address(const std::string& name) { return name + "@contoso.example"; }

  void Grant(const std::string& users, const std::string& management) {
    WritePolicy("p.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: p}
spec:
  subjects: {users: [)" + users +
                              R"(]}
  licenses: [{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE]}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, )" + management +
                              R"(}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {maxUnassign: off, mailboxLoss: allow}
)");
  }

  void Apply() {
    const auto done = Seatkeeper({"apply", "--yes"});
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  }

  /// The service plans of E5 that are off for a user; nothing where they do not hold it.
  std::optional<std::vector<std::string>> PlansOff(const std::string& name) const {
    const auto state = State();
    for (const auto& user : state["users"]) {
      if (user.value("userPrincipalName", "") != Address(name)) continue;
      const auto rows = user.value("licenseAssignmentStates", json::array());
      for (const auto& row : rows) {
        if (row["skuId"] == kE5) return row["disabledPlans"].get<std::vector<std::string>>();
      }
    }
    return std::nullopt;
  }
  bool Holds(const std::string& name) const { return PlansOff(name).has_value(); }

  void VendorAddsAPlan() {
    const auto state = State();
    for (const auto& sku : state["subscribedSkus"]) {
      if (sku["skuId"] != kE5) continue;
      auto plans = sku["servicePlans"];
      plans.push_back({{"servicePlanId", kAdded},
                       {"servicePlanName", "BRAND_NEW"},
                       {"provisioningStatus", "Success"},
                       {"appliesTo", "User"}});
      Edit({{{"op", "setSku"}, {"skuId", kE5}, {"set", {{"servicePlans", plans}}}}});
    }
  }
};

constexpr const char* kOwned = "management: owned, unassign: {after: 0d, confirmations: 1}";

TEST_F(Memory, OwnedIsWhatWasAssignedAndNothingElse) {
  Edit({{{"op", "assign"}, {"user", Address("hal")}, {"skuId", kE5}}});
  Grant(Address("eve") + ", " + Address("fay"), kOwned);
  for (int run = 0; run < 3; ++run) Apply();
  ASSERT_TRUE(Holds("eve") && Holds("fay"));
  const int writes = EffectiveWrites();

  Grant(Address("fay"), kOwned);
  Apply();
  EXPECT_FALSE(Holds("eve")) << "the grant has ended";
  EXPECT_TRUE(Holds("fay"));
  EXPECT_TRUE(Holds("hal")) << "a person gave it";
  EXPECT_EQ(EffectiveWrites(), writes + 1) << "nobody else loses what seatkeeper did not give";
  const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  EXPECT_THAT(plan["changes"], IsEmpty());
}

TEST_F(Memory, ARemovalIsDeferredUntilItHasWaited) {
  const auto owned = [](const char* unassign) {
    return std::string("management: owned") + unassign;
  };
  Grant(Address("eve"), owned(""));
  for (int run = 0; run < 3; ++run) Apply();
  ASSERT_TRUE(Holds("eve"));

  // Without a word about it: a week and two readings.
  Grant(Address("fay"), owned(""));
  const auto first = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(first.exit_code, 0) << "deferred is not held: " << first.err;
  EXPECT_THAT(first.out, HasSubstr("7 days from now at the earliest, and 1 more reading has to "
                                   "agree"));
  EXPECT_TRUE(Holds("eve"));
  EXPECT_TRUE(Holds("fay")) << "what is given does not wait";
  const auto later = Seatkeeper({"plan", "--detailed-exitcode"});
  EXPECT_EQ(later.exit_code, 2) << later.err;
  EXPECT_THAT(later.out, HasSubstr("at the earliest: unwanted for "));
  const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  ASSERT_EQ(plan["changes"].size(), 1U);
  EXPECT_EQ(plan["changes"][0]["verdict"], "deferred");
  EXPECT_EQ(plan["changes"][0]["unwanted"]["readings"], 1);
  const auto since = plan["changes"][0]["unwanted"]["since"].get<std::string>();
  EXPECT_LT(since, plan["changes"][0]["unwanted"]["earliest"].get<std::string>());
  const auto explained = Seatkeeper({"explain", Address("eve")});
  EXPECT_THAT(explained.out, HasSubstr("to be removed, but that waits"));
  EXPECT_THAT(explained.out, HasSubstr("first found unwanted on " + since));

  // Asked to wait for less, it goes once that has passed.
  Grant(Address("fay"), owned(", unassign: {after: 1s, confirmations: 1}"));
  ApproveAll("a shorter wait is meant");
  EXPECT_TRUE(PollUntil([&] {
    Apply();
    return !Holds("eve");
  }));
  EXPECT_TRUE(Holds("fay"));
}

TEST_F(Memory, OwnershipNeedsTheStoreThatSawIt) {
  Grant(Address("eve"), kOwned);
  for (int run = 0; run < 3; ++run) Apply();
  ASSERT_TRUE(Holds("eve"));
  std::filesystem::remove(folder() / "seatkeeper.db");
  Grant(Address("fay"), kOwned);
  Apply();
  EXPECT_TRUE(Holds("eve")) << "a new store owns nothing";
}

TEST_F(Memory, ANewServicePlanIsHeldBackUntilAFileDecides) {
  Grant(Address("eve"), std::string(kOwned) + ", newPlans: hold");
  for (int run = 0; run < 3; ++run) Apply();
  VendorAddsAPlan();
  Grant(Address("eve") + ", " + Address("fay"), std::string(kOwned) + ", newPlans: hold");
  const auto planned = Seatkeeper({"plan"});
  EXPECT_THAT(planned.out, HasSubstr("the vendor added BRAND_NEW to SPE_E5"));
  const int writes = EffectiveWrites();
  for (int run = 0; run < 3; ++run) Apply();
  EXPECT_EQ(EffectiveWrites(), writes + 1) << "nothing changes for holders";
  EXPECT_THAT(*PlansOff("eve"), ElementsAre(kYammer));
  EXPECT_THAT(*PlansOff("fay"), UnorderedElementsAre(kYammer, kAdded));

  Grant(Address("eve") + ", " + Address("fay"), std::string(kOwned) + ", newPlans: disable");
  for (int run = 0; run < 3; ++run) Apply();
  EXPECT_THAT(*PlansOff("eve"), UnorderedElementsAre(kYammer, kAdded));
  Grant(Address("eve") + ", " + Address("fay"), std::string(kOwned) + ", newPlans: enable");
  for (int run = 0; run < 3; ++run) Apply();
  EXPECT_THAT(*PlansOff("eve"), ElementsAre(kYammer));
  EXPECT_THAT(*PlansOff("fay"), ElementsAre(kYammer));
}

}  // namespace
}  // namespace seatkeeper::test
