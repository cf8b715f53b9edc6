#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kUnknown = "0b0b0b0b-0000-4000-8000-000000000001";

void ExpectRefused(const Response& response, const std::string& message) {
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(CodeOf(response), "Request_BadRequest");
  EXPECT_THAT(MessageOf(response), HasSubstr(message));
}

json LicensesOf(Bench& bench, const std::string& group) {
  return bench.GetJson("/v1.0/groups/" + group + "?$select=assignedLicenses")
      .at("assignedLicenses");
}

TEST(LicenseGroup, IsAcceptedAndMembersFollowLater) {
  Bench bench;
  const Response response = bench.LicenseGroup(kAll, Bench::License(kVisio));
  ASSERT_EQ(response.status, 202) << response.body;
  const json group = Parse(response);
  EXPECT_EQ(group["id"], kAll);
  EXPECT_EQ(group["displayName"], "All O'Hara");
  EXPECT_FALSE(group.contains("assignedLicenses"));
  EXPECT_EQ(LicensesOf(bench, kAll)[0]["skuId"], kVisio);
  EXPECT_EQ(bench.Rows(kAda).size(), 1U);
  EXPECT_EQ(bench.Consumed(kVisio), 0);
  bench.now += std::chrono::seconds(1);
  EXPECT_EQ(bench.Rows(kAda).size(), 2U);
  EXPECT_EQ(bench.Consumed(kVisio), 1);
}

TEST(LicenseGroup, HasALocationThatTellsNothing) {
  Bench bench;
  const Response response = bench.LicenseGroup(kAll, Bench::License(kVisio));
  const std::string location = FindHeader(response.headers, "Location").value_or("");
  ASSERT_THAT(location, HasSubstr(kAll));
  ASSERT_TRUE(location.starts_with("http://graph.test/")) << location;
  EXPECT_EQ(bench.Get(location.substr(17)).status, 404);
}

TEST(LicenseGroup, NeedsOneOfItsPermissions) {
  const auto ask = [](const std::string& role) {
    SimulatorOptions options;
    options.roles = {role};
    return Bench(SmallTenant(), options).LicenseGroup(kAll, Bench::License(kVisio));
  };
  for (const char* role :
       {"LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}) {
    EXPECT_EQ(ask(role).status, 202) << role;
  }
  for (const char* role : {"User.ReadWrite.All", "Group.Read.All"}) {
    const Response refused = ask(role);
    EXPECT_EQ(refused.status, 403) << role;
    EXPECT_EQ(CodeOf(refused), "Authorization_RequestDenied");
  }
}

TEST(LicenseGroup, AnswersNotFoundForWhatIsNoGroup) {
  Bench bench;
  for (const std::string& id : {kUnknown, kAda}) {
    const Response response = bench.LicenseGroup(id, Bench::License(kVisio));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(CodeOf(response), "Request_ResourceNotFound");
  }
}

TEST(LicenseGroup, NeedsAWellFormedBody) {
  Bench bench;
  const std::string path = "/v1.0/groups/" + kAll + "/assignLicense";
  ExpectRefused(bench.Send("POST", path, {{"addLicenses", json::array()}}), "removeLicenses");
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License("SPE_E3")), "GUID");
  ExpectRefused(bench.LicenseGroup(kAll, json::array({{{"skuId", kE3}, {"plans", 1}}})), "plans");
  EXPECT_EQ(bench.Raw({"POST", path, {{"Authorization", "Bearer " + bench.token}}, "{}"}).status,
            400);
  EXPECT_EQ(bench.Get(path).status, 405);
}

TEST(LicenseGroup, RefusesProductsThatTheTenantCannotAssign) {
  Bench bench;
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License(kUnknown)),
                "License " + kUnknown + " does not correspond to a valid company License");
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License(kCompanyWide)),
                "does not correspond to a valid company License");
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License(kVisio, {kTeamsPlan})), "service plan");
  ExpectRefused(bench.LicenseGroup(kAll, Bench::Licenses(kVisio, ToUpper(kVisio))),
                "more than once");
  ExpectRefused(bench.LicenseGroup(kFrontline, Bench::License(kF3), {kF3}), "more than once");
}

TEST(LicenseGroup, RefusesToRemoveWhatTheGroupDoesNotGive) {
  Bench bench;
  ExpectRefused(bench.LicenseGroup(kAll, json::array(), {kE3}),
                "does not have a corresponding license");
}

TEST(LicenseGroup, NeedsASecurityEnabledGroup) {
  Bench bench;
  const auto set = [&](bool security, const json& types) {
    bench.Edit({{{"op", "setGroup"},
                 {"group", kAll},
                 {"set", {{"securityEnabled", security}, {"groupTypes", types}}}}});
  };
  set(false, {"Unified"});
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License(kVisio)), "security enabled");
  EXPECT_EQ(LicensesOf(bench, kAll), json::array());
  set(true, {"Unified"});
  EXPECT_EQ(bench.LicenseGroup(kAll, Bench::License(kVisio)).status, 202);
}

TEST(LicenseGroup, NeedsPrerequisitesFromTheSameGroup) {
  Bench bench;
  const std::string refusal = "service plan " + kPhonePlan + " depends on the service plan(s) ";
  ExpectRefused(bench.LicenseGroup(kFrontline, Bench::License(kPhone), {kF3}), refusal);
  EXPECT_EQ(bench.LicenseGroup(kFrontline, Bench::License(kPhone)).status, 202)
      << "the group gives Teams already";
  ExpectRefused(bench.LicenseGroup(kFrontline, json::array(), {kF3}), refusal);
  ExpectRefused(bench.LicenseGroup(kFrontline, Bench::License(kF3, {kTeamsPlan})), refusal);
  ExpectRefused(bench.LicenseGroup(kAll, Bench::License(kPhone)), refusal);
  EXPECT_EQ(bench.LicenseGroup(kAll, Bench::Licenses(kPhone, kE3)).status, 202);
  EXPECT_EQ(bench.LicenseGroup(kAll, json::array(), {kPhone, kE3}).status, 202);
}

TEST(LicenseGroup, IsAllOrNothing) {
  Bench bench;
  ExpectRefused(bench.LicenseGroup(kFrontline, Bench::Licenses(kVisio, kUnknown), {kF3}), kUnknown);
  EXPECT_EQ(LicensesOf(bench, kFrontline).size(), 1U);
  EXPECT_EQ(LicensesOf(bench, kFrontline)[0]["skuId"], kF3);
  EXPECT_EQ(bench.Processing(kFrontline), "ProcessingComplete");
}

TEST(LicenseGroup, ReplacesPlansAndRepeatedChangesNothing) {
  Bench bench;
  EXPECT_EQ(bench.LicenseGroup(kFrontline, Bench::License(kF3, {kTeamsPlan})).status, 202);
  EXPECT_EQ(LicensesOf(bench, kFrontline),
            (json::array({{{"skuId", kF3}, {"disabledPlans", {kTeamsPlan}}}})));
  bench.now += std::chrono::seconds(1);
  EXPECT_EQ(bench.Rows(kBen)[0]["disabledPlans"], json::array({kTeamsPlan}));
  EXPECT_EQ(bench.LicenseGroup(kFrontline, Bench::License(kF3, {kTeamsPlan})).status, 202);
  EXPECT_EQ(bench.Log().back()["effective"], false);
  EXPECT_EQ(bench.Processing(kFrontline), "ProcessingComplete") << "there is nothing to do";
}

TEST(LicenseGroup, IsLogged) {
  Bench bench;
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  const json entry = bench.Log().back();
  EXPECT_EQ(entry["target"], "/v1.0/groups/" + kAll + "/assignLicense");
  EXPECT_EQ(entry["status"], 202);
  EXPECT_EQ(entry["effective"], true);
  EXPECT_EQ(entry["body"]["addLicenses"][0]["skuId"], kVisio);
  EXPECT_FALSE(entry.contains("user"));
}

TEST(LicenseGroup, IsStruckByFaultsLikeAnyWrite) {
  Bench bench;
  bench.PutFaults({{{"match", {{"method", "POST"}, {"path", "/groups/*/assignLicense"}}},
                    {"fault", {{"kind", "status"}, {"status", 503}}}}});
  EXPECT_EQ(bench.LicenseGroup(kAll, Bench::License(kVisio)).status, 503);
  EXPECT_EQ(LicensesOf(bench, kAll), json::array());
}

json Item(const std::string& id, const std::string& group, const std::string& sku_id) {
  return {{"id", id},
          {"method", "POST"},
          {"url", "/groups/" + group + "/assignLicense"},
          {"headers", {{"Content-Type", "application/json"}}},
          {"body", {{"addLicenses", Bench::License(sku_id)}, {"removeLicenses", json::array()}}}};
}

std::multiset<int> StatusesOf(const Response& response) {
  std::multiset<int> statuses;
  const json body = Parse(response);
  for (const json& answer : body.at("responses")) statuses.insert(answer.at("status").get<int>());
  return statuses;
}

TEST(LicenseGroup, WorksInABatch) {
  Bench bench;
  const Response response =
      bench.Send("POST", "/v1.0/$batch", {{"requests", json::array({Item("1", kAll, kVisio)})}});
  ASSERT_EQ(response.status, 200);
  const json answer = Parse(response)["responses"][0];
  EXPECT_EQ(answer["status"], 202) << answer;
  EXPECT_EQ(answer["body"]["id"], kAll);
  EXPECT_TRUE(answer["headers"].contains("Location"));
  EXPECT_EQ(bench.Processing(kAll), "QueuedForProcessing");
}

TEST(LicenseGroup, LosesOneOfTwoUnchainedWritesToAGroup) {
  Bench bench;
  const auto post = [&](const json& first, const json& second) {
    return StatusesOf(
        bench.Send("POST", "/v1.0/$batch", {{"requests", json::array({first, second})}}));
  };
  EXPECT_EQ(post(Item("1", kAll, kVisio), Item("2", ToUpper(kAll), kE3)),
            (std::multiset<int>{202, 409}));
  EXPECT_EQ(LicensesOf(bench, kAll).size(), 1U);
  EXPECT_EQ(post(Item("1", kAll, kF3), Item("2", kFrontline, kE3)), (std::multiset<int>{202, 202}));
  json chained = Item("2", kFrontline, kPhone);
  chained["dependsOn"] = {"1"};
  EXPECT_EQ(post(Item("1", kFrontline, kVisio), chained), (std::multiset<int>{202, 202}));
}

}  // namespace
}  // namespace seatkeeper::sim::test
