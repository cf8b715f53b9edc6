#include <gmock/gmock.h>

#include "tests/simulator/licensing.h"
#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

void ExpectRefused(const Response& response, const std::string& message) {
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(CodeOf(response), "Request_BadRequest");
  EXPECT_THAT(MessageOf(response), HasSubstr(message));
}

TEST(AssignLicense, AnswersWithTheDefaultSetOnly) {
  Bench bench;
  const Response response = bench.Assign(kCleo, Bench::License(kE3));
  ASSERT_EQ(response.status, 200) << response.body;
  const json user = Parse(response);
  EXPECT_EQ(user["id"], kCleo);
  EXPECT_FALSE(user.contains("assignedLicenses"));
  EXPECT_FALSE(user.contains("licenseAssignmentStates"));
  EXPECT_EQ(bench.Consumed(kE3), 2);
  const json rows = bench.Rows(kCleo);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["skuId"], kE3);
  EXPECT_EQ(rows[0]["assignedByGroup"], nullptr);
  EXPECT_EQ(rows[0]["state"], "Active");
  EXPECT_EQ(rows[0]["lastUpdatedDateTime"], "2026-01-05T08:00:00Z");
  EXPECT_TRUE(rows[0]["error"] == nullptr || rows[0]["error"] == "None");
}

TEST(AssignLicense, NeedsBothArrays) {
  Bench bench;
  const std::string path = "/v1.0/users/" + kCleo + "/assignLicense";
  ExpectRefused(bench.Send("POST", path, {{"addLicenses", json::array()}}), "removeLicenses");
  ExpectRefused(bench.Send("POST", path, {{"removeLicenses", json::array()}}), "addLicenses");
  ExpectRefused(
      bench.Send("POST", path, {{"addLicenses", json::array()}, {"removeLicenses", "all"}}),
      "collection");
  ExpectRefused(
      bench.Send(
          "POST", path,
          {{"addLicenses", json::array()}, {"removeLicenses", json::array()}, {"force", true}}),
      "force");
  EXPECT_EQ(bench.Assign(kCleo, json::array()).status, 200);
}

TEST(AssignLicense, NeedsWellFormedIds) {
  Bench bench;
  ExpectRefused(bench.Assign(kCleo, Bench::License("SPE_E3")), "GUID");
  ExpectRefused(bench.Assign(kCleo, json::array({{{"disabledPlans", json::array()}}})), "skuId");
  ExpectRefused(bench.Assign(kCleo, json::array({{{"skuId", kE3}, {"plans", 1}}})), "plans");
}

TEST(AssignLicense, NeedsJson) {
  Bench bench;
  const std::string path = "/v1.0/users/" + kCleo + "/assignLicense";
  const Headers bearer{{"Authorization", "Bearer " + bench.token}};
  EXPECT_EQ(bench.Raw({"POST", path, bearer, "{}"}).status, 400);
  Headers typed = bearer;
  typed.emplace_back("Content-Type", "application/json");
  const Response broken = bench.Raw({"POST", path, typed, "{"});
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(CodeOf(broken), "BadRequest");
}

TEST(AssignLicense, RefusesAProductNamedTwice) {
  Bench bench;
  const json twice = json::array({{{"skuId", kE3}}, {{"skuId", ToUpper(kE3)}}});
  ExpectRefused(bench.Assign(kCleo, twice), "more than once");
  ExpectRefused(bench.Assign(kAda, Bench::License(kE3), {kE3}), "more than once");
}

TEST(AssignLicense, RefusesProductsThatTheTenantCannotAssign) {
  Bench bench;
  const std::string unknown = "0b0b0b0b-0000-4000-8000-000000000001";
  ExpectRefused(bench.Assign(kCleo, Bench::License(unknown)),
                "License " + unknown + " does not correspond to a valid company License");
  ExpectRefused(bench.Assign(kCleo, Bench::License(kCompanyWide)),
                "does not correspond to a valid company License");
}

TEST(AssignLicense, RefusesToRemoveWhatAGroupGives) {
  Bench bench;
  ExpectRefused(bench.Assign(kBen, json::array(), {kF3}),
                "User license is inherited from a group membership and it cannot be removed "
                "directly from the user.");
}

TEST(AssignLicense, RefusesToRemoveWhatIsNotHeld) {
  Bench bench;
  ExpectRefused(bench.Assign(kCleo, json::array(), {kE3}), "does not have a corresponding license");
}

TEST(AssignLicense, NeedsAUsageLocation) {
  Bench bench;
  ExpectRefused(bench.Assign(kDan, Bench::License(kE3)),
                "License assignment cannot be done for user with invalid usage location.");
  EXPECT_EQ(bench.Send("PATCH", "/v1.0/users/" + kDan, {{"usageLocation", "FR"}}).status, 204);
  EXPECT_EQ(bench.Assign(kDan, Bench::License(kE3)).status, 200);
}

TEST(AssignLicense, NeedsASeat) {
  Bench bench;
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200);
  ExpectRefused(bench.Assign(kAda, Bench::License(kVisio)),
                "Subscription with SKU " + kVisio + " does not have any available licenses.");
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200) << "its own seat suffices";
  EXPECT_EQ(bench.Assign(kCleo, json::array(), {kVisio}).status, 200);
  EXPECT_EQ(bench.Assign(kAda, Bench::License(kVisio)).status, 200) << "the seat is free again";
}

TEST(AssignLicense, CountsWarningSeatsAndToleratesAShrunkSubscription) {
  Bench bench;
  bench.Edit({{{"op", "setSku"},
               {"skuId", kE3},
               {"set", {{"prepaidUnits", {{"enabled", 0}, {"warning", 2}}}}}}});
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  bench.Edit({{{"op", "setSku"},
               {"skuId", kE3},
               {"set", {{"prepaidUnits", {{"enabled", 0}, {"warning", 1}}}}}}});
  EXPECT_EQ(bench.Consumed(kE3), 2) << "nobody loses a seat";
  ExpectRefused(bench.Assign(kBen, Bench::License(kE3)), "any available licenses");
  EXPECT_EQ(FreeSeats(bench.simulator.directory(), *bench.simulator.directory().FindSku(kE3)), -1);
}

TEST(AssignLicense, RefusesUnknownServicePlans) {
  Bench bench;
  ExpectRefused(bench.Assign(kCleo, Bench::License(kF3, {kExchangePlan})), "service plan");
}

TEST(AssignLicense, RefusesInTheServicesOrder) {
  Bench bench;
  const std::string unknown = "0b0b0b0b-0000-4000-8000-000000000001";
  ExpectRefused(bench.Assign(kDan, Bench::License(unknown), {kE3}), "valid company License");
  ExpectRefused(bench.Assign(kDan, Bench::License(kE3), {kF3}), "corresponding license");
  ExpectRefused(bench.Assign(kDan, Bench::License(kF3, {kExchangePlan})), "usage location");
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  ExpectRefused(bench.Assign(kAda, Bench::License(kVisio, {kExchangePlan})), "any available");
}

TEST(AssignLicense, IsAllOrNothing) {
  Bench bench;
  json add = Bench::License(kE3);
  add.push_back({{"skuId", kF3}, {"disabledPlans", {kExchangePlan}}});
  EXPECT_EQ(bench.Assign(kCleo, add).status, 400);
  EXPECT_EQ(bench.Rows(kCleo), json::array());
  EXPECT_EQ(bench.Consumed(kE3), 1);
}

TEST(AssignLicense, SwapsInOneCall) {
  Bench bench;
  EXPECT_EQ(bench.Assign(kAda, Bench::License(kF3), {kE3}).status, 200);
  EXPECT_EQ(bench.Consumed(kE3), 0);
  EXPECT_EQ(bench.Consumed(kF3), 2);
}

TEST(AssignLicense, ReplacesThePlansOfADirectAssignment) {
  Bench bench;
  EXPECT_EQ(bench.Assign(kAda, Bench::License(ToUpper(kE3), {ToUpper(kSkypePlan)})).status, 200);
  EXPECT_EQ(bench.Rows(kAda)[0]["disabledPlans"], json::array({kSkypePlan}));
  EXPECT_EQ(bench.Consumed(kE3), 1);
}

TEST(AssignLicense, RepeatedChangesNothing) {
  Bench bench;
  bench.now += std::chrono::hours(1);
  bench.token = Parse(bench.Raw({"POST",
                                 "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                 {},
                                 TokenForm()}))["access_token"];
  const json before = bench.Rows(kAda);
  EXPECT_EQ(bench.Assign(kAda, Bench::License(kE3, {kTeamsPlan})).status, 200);
  EXPECT_EQ(bench.Rows(kAda), before) << "the time of the last update included";
  EXPECT_EQ(bench.Log().at(3)["effective"], false);
}

TEST(AssignLicense, DirectBesideInheritedSharesTheSeatAndMergesPlans) {
  Bench bench;
  EXPECT_EQ(bench.Assign(kBen, Bench::License(kF3, {kTeamsPlan})).status, 200);
  EXPECT_EQ(bench.Rows(kBen).size(), 2U);
  EXPECT_EQ(bench.Consumed(kF3), 1);
  const json merged = bench.GetJson("/v1.0/users/" + kBen + "?$select=assignedLicenses");
  EXPECT_EQ(merged["assignedLicenses"][0]["disabledPlans"], json::array())
      << "the group's assignment has the plan on";
  EXPECT_EQ(bench.Assign(kBen, json::array(), {kF3}).status, 200);
  EXPECT_EQ(bench.Consumed(kF3), 1);
}

TEST(AssignLicense, RefusesToOrphanADependentPlan) {
  Bench bench;
  ExpectRefused(bench.Assign(kCleo, Bench::License(kPhone)),
                "service plan " + kPhonePlan + " depends on the service plan(s) " + kTeamsPlan);
  json add = Bench::License(kPhone);
  add.push_back(Bench::License(kE3)[0]);
  EXPECT_EQ(bench.Assign(kCleo, add).status, 200) << "together they are fine";
  ExpectRefused(bench.Assign(kCleo, json::array(), {kE3}), "depends on the service plan(s)");
  ExpectRefused(bench.Assign(kCleo, Bench::License(kE3, {kTeamsPlan, kSkypePlan})),
                "depends on the service plan(s)");
}

TEST(AssignLicense, RefusesPlansThatExcludeEachOther) {
  const std::string teams_free = "4fa4026d-ce74-4962-a151-8e96d57ea8e4";
  json tenant = SmallTenant();
  tenant["subscribedSkus"][2]["servicePlans"] = {{{"servicePlanId", teams_free}}};
  Bench bench(tenant);
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200);
  ExpectRefused(bench.Assign(kCleo, Bench::License(kE3)), "are mutually exclusive");
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3, {kTeamsPlan})).status, 200);
}

TEST(AssignLicense, AnswersNotFoundForAnUnknownUser) {
  Bench bench;
  const Response response = bench.Assign("nobody@contoso.example", json::array());
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(CodeOf(response), "Request_ResourceNotFound");
}

TEST(GroupLicensing, FollowsMembershipOfTheFirstLevel) {
  Bench bench;
  EXPECT_EQ(bench.Rows(kBen)[0]["assignedByGroup"], kFrontline);
  bench.Edit({{{"op", "addMember"}, {"group", kFrontline}, {"user", kDan}}});
  EXPECT_EQ(bench.Rows(kDan)[0]["skuId"], kF3) << "no usage location is needed through a group";
  bench.Edit({{{"op", "removeMember"}, {"group", kFrontline}, {"user", kDan}}});
  EXPECT_EQ(bench.Rows(kDan), json::array());
  bench.Edit({{{"op", "setGroup"},
               {"group", kAll},
               {"set", {{"assignedLicenses", Bench::License(kVisio)}}}}});
  EXPECT_EQ(bench.Rows(kAda).size(), 2U);
  EXPECT_EQ(bench.Rows(kBen).size(), 1U) << "nested members inherit nothing";
}

TEST(GroupLicensing, WithoutASeatLeavesARowInError) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  json licenses = Bench::License(kVisio);
  licenses.push_back(Bench::License(kE3)[0]);
  bench.Edit({{{"op", "setGroup"}, {"group", kAll}, {"set", {{"assignedLicenses", licenses}}}}});
  const json rows = bench.Rows(kAda);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1]["state"], "Error");
  EXPECT_EQ(rows[1]["error"], "CountViolation");
  EXPECT_EQ(rows[2]["state"], "Error") << "licences of one group succeed or fail together";
  EXPECT_EQ(rows[2]["error"], "Other");
  EXPECT_EQ(bench.Consumed(kVisio), 1);
}

}  // namespace
}  // namespace seatkeeper::sim::test
