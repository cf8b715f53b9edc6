#include "tests/simulator/faults.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

json Rule(const json& match, const json& fault, const json& more = json::object()) {
  json rule{{"match", match}, {"fault", fault}};
  rule.update(more);
  return rule;
}

json Kind(const std::string& kind) { return {{"kind", kind}}; }

const json kAssignments{{"method", "POST"}, {"path", "/users/*/assignLicense"}};

TEST(Faults, StatusComesInsteadOfTheEffect) {
  Bench bench;
  bench.PutFaults({Rule(kAssignments, {{"kind", "status"},
                                       {"status", 429},
                                       {"code", ""},
                                       {"message", "slow down"},
                                       {"retryAfter", "2.128"}})});
  const Response response = bench.Assign(kCleo, Bench::License(kE3));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(FindHeader(response.headers, "Retry-After"), "2.128");
  EXPECT_EQ(CodeOf(response), "");
  EXPECT_EQ(MessageOf(response), "slow down");
  EXPECT_TRUE(Parse(response)["error"].contains("innerError"));
  EXPECT_EQ(bench.Rows(kCleo), json::array());
}

TEST(Faults, StatusHasTheUsualCodeUnlessSaidOtherwise) {
  Bench bench;
  bench.PutFaults({Rule(json::object(), {{"kind", "status"}, {"status", 429}})});
  EXPECT_EQ(CodeOf(bench.Get("/v1.0/users")), "TooManyRequests");
}

TEST(Faults, ResetDropsBeforeOrAfterTheEffect) {
  Bench bench;
  bench.PutFaults({Rule(kAssignments, Kind("reset"), {{"count", 1}}),
                   Rule(kAssignments, Kind("resetAfterEffect"))});
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3)).disposition, Disposition::kReset);
  EXPECT_EQ(bench.Rows(kCleo), json::array());
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3)).disposition, Disposition::kResetAfterEffect);
  EXPECT_EQ(bench.Rows(kCleo).size(), 1U);
  const std::vector<json> log = bench.Log();
  EXPECT_EQ(log[1]["disposition"], "reset");
  EXPECT_EQ(log[1]["effective"], false);
  EXPECT_EQ(log[3]["disposition"], "resetAfterEffect");
  EXPECT_EQ(log[3]["effective"], true);
}

TEST(Faults, StallHasNoEffect) {
  Bench bench;
  bench.PutFaults({Rule(kAssignments, Kind("stall"))});
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kE3)).disposition, Disposition::kStall);
  EXPECT_EQ(bench.Rows(kCleo), json::array());
}

TEST(Faults, DelayKeepsTheAnswer) {
  Bench bench;
  bench.PutFaults({Rule(kAssignments, {{"kind", "delay"}, {"ms", 1500}})});
  const Response response = bench.Assign(kCleo, Bench::License(kE3));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.delay, std::chrono::milliseconds(1500));
}

TEST(Faults, TruncateCutsTheBody) {
  Bench bench;
  const std::string whole = bench.Get("/v1.0/users").body;
  bench.PutFaults({Rule({{"path", "/v1.0/users"}}, Kind("truncate"))});
  const Response response = bench.Get("/v1.0/users");
  EXPECT_EQ(response.disposition, Disposition::kTruncated);
  EXPECT_EQ(response.declared_length, whole.size());
  EXPECT_EQ(response.body, whole.substr(0, whole.size() / 2));
}

TEST(Faults, MalformedIsNoJson) {
  Bench bench;
  bench.PutFaults({Rule({{"path", "/v1.0/users"}}, Kind("malformed"))});
  const Response response = bench.Get("/v1.0/users");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(json::parse(response.body, nullptr, false).is_discarded());
}

TEST(Faults, StrikeOnePageOfAListing) {
  Bench bench(ManyUsers(5));
  bench.PutFaults(
      {Rule({{"path", "/users"}, {"page", 2}}, Kind("missingValue")),
       Rule({{"path", "/users"}, {"page", "last"}}, {{"kind", "dropRows"}, {"rows", 1}})});
  json page = bench.GetJson("/v1.0/users?$top=2");
  EXPECT_EQ(page["value"].size(), 2U);
  page = bench.GetJson(page["@odata.nextLink"].get<std::string>().substr(17));
  EXPECT_FALSE(page.contains("value"));
  page = bench.GetJson(page["@odata.nextLink"].get<std::string>().substr(17));
  EXPECT_EQ(page["value"].size(), 0U) << "the one row of the last page is gone";
}

TEST(Faults, OmitAPropertyOfEveryRow) {
  Bench bench;
  bench.PutFaults({Rule({{"path", "/users"}}, {{"kind", "omit"}, {"property", "displayName"}})});
  const json page = bench.GetJson("/v1.0/users");
  ASSERT_FALSE(page["value"].empty());
  for (const auto& user : page["value"]) {
    EXPECT_FALSE(user.contains("displayName"));
    EXPECT_TRUE(user.contains("userPrincipalName"));
  }
  EXPECT_FALSE(bench.GetJson("/v1.0/users/" + kAda).contains("displayName"));
}

TEST(Faults, StrikeOneUserOnly) {
  Bench bench;
  bench.PutFaults({Rule({{"user", kCleo}}, {{"kind", "status"}, {"status", 500}})});
  EXPECT_EQ(bench.Get("/v1.0/users/cleo@contoso.example").status, 500);
  EXPECT_EQ(bench.Get("/v1.0/users/" + kAda).status, 200);
  EXPECT_EQ(bench.Get("/v1.0/users").status, 200);
}

TEST(Faults, SkipCountAndProbability) {
  Bench bench;
  bench.PutFaults({Rule({{"method", "get"}, {"path", "subscribedSkus"}},
                        {{"kind", "status"}, {"status", 503}}, {{"skip", 1}, {"count", 2}})});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(bench.Get("/v1.0/subscribedSkus").status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 503, 503, 200}));
  const json rule = bench.GetJson("/_sim/faults")["faults"][0];
  EXPECT_EQ(rule["seen"], 4);
  EXPECT_EQ(rule["struck"], 2);

  bench.PutFaults({Rule(json::object(), {{"kind", "status"}}, {{"probability", 0.3}})});
  int struck = 0;
  for (int i = 0; i < 1000; ++i) struck += bench.Get("/v1.0/organization").status == 503 ? 1 : 0;
  EXPECT_GT(struck, 240);
  EXPECT_LT(struck, 360);
}

TEST(Faults, ReachIntoBatches) {
  Bench bench;
  bench.PutFaults({Rule(kAssignments, {{"kind", "status"}, {"status", 429}, {"retryAfter", "7"}},
                        {{"count", 1}})});
  const json body{{"addLicenses", Bench::License(kE3)}, {"removeLicenses", json::array()}};
  json item{{"id", "1"},
            {"method", "POST"},
            {"url", "/users/" + kCleo + "/assignLicense"},
            {"headers", {{"Content-Type", "application/json"}}},
            {"body", body}};
  const Response throttled =
      bench.Send("POST", "/v1.0/$batch", {{"requests", json::array({item})}});
  EXPECT_EQ(throttled.status, 200);
  const json answer = Parse(throttled)["responses"][0];
  EXPECT_EQ(answer["status"], 429);
  EXPECT_EQ(answer["headers"]["Retry-After"], "7");

  bench.PutFaults({Rule(kAssignments, Kind("resetAfterEffect"))});
  EXPECT_EQ(bench.Send("POST", "/v1.0/$batch", {{"requests", json::array({item})}}).disposition,
            Disposition::kResetAfterEffect);
  EXPECT_EQ(bench.Rows(kCleo).size(), 1U);

  bench.PutFaults({Rule({{"path", "$batch"}}, {{"kind", "status"}, {"status", 504}})});
  EXPECT_EQ(bench.Send("POST", "/v1.0/$batch", {{"requests", json::array({item})}}).status, 504);
}

TEST(Faults, StrikeTheTokenEndpoint) {
  Bench bench;
  bench.PutFaults({Rule({{"path", "*/oauth2/v2.0/token"}}, {{"kind", "status"}, {"status", 500}})});
  const std::string path = "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";
  EXPECT_EQ(bench.Raw({"POST", path, {}, TokenForm()}).status, 500);
}

TEST(Faults, NeverStrikeTheControlPlaneAndCanBeLifted) {
  Bench bench;
  bench.PutFaults({Rule(json::object(), Kind("reset"))});
  EXPECT_EQ(bench.Get("/_sim/healthz").body, "ok\n");
  EXPECT_EQ(bench.Send("DELETE", "/_sim/faults").status, 204);
  EXPECT_EQ(bench.Get("/v1.0/users").status, 200);
  EXPECT_EQ(bench.GetJson("/_sim/faults"),
            (json{{"lag", 0}, {"replicas", 1}, {"busy", 0}, {"faults", json::array()}}));
}

TEST(Faults, ANextLinkMayGoRoundInACircleOrElsewhere) {
  Bench bench(ManyUsers(5));
  bench.PutFaults({Rule({{"path", "/users"}, {"page", "last"}}, Kind("nextLink"))});
  const std::string first = "http://graph.test/v1.0/users?$top=3";
  const json page = bench.GetJson("/v1.0/users?$top=3");
  EXPECT_NE(page["@odata.nextLink"], first) << "only the last page is struck";
  const std::string next = page["@odata.nextLink"].get<std::string>();
  const json last = bench.GetJson(next.substr(17));
  EXPECT_EQ(last["value"].size(), 2U);
  EXPECT_EQ(last["@odata.nextLink"], next) << "for ever";
  bench.PutFaults({Rule({{"path", "/users"}},
                        {{"kind", "nextLink"}, {"url", "https://elsewhere.example/v1.0/users"}})});
  EXPECT_EQ(bench.GetJson("/v1.0/users")["@odata.nextLink"],
            "https://elsewhere.example/v1.0/users");
  EXPECT_FALSE(bench.GetJson("/v1.0/users/user0@contoso.example").contains("@odata.nextLink"));
}

TEST(Faults, AnEmptyPageLosesNothing) {
  Bench bench(ManyUsers(5));
  bench.PutFaults({Rule({{"path", "/users"}, {"page", 2}}, Kind("emptyPage"), {{"count", 1}})});
  std::set<std::string> ids;
  std::vector<std::size_t> sizes;
  for (std::string target = "/v1.0/users?$top=3"; !target.empty();) {
    const json page = bench.GetJson(target);
    sizes.push_back(page["value"].size());
    for (const json& user : page["value"]) ids.insert(user["id"]);
    const std::string link = page.value("@odata.nextLink", "");
    target = link.empty() ? "" : link.substr(17);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 0, 2}));
  EXPECT_EQ(ids.size(), 5U);
}

TEST(Faults, GoneSaysWhereToStartOver) {
  Bench bench;
  bench.PutFaults(
      {Rule({{"path", "/users/delta"}},
            {{"kind", "status"}, {"status", 410}, {"location", "http://graph.test/x"}})});
  const Response gone = bench.Get("/v1.0/users/delta");
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(CodeOf(gone), "resyncRequired");
  EXPECT_EQ(FindHeader(gone.headers, "Location"), "http://graph.test/x");
}

TEST(Faults, AreDrawnAgainFromTheirOwnSeed) {
  const auto drawn = [](Bench& bench, int seed) {
    const json rule = Rule(json::object(), {{"kind", "status"}}, {{"probability", 0.5}});
    const json document{{"seed", seed}, {"faults", json::array({rule})}};
    EXPECT_EQ(bench.Send("PUT", "/_sim/faults", document).status, 204);
    std::string all;
    for (int i = 0; i < 40; ++i) all += bench.Get("/v1.0/organization").status == 200 ? '.' : 'x';
    return all;
  };
  Bench bench;
  const std::string first = drawn(bench, 7);
  EXPECT_EQ(drawn(bench, 7), first) << "whatever was drawn before";
  EXPECT_NE(drawn(bench, 8), first);
}

TEST(Faults, LagHidesAWriteFromLists) {
  Bench bench;
  bench.PutFaults({}, 60'000);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  bench.now += std::chrono::seconds(30);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200);
  const auto listed = [&] {
    return bench
        .GetJson(
            "/v1.0/users?$select=licenseAssignmentStates")["value"][2]["licenseAssignmentStates"]
        .size();
  };
  EXPECT_EQ(bench.Rows(kCleo).size(), 2U) << "a read by id sees it at once";
  EXPECT_EQ(listed(), 0U);
  bench.now += std::chrono::seconds(30);
  EXPECT_EQ(listed(), 1U);
  bench.now += std::chrono::seconds(30);
  EXPECT_EQ(listed(), 2U);
}

TEST(Faults, ABareListOfRulesWillDo) {
  Bench bench;
  bench.PutFaults({}, 5);
  EXPECT_EQ(
      bench.Send("PUT", "/_sim/faults", json::array({Rule(json::object(), Kind("stall"))})).status,
      204);
  const json document = bench.GetJson("/_sim/faults");
  EXPECT_EQ(document["lag"], 0);
  EXPECT_EQ(document["faults"].size(), 1U);
}

TEST(Faults, InvalidRulesAreRefusedWhole) {
  Bench bench;
  bench.PutFaults({Rule(json::object(), Kind("stall"))}, 5);
  const json good = Rule(json::object(), Kind("reset"));
  for (const json& bad :
       {Rule(json::object(), Kind("flood")), Rule({{"paht", "x"}}, Kind("reset")),
        Rule({{"page", "first"}}, Kind("reset")), Rule({{"page", 0}}, Kind("reset")),
        Rule(json::object(), {{"kind", "reset"}, {"status", 500}}),
        Rule(json::object(), {{"kind", "status"}, {"status", 200}}),
        Rule(json::object(), Kind("reset"), {{"probability", 2}}),
        Rule(json::object(), Kind("reset"), {{"count", -1}}), json{{"match", json::object()}}}) {
    const Response response = bench.Send("PUT", "/_sim/faults", {good, bad});
    EXPECT_EQ(response.status, 400) << bad;
    EXPECT_THAT(MessageOf(response), testing::HasSubstr("faults[1]"));
  }
  EXPECT_EQ(bench.GetJson("/_sim/faults")["lag"], 5);
}

}  // namespace
}  // namespace seatkeeper::sim::test
