#include "tests/simulator/control.h"

#include <gmock/gmock.h>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(State, ReadAndPutBackIsTheSame) {
  Bench bench;
  const json state = bench.GetJson("/_sim/state");
  EXPECT_EQ(state["apiVersion"], "seatkeeper/v1");
  EXPECT_EQ(state["kind"], "Snapshot");
  EXPECT_EQ(state["readAt"], "2026-01-05T08:00:00Z");
  EXPECT_EQ(state["users"][0]["assignedLicenses"][0]["skuId"], kE3);
  EXPECT_EQ(state["groups"][1]["members"], (json{kAda, kFrontline}));
  Bench other(ManyUsers(3));
  EXPECT_EQ(other.Send("PUT", "/_sim/state", state).status, 204);
  EXPECT_EQ(other.GetJson("/_sim/state"), state);
}

TEST(State, InvalidDocumentsChangeNothing) {
  Bench bench;
  const json before = bench.GetJson("/_sim/state");
  const Response response = bench.Send("PUT", "/_sim/state", {{"users", {{{"name", "x"}}}}});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(MessageOf(response), HasSubstr("users[0].id"));
  EXPECT_EQ(bench.GetJson("/_sim/state"), before);
}

TEST(Edits, ActAsAnAdministratorWould) {
  Bench bench;
  bench.Edit({{{"op", "addUser"},
               {"user", {{"userPrincipalName", "eve@contoso.example"}, {"usageLocation", "FR"}}}},
              {{"op", "assign"},
               {"user", "eve@contoso.example"},
               {"skuId", ToUpper(kE3)},
               {"disabledPlans", {kTeamsPlan}}},
              {{"op", "setUser"},
               {"id", kBen},
               {"set", {{"accountEnabled", false}, {"department", nullptr}}}},
              {{"op", "unassign"}, {"user", kAda}, {"skuId", kE3}},
              {{"op", "addGroup"},
               {"group",
                {{"displayName", "New"},
                 {"members", {kCleo}},
                 {"assignedLicenses", Bench::License(kVisio)}}}},
              {{"op", "deleteUser"}, {"user", kDan}}});
  EXPECT_EQ(bench.Rows("eve@contoso.example")[0]["disabledPlans"], json::array({kTeamsPlan}));
  EXPECT_EQ(bench.Rows(kAda), json::array());
  EXPECT_EQ(bench.Rows(kCleo)[0]["skuId"], kVisio);
  EXPECT_EQ(bench.Get("/v1.0/users/" + kDan).status, 404);
  EXPECT_EQ(bench.Consumed(kE3), 1);
  const json ben = bench.GetJson("/v1.0/users/" + kBen + "?$select=accountEnabled,department");
  EXPECT_EQ(ben["accountEnabled"], false);
  EXPECT_EQ(ben["department"], nullptr);
}

TEST(Edits, OfNamesKeepTheIndexRight) {
  Bench bench;
  bench.Edit({{{"op", "setUser"},
               {"user", kAda},
               {"set", {{"userPrincipalName", "ada.new@contoso.example"}}}}});
  EXPECT_EQ(bench.GetJson("/v1.0/users/ADA.new@contoso.example")["id"], kAda);
  EXPECT_EQ(bench.Get("/v1.0/users/ada@contoso.example").status, 404);
  EXPECT_EQ(bench
                .Send("PATCH", "/_sim/state",
                      {{{"op", "setUser"},
                        {"user", kBen},
                        {"set", {{"userPrincipalName", "ada.new@contoso.example"}}}}})
                .status,
            400);
}

TEST(Edits, DeletingFreesSeatsAndMemberships) {
  Bench bench;
  bench.Edit({{{"op", "deleteUser"}, {"user", kAda}}, {{"op", "deleteGroup"}, {"group", kAll}}});
  EXPECT_EQ(bench.Consumed(kE3), 0);
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kAll).status, 404);
  bench.Edit({{{"op", "removeMember"}, {"group", kFrontline}, {"user", kBen}}});
  EXPECT_EQ(bench.Consumed(kF3), 0);
}

TEST(Edits, AreAllOrNone) {
  Bench bench;
  const json before = bench.GetJson("/_sim/state");
  const json good{{"op", "deleteUser"}, {"user", kAda}};
  for (const json& bad :
       {json{{"op", "explode"}}, json{{"op", "deleteUser"}, {"user", "nobody"}}, json(7),
        json{{"op", "assign"}, {"user", kDan}, {"skuId", kE3}},
        json{{"op", "unassign"}, {"user", kBen}, {"skuId", kF3}},
        json{{"op", "addMember"}, {"group", kFrontline}, {"user", kBen}},
        json{{"op", "removeMember"}, {"group", kFrontline}, {"user", kCleo}},
        json{{"op", "deleteGroup"}, {"group", kFrontline}},
        json{{"op", "setUser"}, {"user", kBen}, {"set", {{"id", kCleo}}}},
        json{{"op", "setGroup"}, {"group", kAll}, {"set", {{"members", json::array()}}}},
        json{{"op", "setSku"}, {"skuId", kE3}, {"set", {{"consumedUnits", 0}}}}}) {
    const Response response = bench.Send("PATCH", "/_sim/state", {good, bad});
    EXPECT_EQ(response.status, 400) << bad;
    EXPECT_THAT(MessageOf(response), HasSubstr("operation 1"));
  }
  EXPECT_EQ(bench.Send("PATCH", "/_sim/state", good).status, 400) << "not a list";
  EXPECT_EQ(bench.GetJson("/_sim/state"), before);
}

TEST(Log, TellsWhatWasAskedAndAnswered) {
  Bench bench;
  bench.Send("POST", "/v1.0/users/" + kCleo + "/assignLicense",
             {{"addLicenses", Bench::License(kE3)}, {"removeLicenses", json::array()}},
             {{"client-request-id", "mine"}});
  bench.Get("/v1.0/users/nobody");
  const std::vector<json> log = bench.Log();
  ASSERT_EQ(log.size(), 3U) << "the control plane's own requests are not in it";
  EXPECT_EQ(log[1]["n"], 2);
  EXPECT_EQ(log[1]["at"], "2026-01-05T08:00:00Z");
  EXPECT_EQ(log[1]["method"], "POST");
  EXPECT_EQ(log[1]["target"], "/v1.0/users/" + kCleo + "/assignLicense");
  EXPECT_EQ(log[1]["user"], kCleo);
  EXPECT_EQ(log[1]["body"]["addLicenses"][0]["skuId"], kE3);
  EXPECT_EQ(log[1]["effective"], true);
  EXPECT_EQ(log[1]["clientRequestId"], "mine");
  EXPECT_EQ(log[2]["status"], 404);
  EXPECT_EQ(json::parse(bench.Get("/_sim/log?since=2").body)["n"], 3);
  EXPECT_EQ(bench.Get("/_sim/log?since=3").body, "");
  EXPECT_EQ(bench.Get("/_sim/log?since=x").status, 400);
}

TEST(Log, HoldsNoSecretsAndNoTokens) {
  Bench bench;
  bench.Get("/v1.0/users");
  const std::string log = bench.Get("/_sim/log").body;
  EXPECT_THAT(log, testing::Not(HasSubstr("simulated-secret")));
  EXPECT_THAT(log, testing::Not(HasSubstr(bench.token)));
}

TEST(Control, NeedsNoTokenAndKnowsItsLimits) {
  Bench bench;
  EXPECT_EQ(bench.Raw({"GET", "/_sim/healthz"}).status, 200);
  EXPECT_EQ(bench.Raw({"GET", "/_sim/nothing"}).status, 404);
  EXPECT_EQ(bench.Raw({"POST", "/_sim/state"}).status, 405);
  EXPECT_EQ(bench.Raw({"PUT", "/_sim/log"}).status, 405);
  EXPECT_EQ(bench.Raw({"PUT", "/_sim/state", {}, "{"}).status, 400);
}

TEST(Clock, TheDateOfAnswersCanBeWrongAndNothingElseIs) {
  SimulatorOptions options;
  options.clock_skew = std::chrono::seconds(-60);
  Bench bench(SmallTenant(), options);
  const auto date = [&] { return *FindHeader(bench.Get("/v1.0/users").headers, "Date"); };
  EXPECT_EQ(date(), "Mon, 05 Jan 2026 07:59:00 GMT");
  EXPECT_EQ(bench.GetJson("/_sim/clock"), (json{{"skewSeconds", -60}}));
  EXPECT_EQ(bench.Send("PUT", "/_sim/clock", {{"skewSeconds", 600}}).status, 204);
  EXPECT_EQ(date(), "Mon, 05 Jan 2026 08:10:00 GMT");
  EXPECT_EQ(bench.GetJson("/_sim/state")["readAt"], "2026-01-05T08:00:00Z");
  EXPECT_EQ(bench.Send("PUT", "/_sim/clock", {{"skew", 1}}).status, 400);
}

}  // namespace
}  // namespace seatkeeper::sim::test
