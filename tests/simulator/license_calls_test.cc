#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/simulator/test_support.h"

// Licence errors of groups and what can be done about them, details of licences, members by
// reference.

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string Reprocess(const std::string& user) {
  return "/v1.0/users/" + user + "/reprocessLicenseAssignment";
}

// Visio has one seat: Cleo holds it, and the group wants one for Ada.
Bench WithoutASeat() {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kVisio}}});
  bench.Edit({{{"op", "setGroup"},
               {"group", kAll},
               {"set", {{"assignedLicenses", Bench::License(kVisio)}}}}});
  return bench;
}

std::string StateOf(Bench& bench, const std::string& user, const std::string& sku_id) {
  for (const json& row : bench.Rows(user)) {
    if (row["skuId"] == sku_id) return row["state"];
  }
  return "";
}

TEST(Reprocess, IsNeededWhenASeatIsFreeAgain) {
  Bench bench = WithoutASeat();
  const Response refused = bench.Send("POST", Reprocess(kAda));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(MessageOf(refused), HasSubstr("does not have any available licenses"));
  ASSERT_EQ(bench.Assign(kCleo, json::array(), {kVisio}).status, 200);
  bench.now += std::chrono::minutes(30);
  EXPECT_EQ(StateOf(bench, kAda, kVisio), "Error") << "nothing is tried again by itself";
  const Response done = bench.Send("POST", Reprocess(kAda));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(Parse(done)["id"], kAda);
  EXPECT_FALSE(Parse(done).contains("licenseAssignmentStates"));
  EXPECT_EQ(StateOf(bench, kAda, kVisio), "Active");
  EXPECT_EQ(bench.Send("POST", Reprocess(kFrontline)).status, 404);
}

TEST(LicenseErrors, AreFoundByGroupAndByMember) {
  Bench bench = WithoutASeat();
  const std::string groups =
      "/v1.0/groups?$select=id&$count=true&$filter=hasMembersWithLicenseErrors%20eq%20true";
  EXPECT_EQ(bench.GetJson(groups, kEventual)["value"], json::array({{{"id", kAll}}}));
  EXPECT_EQ(bench.Get(groups).status, 400) << "an advanced query";
  const std::string members = "/v1.0/groups/" + kAll + "/membersWithLicenseErrors?$select=id";
  EXPECT_EQ(bench.GetJson(members)["value"][0]["id"], kAda);
  ASSERT_EQ(bench.Assign(kCleo, json::array(), {kVisio}).status, 200);
  ASSERT_EQ(bench.Send("POST", Reprocess(kAda)).status, 200);
  EXPECT_EQ(bench.GetJson(groups, kEventual)["value"], json::array());
  EXPECT_EQ(bench.GetJson(members)["value"], json::array());
  EXPECT_FALSE(bench.GetJson("/v1.0/groups?$select=displayName")["value"][1].contains(
      "hasMembersWithLicenseErrors"));
}

TEST(Groups, WithLicencesAreFoundByAnAdvancedFilter) {
  Bench bench;
  const std::string licensed = "/v1.0/groups?$select=id&$filter=assignedLicenses/$count%20ne%200";
  EXPECT_EQ(bench.GetJson(licensed + "&$count=true", kEventual)["value"],
            json::array({{{"id", kFrontline}}}));
  EXPECT_EQ(bench.Get(licensed).status, 400);
}

TEST(LicenseDetails, TellWhichPlansAreOn) {
  Bench bench;
  const json details = bench.GetJson("/v1.0/users/" + kAda + "/licenseDetails")["value"];
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0]["skuPartNumber"], "SPE_E3");
  std::map<std::string, std::string> status;
  for (const json& plan : details[0]["servicePlans"]) {
    status[plan["servicePlanId"]] = plan["provisioningStatus"];
  }
  EXPECT_EQ(status,
            (std::map<std::string, std::string>{
                {kTeamsPlan, "Disabled"}, {kSkypePlan, "Success"}, {kExchangePlan, "Success"}}));
  EXPECT_EQ(bench.GetJson("/v1.0/users/" + kCleo + "/licenseDetails")["value"], json::array());
  const Response response = bench.Get("/v1.0/users/" + kAda + "/licenseDetails");
  EXPECT_EQ(FindHeader(response.headers, "x-ms-resource-unit"), "2");
}

TEST(TakenAddress, MeansThatThereIsNoMailbox) {
  json tenant = SmallTenant();
  for (json& user : tenant["users"]) {
    if (user["id"] == kCleo) user["addressTaken"] = true;
  }
  Bench bench(tenant);
  const Response refused = bench.Assign(kCleo, Bench::License(kE3));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(MessageOf(refused), HasSubstr("proxyAddresses already exists"));
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3, {kExchangePlan})).status, 200);
  EXPECT_EQ(bench.Assign(kCleo, json::array(), {kE3}).status, 200);
  bench.Edit({{{"op", "setGroup"},
               {"group", kAll},
               {"set", {{"assignedLicenses", Bench::Licenses(kE3, kPhone)}}}},
              {{"op", "addMember"}, {"group", kAll}, {"user", kCleo}}});
  std::set<std::string> errors;
  for (const json& row : bench.Rows(kCleo)) errors.insert(row["error"].get<std::string>());
  EXPECT_EQ(errors, (std::set<std::string>{"UniquenessViolation", "Other"}));
  Bench again(bench.GetJson("/_sim/state"));
  EXPECT_EQ(again.Assign(kCleo, Bench::License(kF3)).status, 200) << "without a mailbox";
  EXPECT_EQ(again.GetJson("/_sim/state")["users"][2]["addressTaken"], true);
  EXPECT_EQ(again.Get("/v1.0/users?$select=addressTaken").status, 400) << "Graph never shows it";
}

std::string References(const std::string& group) {
  return "/v1.0/groups/" + group + "/members/$ref";
}

json Reference(const std::string& id) {
  return {{"@odata.id", "https://graph.microsoft.com/v1.0/directoryObjects/" + id}};
}

TEST(MemberReferences, AreAddedAndRemovedWithTheirLicences) {
  Bench bench;
  EXPECT_EQ(bench.Send("POST", References(kFrontline), Reference(kCleo)).status, 204);
  EXPECT_EQ(bench.Rows(kCleo)[0]["assignedByGroup"], kFrontline);
  const Response twice = bench.Send("POST", References(kFrontline), Reference(kCleo));
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(MessageOf(twice), HasSubstr("object references already exist"));
  const std::string cleo = "/v1.0/groups/" + kFrontline + "/members/" + kCleo + "/$ref";
  EXPECT_EQ(bench.Send("DELETE", cleo).status, 204);
  EXPECT_EQ(bench.Rows(kCleo), json::array());
  EXPECT_EQ(bench.Send("DELETE", cleo).status, 404);
  const std::string nobody = "a0000000-0000-4000-8000-00000000dead";
  EXPECT_EQ(bench.Send("POST", References(kFrontline), Reference(nobody)).status, 404);
  EXPECT_EQ(bench.Send("POST", References(kFrontline), {{"id", kCleo}}).status, 400);
}

TEST(MemberReferences, OfDynamicAndSyncedGroupsFollowTheirOwnRules) {
  json tenant = SmallTenant();
  tenant["groups"][0]["groupTypes"] = {"DynamicMembership"};
  tenant["groups"][1]["onPremisesSyncEnabled"] = true;
  Bench bench(tenant);
  for (const std::string& group : {kFrontline, kAll}) {
    EXPECT_EQ(bench.Send("POST", References(group), Reference(kDan)).status, 400) << group;
  }
  EXPECT_EQ(
      bench.Send("DELETE", "/v1.0/groups/" + kFrontline + "/members/" + kBen + "/$ref").status,
      400);
}

}  // namespace
}  // namespace seatkeeper::sim::test
