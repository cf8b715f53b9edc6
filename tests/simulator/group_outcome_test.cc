#include <gmock/gmock.h>

#include <chrono>
#include <set>

#include "tests/simulator/test_support.h"

// What comes of a group's licences for one of its members.

namespace seatkeeper::sim::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::string kTeamsFreePlan = "4fa4026d-ce74-4962-a151-8e96d57ea8e4";

// Asks and waits until the service is through with it.
void License(Bench& bench, const std::string& group, const json& add,
             const json& remove = json::array()) {
  ASSERT_EQ(bench.LicenseGroup(group, add, remove).status, 202);
  bench.now += 1s;
  ASSERT_EQ(bench.Processing(group), "ProcessingComplete");
}

// "Active", "Error CountViolation" and so on; empty where the group gives nothing.
std::string Outcome(Bench& bench, const std::string& user, const std::string& group,
                    const std::string& sku_id) {
  const json rows = bench.Rows(user);
  for (const json& row : rows) {
    if (row.at("assignedByGroup") != group || row.at("skuId") != sku_id) continue;
    const std::string state = row.at("state");
    const json& error = row.at("error");
    return error.is_null() || error == "None" ? state : state + " " + error.get<std::string>();
  }
  return "";
}

TEST(GroupOutcome, NestedMembersGetNothing) {
  Bench bench;
  License(bench, kAll, Bench::License(kVisio));
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "Active");
  EXPECT_EQ(bench.Rows(kBen).size(), 1U) << "only what its own group gives";
  EXPECT_EQ(bench.Consumed(kVisio), 1);
}

TEST(GroupOutcome, WithoutASeatIsAnIntentOnlyAndTheServiceChoosesWhose) {
  const auto winner = [](std::uint64_t seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    bench.AddMember(kAll, kCleo);
    License(bench, kAll, Bench::License(kVisio));
    const std::string ada = Outcome(bench, kAda, kAll, kVisio);
    const std::string cleo = Outcome(bench, kCleo, kAll, kVisio);
    EXPECT_EQ((std::multiset<std::string>{ada, cleo}),
              (std::multiset<std::string>{"Active", "Error CountViolation"}));
    EXPECT_EQ(bench.Consumed(kVisio), 1);
    return ada == "Active" ? kAda : kCleo;
  };
  std::set<std::string> winners;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    winners.insert(winner(seed));
    EXPECT_EQ(winner(seed), winner(seed));
  }
  EXPECT_EQ(winners, (std::set<std::string>{kAda, kCleo}));
}

TEST(GroupOutcome, IsTheSameForAllLicencesOfTheGroup) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  bench.AddMember(kAll, kDan);
  License(bench, kAll, Bench::Licenses(kF3, kVisio));
  EXPECT_EQ(Outcome(bench, kDan, kAll, kVisio), "Error CountViolation");
  EXPECT_EQ(Outcome(bench, kDan, kAll, kF3), "Error Other");
  EXPECT_EQ(bench.Consumed(kF3), 1) << "no more than Ben's";
  const json rows = bench.Rows(kDan);
  bench.now += 1min;
  License(bench, kAll, Bench::License(kE3));
  EXPECT_EQ(bench.Rows(kDan)[0], rows[0]) << "failing again in the same way is no news";
  EXPECT_EQ(bench.Rows(kDan)[1], rows[1]);
}

TEST(GroupOutcome, AFailedChangeLeavesWhatWorked) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  License(bench, kFrontline, Bench::License(kVisio), {kF3});
  EXPECT_EQ(Outcome(bench, kBen, kFrontline, kVisio), "Error CountViolation");
  EXPECT_EQ(Outcome(bench, kBen, kFrontline, kF3), "ActiveWithError Other");
  EXPECT_EQ(bench.Consumed(kF3), 1);
}

TEST(GroupOutcome, StaysAnErrorUntilTheGroupIsProcessedAgain) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  License(bench, kAll, Bench::License(kVisio));
  bench.Edit({{{"op", "unassign"}, {"user", kCleo}, {"skuId", kVisio}}});
  bench.now += 10min;
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "Error CountViolation") << "though there is a seat";
  License(bench, kAll, Bench::License(kF3));
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "Active");
}

TEST(GroupOutcome, TwoGroupsTakeOneSeat) {
  Bench bench;
  bench.AddMember(kFrontline, kAda);
  License(bench, kAll, Bench::License(kVisio));
  License(bench, kFrontline, Bench::License(kVisio));
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "Active");
  EXPECT_EQ(Outcome(bench, kAda, kFrontline, kVisio), "Active") << "the seat is there already";
  EXPECT_EQ(bench.Consumed(kVisio), 1);
  License(bench, kAll, json::array(), {kVisio});
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "");
  EXPECT_EQ(Outcome(bench, kAda, kFrontline, kVisio), "Active");
  EXPECT_EQ(bench.Consumed(kVisio), 1);
  License(bench, kFrontline, json::array(), {kVisio});
  EXPECT_EQ(bench.Consumed(kVisio), 0);
}

TEST(GroupOutcome, ADirectCopyKeepsTheSeat) {
  Bench bench;
  License(bench, kAll, Bench::License(kE3));
  EXPECT_EQ(bench.Rows(kAda).size(), 2U);
  EXPECT_EQ(bench.Consumed(kE3), 1);
  License(bench, kAll, json::array(), {kE3});
  ASSERT_EQ(bench.Rows(kAda).size(), 1U);
  EXPECT_EQ(bench.Rows(kAda)[0]["assignedByGroup"], nullptr);
  EXPECT_EQ(bench.Rows(kAda)[0]["disabledPlans"], json::array({kTeamsPlan}));
  EXPECT_EQ(bench.Consumed(kE3), 1);
}

TEST(GroupOutcome, RemovalFreesTheSeatWhenTheMembersTurnComes) {
  Bench bench;
  ASSERT_EQ(bench.LicenseGroup(kFrontline, json::array(), {kF3}).status, 202);
  EXPECT_EQ(Outcome(bench, kBen, kFrontline, kF3), "Active");
  EXPECT_EQ(bench.Consumed(kF3), 1);
  bench.now += 1s;
  EXPECT_EQ(bench.Rows(kBen), json::array());
  EXPECT_EQ(bench.Consumed(kF3), 0);
}

TEST(GroupOutcome, OfPlansThatExcludeEachOther) {
  json tenant = SmallTenant();
  tenant["subscribedSkus"][2]["servicePlans"] = {{{"servicePlanId", kTeamsFreePlan}}};
  Bench bench(tenant);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200);
  bench.AddMember(kAll, kCleo);
  License(bench, kAll, Bench::Licenses(kE3, kPhone));
  EXPECT_EQ(Outcome(bench, kCleo, kAll, kE3), "Error MutuallyExclusiveViolation");
  EXPECT_EQ(Outcome(bench, kCleo, kAll, kPhone), "Error Other");
  EXPECT_EQ(Outcome(bench, kAda, kAll, kE3), "Active");
}

TEST(GroupOutcome, OfAProhibitedLocation) {
  Bench bench;
  bench.Edit({{{"op", "setSku"}, {"skuId", kF3}, {"set", {{"prohibitedLocations", {"fr"}}}}},
              {{"op", "setUser"}, {"user", kCleo}, {"set", {{"usageLocation", "NO"}}}}});
  bench.AddMember(kAll, kCleo);
  License(bench, kAll, Bench::Licenses(kF3, kPhone));
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "Error ProhibitedInUsageLocationViolation");
  EXPECT_EQ(Outcome(bench, kAda, kAll, kPhone), "Error Other");
  EXPECT_EQ(Outcome(bench, kCleo, kAll, kF3), "Active");
  EXPECT_THAT(MessageOf(bench.Assign(kAda, Bench::License(kF3))), testing::HasSubstr("location"))
      << "directly neither";
  bench.Edit({{{"op", "setUser"}, {"user", kCleo}, {"set", {{"usageLocation", "FR"}}}}});
  License(bench, kAll, Bench::License(kVisio));
  EXPECT_EQ(Outcome(bench, kCleo, kAll, kF3), "Active") << "what she has is not asked again";
  EXPECT_EQ(Outcome(bench, kCleo, kAll, kVisio), "Active");
  EXPECT_FALSE(bench.GetJson("/v1.0/subscribedSkus")["value"][1].contains("prohibitedLocations"));
  bench.Edit({{{"op", "setSku"}, {"skuId", kF3}, {"set", {{"capabilityStatus", "Warning"}}}}});
  EXPECT_EQ(bench.GetJson("/_sim/state")["subscribedSkus"][1]["prohibitedLocations"],
            json::array({"FR"}));
}

TEST(GroupOutcome, TheTenantsLocationStandsInForTheUsers) {
  for (const char* country : {"FR", "NO"}) {
    json tenant = SmallTenant();
    tenant["countryLetterCode"] = country;
    tenant["subscribedSkus"][2]["prohibitedLocations"] = {"NO"};
    Bench bench(tenant);
    EXPECT_EQ(bench.GetJson("/v1.0/organization")["value"][0]["countryLetterCode"], country);
    bench.AddMember(kFrontline, kDan);
    License(bench, kFrontline, Bench::License(kVisio), {kF3});
    EXPECT_EQ(
        Outcome(bench, kDan, kFrontline, kVisio) == "Error ProhibitedInUsageLocationViolation",
        std::string(country) == "NO");
    EXPECT_EQ(bench.GetJson("/v1.0/users/" + kDan + "?$select=usageLocation")["usageLocation"],
              nullptr)
        << "which is not set by this";
  }
}

// Ada has Phone directly and its prerequisite from the group "All", of which Cleo is, too.
Bench Dependent() {
  Bench bench;
  for (const std::string& sku_id : {kF3, kVisio}) {
    bench.Edit(
        {{{"op", "setSku"}, {"skuId", sku_id}, {"set", {{"prepaidUnits", {{"enabled", 5}}}}}}});
  }
  bench.AddMember(kAll, kCleo);
  License(bench, kAll, Bench::Licenses(kF3, kVisio));
  EXPECT_EQ(bench.Assign(kAda, Bench::License(kPhone), {kE3}).status, 200);
  return bench;
}

TEST(GroupOutcome, ARemovalThatWouldOrphanAPlanFails) {
  Bench bench = Dependent();
  License(bench, kAll, json::array(), {kF3, kVisio});
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "ActiveWithError DependencyViolation");
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "ActiveWithError Other");
  EXPECT_EQ(bench.Rows(kCleo), json::array());
  EXPECT_EQ(bench.Consumed(kF3), 2) << "Ada's stays, beside Ben's";
  License(bench, kAll, Bench::License(kF3));
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "Active");
  EXPECT_EQ(Outcome(bench, kAda, kAll, kVisio), "");
}

TEST(GroupOutcome, ARemovedMemberKeepsWhatAnotherPlanNeeds) {
  Bench bench = Dependent();
  bench.Edit({{{"op", "removeMember"}, {"group", kAll}, {"user", kAda}}});
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "ActiveWithError DependencyViolation");
  ASSERT_EQ(bench.Assign(kAda, json::array(), {kPhone}).status, 200);
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "ActiveWithError DependencyViolation")
      << "nobody has processed her again";
  License(bench, kAll, json::array(), {kF3, kVisio});
  bench.Edit({{{"op", "deleteGroup"}, {"group", kAll}}});
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "ActiveWithError DependencyViolation");
  bench.AddMember(kFrontline, kAda);
  EXPECT_EQ(Outcome(bench, kAda, kAll, kF3), "") << "now somebody has";
}

TEST(GroupOutcome, KeepsTheTimeOfRowsThatStay) {
  Bench bench;
  bench.AddMember(kFrontline, kCleo);
  bench.Edit({{{"op", "assign"}, {"user", kAda}, {"skuId", kVisio}}});
  License(bench, kAll, Bench::License(kVisio));
  const json working = bench.Rows(kCleo)[0];
  bench.now += 1min;
  License(bench, kFrontline, Bench::License(kPhone));
  EXPECT_EQ(bench.Rows(kCleo)[0], working);
  EXPECT_NE(bench.Rows(kCleo)[1]["lastUpdatedDateTime"], working["lastUpdatedDateTime"]);
}

}  // namespace
}  // namespace seatkeeper::sim::test
