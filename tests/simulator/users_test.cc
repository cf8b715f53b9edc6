#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

std::string PathOf(const json& page) {
  return page.at("@odata.nextLink")
      .get<std::string>()
      .substr(std::string("http://graph.test").size());
}

TEST(Users, ComeWithoutLicencePropertiesUnlessSelected) {
  Bench bench;
  const json user = bench.GetJson("/v1.0/users").at("value").at(0);
  EXPECT_EQ(user.size(), 11U);
  EXPECT_TRUE(user.contains("surname")) << "unset properties are null";
  EXPECT_EQ(user["surname"], nullptr);
  EXPECT_FALSE(user.contains("assignedLicenses"));
  EXPECT_FALSE(user.contains("usageLocation"));
  const json selected =
      bench.GetJson("/v1.0/users?$select=assignedLicenses,licenseAssignmentStates,department")
          .at("value")
          .at(0);
  EXPECT_EQ(selected.size(), 3U);
  EXPECT_EQ(selected["assignedLicenses"][0]["skuId"], kE3);
  EXPECT_EQ(selected["licenseAssignmentStates"][0]["error"], "None");
}

TEST(Users, WhoAreAgentsSayWhateverIsSelected) {
  Bench bench;
  bench.Edit(
      {{{"op", "setUser"},
        {"user", kBen},
        {"set", {{"@odata.type", "#microsoft.graph.agentUser"}}}},
       {{"op", "setUser"}, {"user", kAda}, {"set", {{"@odata.type", "#microsoft.graph.user"}}}}});
  const json users = bench.GetJson("/v1.0/users?$select=id").at("value");
  EXPECT_EQ(users[0], (json{{"id", kAda}})) << "of plain users it goes without saying";
  EXPECT_EQ(users[1], (json{{"@odata.type", "#microsoft.graph.agentUser"}, {"id", kBen}}));
  EXPECT_EQ(bench.GetJson("/v1.0/users/" + kBen)["@odata.type"], "#microsoft.graph.agentUser");
}

TEST(Users, AreListedByTheHundredUnlessAskedOtherwise) {
  Bench bench(ManyUsers(1200));
  EXPECT_EQ(bench.GetJson("/v1.0/users")["value"].size(), 100U);
  EXPECT_EQ(bench.GetJson("/v1.0/users?$top=999")["value"].size(), 999U);
  EXPECT_EQ(bench.GetJson("/v1.0/users?$top=1")["value"].size(), 1U);
  for (const char* top : {"1000", "0", "-1", "many", ""}) {
    EXPECT_EQ(bench.Get(std::string("/v1.0/users?$top=") + top).status, 400) << top;
  }
}

TEST(Users, EveryoneIsOnExactlyOnePage) {
  Bench bench(ManyUsers(25));
  std::set<std::string> ids;
  std::string target = "/v1.0/users?%24select=id&$top=10";
  for (const std::size_t size : {10U, 10U, 5U}) {
    const json page = bench.GetJson(target);
    ASSERT_EQ(page["value"].size(), size);
    for (const json& user : page["value"]) ids.insert(user.at("id"));
    ASSERT_EQ(page.contains("@odata.nextLink"), size == 10U);
    if (size == 10U) target = PathOf(page);
  }
  EXPECT_EQ(ids.size(), 25U);
}

TEST(Users, DeletedBetweenPagesMakeNobodyElseBeSkipped) {
  Bench bench(ManyUsers(4));
  const json first = bench.GetJson("/v1.0/users?$top=2");
  bench.Edit({{{"op", "deleteUser"}, {"user", "user0@contoso.example"}}});
  EXPECT_EQ(bench.GetJson(PathOf(first))["value"].size(), 2U);
}

TEST(Users, PageTokensBelongToTheirQuery) {
  Bench bench(ManyUsers(5));
  const std::string next = PathOf(bench.GetJson("/v1.0/users?$top=2"));
  const std::string token = next.substr(next.find("$skiptoken="));
  for (const std::string& target : {"/v1.0/users?$top=3&" + token, "/v1.0/groups?$top=2&" + token,
                                    std::string("/v1.0/users?$top=2&$skiptoken=abc")}) {
    const Response response = bench.Get(target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_EQ(CodeOf(response), "Directory_ExpiredPageToken");
  }
}

TEST(Users, AreCountedOnTheFirstPageOfAnAdvancedQueryOnly) {
  Bench bench(ManyUsers(5));
  const json first = bench.GetJson("/v1.0/users?$top=3&$count=true", kEventual);
  EXPECT_EQ(first["@odata.count"], 5);
  EXPECT_FALSE(bench.GetJson(PathOf(first), kEventual).contains("@odata.count"));
  EXPECT_FALSE(bench.GetJson("/v1.0/users?$count=true").contains("@odata.count"));
  EXPECT_FALSE(bench.GetJson("/v1.0/users", kEventual).contains("@odata.count"));
}

TEST(Users, CountSegmentIsPlainTextAndNeedsTheHeader) {
  Bench bench;
  const Response response = bench.Get("/v1.0/users/$count", kEventual);
  EXPECT_EQ(response.body, "4");
  EXPECT_EQ(FindHeader(response.headers, "content-type"), "text/plain");
  const Response refused = bench.Get("/v1.0/users/$count");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(MessageOf(refused), "$count is not currently supported.");
}

TEST(Users, UnknownSelectionIsRefused) {
  Bench bench;
  const Response unknown = bench.Get("/v1.0/users?$select=id,colour");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(CodeOf(unknown), "Request_BadRequest");
  const Response single_only = bench.Get("/v1.0/users?$select=id,skills");
  EXPECT_EQ(single_only.status, 501);
  EXPECT_EQ(CodeOf(single_only), "NotImplemented");
  EXPECT_EQ(bench.Get("/v1.0/users/" + kAda + "?$select=id,skills").status, 200);
}

TEST(Users, OtherQueriesAreRefusedInsteadOfIgnored) {
  Bench bench;
  for (const char* query :
       {"$skip=1", "$orderby=displayName", "$expand=manager", "$search=x",
        "$filter=startswith(department,'a')", "$filter=assignedLicenses/$count%20ne%200"}) {
    const Response response = bench.Get(std::string("/v1.0/users?") + query);
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_EQ(CodeOf(response), "Request_UnsupportedQuery");
  }
  EXPECT_EQ(bench.Get("/v1.0/users?$top=1&$top=2").status, 400);
}

TEST(Users, CanBeFilteredByNameOrId) {
  Bench bench;
  const json by_name =
      bench.GetJson("/v1.0/users?$filter=userPrincipalName%20eq%20'ADA@contoso.example'");
  ASSERT_EQ(by_name["value"].size(), 1U);
  EXPECT_EQ(by_name["value"][0]["id"], kAda);
  EXPECT_EQ(bench.GetJson("/v1.0/users?$filter=id+eq+'" + kBen + "'")["value"].size(), 1U);
  EXPECT_EQ(bench.GetJson("/v1.0/users?$filter=id+eq+'ada@contoso.example'")["value"].size(), 0U);
}

TEST(Users, PageTokensExpire) {
  Bench bench(ManyUsers(5));
  SimulatorOptions options;
  const std::string next = PathOf(bench.GetJson("/v1.0/users?$top=2"));
  bench.now += options.page_life;
  bench.token = Parse(bench.Raw({"POST",
                                 "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                 {},
                                 TokenForm()}))["access_token"];
  EXPECT_EQ(bench.Get(next).status, 200);
  bench.now += std::chrono::milliseconds(1);
  const Response refused = bench.Get(next);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(CodeOf(refused), "Directory_ExpiredPageToken");
}

TEST(Users, FilteredByLicenceLoseTheirSecondPageWithoutTheHeader) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kE3}}});
  const std::string holders =
      "/v1.0/users?$top=1&$filter=assignedLicenses/any(l:l/skuId%20eq%20" + kE3 + ")";
  const json first = bench.GetJson(holders);
  ASSERT_EQ(first["value"].size(), 1U);
  EXPECT_EQ(first["value"][0]["id"], kAda);
  const Response lost = bench.Get(PathOf(first));
  EXPECT_EQ(lost.status, 400);
  EXPECT_EQ(CodeOf(lost), "Directory_ExpiredPageToken");
  EXPECT_EQ(bench.Get(PathOf(first), kEventual).status, 400) << "$count=true is missing";
  const json advanced = bench.GetJson(holders + "&$count=true", kEventual);
  EXPECT_EQ(advanced["@odata.count"], 2);
  EXPECT_EQ(bench.Get(PathOf(advanced)).status, 400) << "the header is sent with every page";
  EXPECT_EQ(bench.GetJson(PathOf(advanced), kEventual)["value"][0]["id"], kCleo);
}

TEST(Users, AdvancedFiltersNeedTheHeaderAndTheCount) {
  Bench bench;
  const std::string licensed = "/v1.0/users?$filter=assignedLicenses/$count%20ne%200";
  EXPECT_EQ(bench.GetJson(licensed + "&$count=true", kEventual)["@odata.count"], 2);
  for (const auto& [target, headers] :
       {std::pair(licensed, kEventual), {licensed + "&$count=true", Headers{}}}) {
    const Response refused = bench.Get(target, headers);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(CodeOf(refused), "Request_UnsupportedQuery");
  }
}

TEST(Users, SignInFiltersStandAloneAndCutThePage) {
  json tenant = ManyUsers(600);
  for (json& user : tenant["users"]) {
    user["signInActivity"] = {{"lastSignInDateTime", "2025-12-01T00:00:00Z"}};
  }
  Bench bench(tenant);
  const std::string old =
      "/v1.0/users?$top=999&$filter=signInActivity/lastSignInDateTime%20le%202026-01-01T00:00:00Z";
  EXPECT_EQ(bench.GetJson(old)["value"].size(), 500U);
  EXPECT_EQ(bench.Get(old + "%20and%20accountEnabled%20eq%20true").status, 400);
  SimulatorOptions options;
  options.roles = {"User.Read.All"};
  Bench without(tenant, options);
  EXPECT_EQ(without.Get(old).status, 403);
}

TEST(Users, AreReadByIdAndByName) {
  Bench bench;
  EXPECT_EQ(bench.GetJson("/v1.0/users/" + kAda)["userPrincipalName"], "ada@contoso.example");
  EXPECT_EQ(bench.GetJson("/v1.0/users/Ada%40contoso.example")["id"], kAda);
  EXPECT_EQ(bench.GetJson("/v1.0/users('ada@contoso.example')")["id"], kAda);
  const Response missing = bench.Get("/v1.0/users/nobody@contoso.example");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(CodeOf(missing), "Request_ResourceNotFound");
}

TEST(Users, SignInActivityHasRulesOfItsOwn) {
  json tenant = ManyUsers(600);
  tenant["users"][0]["signInActivity"] = {{"lastSignInDateTime", "2026-01-01T00:00:00Z"}};
  Bench bench(tenant);
  const json page = bench.GetJson("/v1.0/users?$select=signInActivity&$top=999");
  EXPECT_EQ(page["value"].size(), 500U);
  EXPECT_TRUE(page["value"][0].contains("id"));
  EXPECT_TRUE(page["value"][0].contains("signInActivity"));
  EXPECT_FALSE(page["value"][1].contains("signInActivity"));
  EXPECT_EQ(bench.Get("/v1.0/users/user0@contoso.example?$select=signInActivity").status, 400);
  SimulatorOptions options;
  options.roles = {"User.Read.All"};
  Bench without(tenant, options);
  EXPECT_EQ(without.Get("/v1.0/users?$select=signInActivity").status, 403);
}

TEST(Users, SignInActivityNeedsAPremiumTenant) {
  SimulatorOptions options;
  options.premium = false;
  Bench bench(SmallTenant(), options);
  for (const std::string& target : {std::string("/v1.0/users?$select=id,signInActivity"),
                                    "/v1.0/users/" + kAda + "?$select=signInActivity"}) {
    const Response refused = bench.Get(target);
    EXPECT_EQ(refused.status, 403) << target;
    EXPECT_EQ(CodeOf(refused), "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
  }
  EXPECT_EQ(bench.Get("/v1.0/users?$select=id,department").status, 200);
}

TEST(Users, AssignedPlansAreThoseThatAreOn) {
  Bench bench;
  const json plans = bench.GetJson("/v1.0/users/" + kAda + "?$select=assignedPlans");
  std::set<std::string> ids;
  for (const json& plan : plans["assignedPlans"]) ids.insert(plan["servicePlanId"]);
  EXPECT_EQ(ids, (std::set<std::string>{kSkypePlan, kExchangePlan}));
}

std::map<std::string, std::string> PlanStatus(Bench& bench, const std::string& user) {
  std::map<std::string, std::string> status;
  const json answer = bench.GetJson("/v1.0/users/" + user + "?$select=assignedPlans");
  for (const json& plan : answer["assignedPlans"]) {
    EXPECT_TRUE(status.emplace(plan["servicePlanId"], plan["capabilityStatus"]).second);
    EXPECT_TRUE(plan.contains("service") && plan.contains("assignedDateTime"));
  }
  return status;
}

TEST(Users, LostPlansStayAsDeletedUntilTheyComeBack) {
  Bench bench;
  bench.Assign(kAda, json::array(), {kE3});
  EXPECT_EQ(PlanStatus(bench, kAda), (std::map<std::string, std::string>{
                                         {kSkypePlan, "Deleted"}, {kExchangePlan, "Deleted"}}));
  const json state = bench.GetJson("/_sim/state");
  Bench again(state);
  EXPECT_EQ(PlanStatus(again, kAda).size(), 2U) << "a saved tenant remembers";
  again.Assign(kAda, Bench::License(kE3, {kTeamsPlan, kSkypePlan}));
  EXPECT_EQ(PlanStatus(again, kAda), (std::map<std::string, std::string>{
                                         {kSkypePlan, "Deleted"}, {kExchangePlan, "Enabled"}}));
}

TEST(Users, PlansHaveTheStatusOfTheirProduct) {
  Bench bench;
  bench.Edit({{{"op", "setSku"}, {"skuId", kE3}, {"set", {{"capabilityStatus", "Suspended"}}}}});
  EXPECT_EQ(PlanStatus(bench, kAda)[kExchangePlan], "Suspended");
}

TEST(Users, DirectoryExtensionsComeOnlyWhenSelected) {
  const std::string name = "extension_0123456789abcdef0123456789abcdef_badge";
  json tenant = ManyUsers(20);
  tenant["users"][3][name] = "B7";
  Bench bench(tenant);
  EXPECT_FALSE(bench.GetJson("/v1.0/users")["value"][3].contains(name));
  const json users = bench.GetJson("/v1.0/users?$select=" + name)["value"];
  EXPECT_EQ(users[3][name], "B7");
  std::set<bool> ways;
  for (const json& user : users) {
    if (!user.contains(name) || user[name].is_null()) ways.insert(user.contains(name));
  }
  EXPECT_EQ(ways.size(), 2U) << "never set: left out, or null";
  const std::string other = "extension_0123456789ABCDEF0123456789abcdef_BADGE";
  EXPECT_EQ(bench.GetJson("/v1.0/users?$select=" + other)["value"][3][name], "B7");
}

TEST(Users, UnknownExtensionsAreRefusedOrIgnoredByTheSeed) {
  std::set<int> answers;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    const std::string name = "extension_0123456789abcdef0123456789abcdef_nobody";
    const Response response = bench.Get("/v1.0/users?$select=id," + name);
    answers.insert(response.status);
    if (response.status == 200) {
      EXPECT_EQ(Parse(response)["value"][0].size(), 1U);
    }
    EXPECT_EQ(bench.Get("/v1.0/users?$select=extension_short_x").status, 400);
  }
  EXPECT_EQ(answers, (std::set<int>{200, 400}));
}

TEST(DirectReports, AreThoseOfOneManagerPagedWithTheirType) {
  Bench bench;
  bench.Edit({{{"op", "setManager"}, {"user", kBen}, {"manager", kAda}},
              {{"op", "setManager"}, {"user", kCleo}, {"manager", "ada@contoso.example"}},
              {{"op", "setManager"}, {"user", kDan}, {"manager", kCleo}}});
  const json first = bench.GetJson("/v1.0/users/" + kAda + "/directReports?$select=id&$top=1");
  ASSERT_EQ(first["value"].size(), 1U);
  EXPECT_EQ(first["value"][0], (json{{"@odata.type", "#microsoft.graph.user"}, {"id", kBen}}));
  const json second = bench.GetJson(PathOf(first));
  EXPECT_EQ(second["value"][0]["id"], kCleo) << "reports of reports are not among them";
  EXPECT_FALSE(second.contains("@odata.nextLink"));
  EXPECT_EQ(bench.Get("/v1.0/users/" + kAda + "/directReports/$count", kEventual).body, "2");
  EXPECT_EQ(bench.GetJson("/v1.0/users/" + kDan + "/directReports")["value"], json::array());
  EXPECT_EQ(bench.Get("/v1.0/users/" + kFrontline + "/directReports").status, 404);
}

TEST(DirectReports, FollowTheManager) {
  Bench bench;
  bench.Edit({{{"op", "setManager"}, {"user", kBen}, {"manager", kAda}},
              {{"op", "setManager"}, {"user", kCleo}, {"manager", kDan}}});
  const json state = bench.GetJson("/_sim/state");
  EXPECT_EQ(state["users"][1]["manager"]["id"], kAda);
  EXPECT_EQ(state["users"][0]["manager"], nullptr);
  Bench again(state);
  again.Edit({{{"op", "setManager"}, {"user", kBen}, {"manager", nullptr}},
              {{"op", "deleteUser"}, {"user", kDan}}});
  EXPECT_EQ(again.GetJson("/v1.0/users/" + kAda + "/directReports")["value"], json::array());
  EXPECT_EQ(again.GetJson("/_sim/state")["users"][2]["manager"], nullptr);
}

TEST(UsageLocation, CanBeSetToACountryAndNothingElseCan) {
  Bench bench;
  const std::string path = "/v1.0/users/" + kDan;
  EXPECT_EQ(bench.Send("PATCH", path, {{"usageLocation", "NO"}}).status, 204);
  EXPECT_EQ(bench.GetJson(path + "?$select=usageLocation")["usageLocation"], "NO");
  for (const json& value : {json("ZZ"), json("FRA"), json("F "), json(nullptr), json(7)}) {
    EXPECT_EQ(bench.Send("PATCH", path, {{"usageLocation", value}}).status, 400) << value;
  }
  EXPECT_EQ(bench.Send("PATCH", path, {{"department", "Sales"}}).status, 400);
  EXPECT_EQ(bench.Send("PATCH", path, {{"usageLocation", "AT"}, {"city", "Wien"}}).status, 400);
  EXPECT_EQ(bench.GetJson(path + "?$select=usageLocation")["usageLocation"], "NO");
}

TEST(Answers, CarryTheHeadersOfTheService) {
  Bench bench;
  const Response response = bench.Get("/v1.0/users", {{"client-request-id", "my-id"}});
  EXPECT_EQ(FindHeader(response.headers, "Date"), "Mon, 05 Jan 2026 08:00:00 GMT");
  EXPECT_TRUE(FindHeader(response.headers, "request-id"));
  EXPECT_EQ(FindHeader(response.headers, "client-request-id"), "my-id");
  EXPECT_EQ(FindHeader(response.headers, "x-ms-resource-unit"), "2");
  const Response cheap = bench.Get("/v1.0/users?$select=id&$top=5");
  EXPECT_EQ(FindHeader(cheap.headers, "x-ms-resource-unit"), "1");
}

TEST(Answers, ErrorsHaveTheEnvelopeOfTheService) {
  Bench bench;
  const Response response = bench.Get("/v1.0/users/nobody", {{"client-request-id", "my-id"}});
  const json inner = Parse(response)["error"]["innerError"];
  EXPECT_EQ(inner["date"], "2026-01-05T08:00:00");
  EXPECT_EQ(inner["client-request-id"], "my-id");
  EXPECT_EQ(inner["request-id"], FindHeader(response.headers, "request-id").value());
}

TEST(Answers, UnknownPathsMethodsAndVersionsAreRefused) {
  Bench bench;
  EXPECT_EQ(bench.Get("/v1.0/devices").status, 404);
  EXPECT_EQ(bench.Get("/beta/users").status, 404);
  EXPECT_EQ(bench.Get("/").status, 404);
  EXPECT_EQ(bench.Get("/v1.0/users/%zz").status, 400);
  EXPECT_EQ(bench.Send("DELETE", "/v1.0/users/" + kAda).status, 405);
}

TEST(Answers, AreTheSameForTheSameSeedAndRequests) {
  const auto play = [](std::uint64_t seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    bench.PutFaults({{{"match", {{"path", "/v1.0/users"}}},
                      {"fault", {{"kind", "status"}, {"status", 503}}},
                      {"probability", 0.5}}});
    std::string all = bench.token;
    for (int i = 0; i < 10; ++i) {
      const Response response = bench.Get("/v1.0/users");
      all += response.body;
      for (const auto& [name, value] : response.headers) all += name + value;
    }
    all += bench.Assign(kCleo, Bench::License(kE3)).body;
    return all + bench.Get("/_sim/state").body;
  };
  EXPECT_EQ(play(1), play(1));
  EXPECT_NE(play(1), play(2));
}

TEST(UsageLocation, ShowsInListsAfterTheLagAndAtOnceByItself) {
  Bench bench;
  bench.PutFaults({}, 60'000);
  const std::string path = "/v1.0/users/" + kDan;
  const auto listed = [&] {
    const json page = bench.GetJson("/v1.0/users?$select=id,usageLocation");
    for (const json& user : page["value"]) {
      if (user["id"] == kDan) return user["usageLocation"];
    }
    return json("not listed");
  };
  EXPECT_EQ(bench.Send("PATCH", path, {{"usageLocation", "NO"}}).status, 204);
  EXPECT_EQ(bench.GetJson(path + "?$select=usageLocation")["usageLocation"], "NO");
  EXPECT_EQ(listed(), nullptr);
  bench.now += std::chrono::seconds(30);
  EXPECT_EQ(bench.Send("PATCH", path, {{"usageLocation", "AT"}}).status, 204);
  bench.now += std::chrono::seconds(31);
  EXPECT_EQ(listed(), "NO");
  bench.now += std::chrono::seconds(30);
  EXPECT_EQ(listed(), "AT");
}

TEST(UsageLocation, MayNotCountAtOnceWhereWritesLag) {
  std::set<int> statuses;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    bench.PutFaults({}, 60'000);
    EXPECT_EQ(bench.Send("PATCH", "/v1.0/users/" + kDan, {{"usageLocation", "NO"}}).status, 204);
    statuses.insert(bench.Assign(kDan, Bench::License(kE3)).status);
    bench.now += std::chrono::seconds(2);
    EXPECT_EQ(bench.Assign(kDan, Bench::License(kE3)).status, 200);
  }
  EXPECT_EQ(statuses, (std::set<int>{200, 400}));
}

}  // namespace
}  // namespace seatkeeper::sim::test
