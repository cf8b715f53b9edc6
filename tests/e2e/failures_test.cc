// The service refuses or fails: what goes on, what stops, and what it is for other tenants.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <httplib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

bool HoldsDirectly(const json& user, const std::string& product) {
  const auto rows = user.value("licenseAssignmentStates", json::array());
  return std::ranges::any_of(rows, [&](const json& row) {
    return row["skuId"] == product && row["assignedByGroup"].is_null();
  });
}

class Failures : public EndToEnd {
 protected:
  /// Everybody who can be given it is granted Visio, of which there is enough.
  void GrantVisioToAll(int users, const std::string& config) {
    StartTenant({"--users", std::to_string(users), "--seed", "4"});
    WriteConfig(config);
    WritePolicy("visio.yaml",
                "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
                "metadata: {name: drawers, tenants: [all]}\nspec:\n"
                "  subjects: {rule: user.accountEnabled -eq true}\n"
                "  licenses: [{product: VISIOCLIENT}]\n");
    WritePolicy("limits.yaml",
                "apiVersion: seatkeeper/v1\nkind: Guardrails\n"
                "metadata: {name: none, tenants: [all]}\n"
                "spec: {maxAssign: off, maxChanges: off}\n");
    Edit(EnoughVisio());
    before_ = CountHolders();
  }
  static json EnoughVisio() {
    json edit{{"op", "setSku"}, {"skuId", kVisio}};
    edit["set"]["prepaidUnits"]["enabled"] = 9000;
    return json::array({edit});
  }

  static int CountHoldersIn(const json& state) {
    return static_cast<int>(std::ranges::count_if(
        state["users"], [](const json& user) { return HoldsDirectly(user, kVisio); }));
  }
  int CountHolders() const { return CountHoldersIn(State()); }

  int before_ = 0;  // Holders when nothing had been applied yet.

  json WhatGoes() const {
    const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
    json go = json::array();
    for (const auto& change : plan["changes"]) {
      if (change["verdict"] == "go") go.push_back(change);
    }
    return go;
  }

  json History() const {
    return json::parse(Seatkeeper({"history", "--format", "json", "--limit", "5000"}).out);
  }
};

TEST_F(Failures, WhatIsRefusedForOneProductsSakeGoesWithoutIt) {
  StartTenant({"--users", "100", "--seed", "4"});
  WriteConfig();
  const auto state = State();
  json user;
  for (const auto& each : state["users"]) {
    const bool located = each.contains("usageLocation") && each["usageLocation"] == "FR";
    const bool has_any = !each.value("licenseAssignmentStates", json::array()).empty();
    if (located && !has_any && each.value("accountEnabled", false)) user = each;
  }
  if (user.is_null()) {
    user = state["users"][0];
    Edit({{{"op", "addUser"},
           {"user",
            {{"id", "aaaaaaaa-0000-4000-8000-000000000001"},
             {"userPrincipalName", "new@contoso.example"},
             {"displayName", "New"},
             {"accountEnabled", true},
             {"usageLocation", "FR"}}}}});
    user = {{"id", "aaaaaaaa-0000-4000-8000-000000000001"},
            {"userPrincipalName", "new@contoso.example"}};
  }
  const auto name = user["userPrincipalName"].get<std::string>();
  WritePolicy("both.yaml", fmt::format("apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
                                       "metadata: {{name: both}}\nspec:\n"
                                       "  subjects: {{users: [{}]}}\n"
                                       "  licenses: [{{product: VISIOCLIENT}}, "
                                       "{{product: SPE_E5}}]\n",
                                       name));
  Edit({{{"op", "setSku"}, {"skuId", kE5}, {"set", {{"prepaidUnits", {{"enabled", 900}}}}}},
        {{"op", "setSku"},
         {"skuId", kVisio},
         {"set", {{"prepaidUnits", {{"enabled", 900}}}, {"prohibitedLocations", {"FR"}}}}}});
  const auto applied = Seatkeeper({"apply", "--yes", "--format", "json"});
  EXPECT_EQ(applied.exit_code, 4) << applied.err;

  const auto after = State();
  for (const auto& each : after["users"]) {
    if (each["id"] != user["id"]) continue;
    EXPECT_TRUE(HoldsDirectly(each, kE5));
    EXPECT_FALSE(HoldsDirectly(each, kVisio));
  }
  std::vector<json> lines;
  std::istringstream text(applied.out);
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  ASSERT_EQ(lines.size(), 3U) << applied.out;
  EXPECT_EQ(lines[0]["state"], "refused");
  EXPECT_THAT(lines[0]["message"].get<std::string>(),
              HasSubstr("is not available in the location"));
  EXPECT_EQ(lines[0]["add"].size(), 2U);
  EXPECT_EQ(lines[1]["state"], "accepted");
  EXPECT_EQ(lines[1]["splitOffFrom"], lines[0]["id"]);
  EXPECT_EQ(lines[1]["add"], json::array({kE5}));
  EXPECT_EQ(lines[2]["kind"], "summary");

  const auto history = History();
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0]["state"], "confirmed");
  EXPECT_EQ(history[0]["add"].size(), 1U);
  EXPECT_EQ(history[0]["add"][0]["skuId"], kE5);
  EXPECT_EQ(history[1]["state"], "refused");
  EXPECT_EQ(history[1]["add"].size(), 2U);
}

TEST_F(Failures, AServiceThatFailsIsLeftAloneUntilAProbeIsAccepted) {
  GrantVisioToAll(600, "    mode: enforce\n    interval: 1s\n");
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "/$batch"},
                             "fault": {"kind": "status", "status": 503}}])"));
  StartDaemon();
  const auto open = [this] { return Metric("seatkeeper_circuit_open{tenant=\"contoso\"}"); };
  ASSERT_TRUE(PollUntil([&] { return open() == "1"; })) << ReadFile(folder() / "daemon.err");
  EXPECT_EQ(CountHolders(), before_);
  ASSERT_TRUE(PollUntil([&] {
    return HttpGet(daemon_port(), "/readyz").find("changes are not sent: ") != std::string::npos;
  }));
  EXPECT_THAT(HttpGet(daemon_port(), "/readyz"),
              HasSubstr("tenant contoso: changes are not sent: 5 requests in a row failed"));
  EXPECT_THAT(ReadFile(folder() / "daemon.err"), HasSubstr("circuit breaker opened"));
  // Whose request may have been acted on waits; everybody else is served.
  const auto written = History().size();
  EXPECT_LE(written, 400U) << "a few requests, and a probe now and then";
  ClearFaults();
  ASSERT_TRUE(PollUntil([&] { return open() == "0"; })) << ReadFile(folder() / "daemon.err");
  EXPECT_TRUE(PollUntil([&] { return CountHolders() > before_ + 100; }))
      << ReadFile(folder() / "daemon.err");
  EXPECT_TRUE(PollUntil(
      [&] { return HttpGet(daemon_port(), "/readyz").find("not sent") == std::string::npos; }));
}

TEST_F(Failures, ApplyStopsWhenTheServiceFailsAndSaysSo) {
  GrantVisioToAll(600, "");
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "/$batch"},
                             "fault": {"kind": "status", "status": 403}}])"));
  const auto failed = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(failed.exit_code, 4) << failed.err;
  EXPECT_THAT(failed.out, HasSubstr("Stopped early: the circuit breaker is open: 5 requests in a "
                                    "row failed. Not sent: "));
  EXPECT_LE(History().size(), 160U);
  EXPECT_EQ(CountHolders(), before_);
  ClearFaults();
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0) << "a new run tries anew";
  EXPECT_GT(CountHolders(), 400);
}

/// Two tenants in one daemon; the fixture's is in trouble, the other one is not.
class TwoTenants : public Failures {
 protected:
  void Start(const std::string& faults) {
    neighbour_ = std::make_unique<Process>(
        std::vector<std::string>{SIMULATOR, "--listen", "127.0.0.1:0", "--port-file",
                                 (folder() / "other.port").string(), "--users", "60", "--seed", "9",
                                 "--tenant-id", kOther},
        folder() / "other.out", folder() / "other.err");
    ASSERT_TRUE(PollUntil([this] { return std::filesystem::exists(folder() / "other.port"); }));
    const auto base = "http://127.0.0.1:" + Port();
    const auto enough = httplib::Client("127.0.0.1", std::stoi(Port()))
                            .Patch("/_sim/state", EnoughVisio().dump(), "application/json");
    ASSERT_TRUE(enough && enough->status < 300);
    GrantVisioToAll(60, fmt::format(R"(    mode: enforce
    interval: 1s
  - name: fabrikam
    provider: graph
    tenantId: {}
    mode: enforce
    interval: 1s
    auth: {{clientId: 22222222-2222-2222-2222-222222222222, clientSecretFile: client-secret}}
    endpoints: {{graph: "{}", login: "{}"}}
)",
                                    kOther, base, base));
    SetFaults(json::parse(faults));
    StartDaemon();
  }
  std::string Port() const {
    auto text = ReadFile(folder() / "other.port");
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
  }
  double Cycles(const std::string& result) const {
    double all = 0;
    std::istringstream lines(Metrics());
    for (std::string line; std::getline(lines, line);) {
      const bool counts = line.starts_with("seatkeeper_cycles_total{") &&
                          line.find("tenant=\"fabrikam\"") != std::string::npos &&
                          line.find("result=\"" + result + "\"") != std::string::npos;
      if (counts) all += std::stod(line.substr(line.rfind(' ')));
    }
    return all;
  }
  int CountHoldersOfNeighbour() const {
    return CountHoldersIn(json::parse(HttpGet(std::stoi(Port()), "/_sim/state")));
  }
  /// The other tenant gets what it should, and is looked at again and again.
  void ExpectTheNeighbourIsServed() {
    EXPECT_TRUE(PollUntil([this] { return Cycles("ok") >= 5; }))
        << ReadFile(folder() / "daemon.err");
    EXPECT_GT(CountHoldersOfNeighbour(), 30);
    EXPECT_EQ(Cycles("failed"), 0);
    EXPECT_EQ(CountHolders(), before_) << "the trouble lasts";
  }

  static constexpr const char* kOther = "33333333-3333-3333-3333-333333333333";
  std::unique_ptr<Process> neighbour_;
};

TEST_F(TwoTenants, OneThatNeverAnswersDelaysNobody) {
  Start(R"([{"match": {"method": "GET"}, "fault": {"kind": "stall"}}])");
  ExpectTheNeighbourIsServed();
}

TEST_F(TwoTenants, OneThatIsThrottledDelaysNobody) {
  Start(R"([{"fault": {"kind": "status", "status": 429, "retryAfter": "20"}}])");
  ExpectTheNeighbourIsServed();
}

TEST_F(TwoTenants, OneThatCannotSignInDelaysNobody) {
  Start(
      R"([{"match": {"path": "*/oauth2/v2.0/token"}, "fault": {"kind": "status", "status": 401}}])");
  ExpectTheNeighbourIsServed();
}

TEST_F(TwoTenants, OneWhoseChangesHangDelaysNobody) {
  Start(R"([{"match": {"method": "POST", "path": "/$batch"}, "fault": {"kind": "stall"}}])");
  ExpectTheNeighbourIsServed();
}

TEST_F(Failures, WhatChangesBetweenPlanAndRequestIsWithdrawnOrOver) {
  // While the first requests are slow, one of the last users is deleted and another one gets by
  // hand what they are to get.
  GrantVisioToAll(300, "");
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "/$batch"}, "count": 4,
                             "fault": {"kind": "delay", "ms": 3000}}])"));
  const auto planned = WhatGoes();
  ASSERT_GT(planned.size(), 100U);
  const std::string gone = planned[planned.size() - 1]["user"]["id"];
  const std::string by_hand = planned[planned.size() - 2]["user"]["id"];
  Process apply({SEATKEEPER, "apply", "--yes"}, folder() / "apply.out", folder() / "apply.err",
                {.folder = folder(), .extra = {}});
  ASSERT_TRUE(PollUntil([this] { return EffectiveWrites() > 0; }));
  Edit(
      {{{"op", "deleteUser"}, {"user", gone}},
       {{"op", "assign"}, {"user", by_hand}, {"skuId", kVisio}, {"disabledPlans", json::array()}}});
  EXPECT_EQ(apply.Wait(), 4) << ReadFile(folder() / "apply.err");
  EXPECT_THAT(ReadFile(folder() / "apply.out"),
              HasSubstr("the user or group does not exist any more"));
  const auto history = History();
  EXPECT_EQ(history.size(), planned.size());
  for (const auto& entry : history) {
    EXPECT_EQ(entry["state"], entry["user"]["id"] == gone ? "refused" : "confirmed") << entry;
  }
  EXPECT_EQ(WhatGoes().size(), 0U) << "nothing is left to do";
}

}  // namespace
}  // namespace seatkeeper::test
