#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Apply : public EndToEnd {
 protected:
  // On top of the drift that the tenant comes with: somebody takes the suite from so many sellers.
  void DriftFurther(int users) const;
};

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";

std::set<std::string> Held(const json& user) {
  std::set<std::string> products;
  for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
    if (row["assignedByGroup"].is_null()) products.insert(row["skuId"]);
  }
  return products;
}

void Apply::DriftFurther(int users) const {
  const auto state = State();
  json edits = json::array();
  for (const auto& user : state["users"]) {
    if (static_cast<int>(edits.size()) == users) break;
    if (user.contains("department") && user["department"] == "Sales" && Held(user).contains(kE3)) {
      edits.push_back({{"op", "unassign"}, {"user", user["id"]}, {"skuId", kE3}});
    }
  }
  Edit(edits);
}

bool Is(const json& user, const char* key, const char* value) {
  return user.contains(key) && user[key] == value;
}

// What the example policies say of the suites, in other words than theirs.
void ExpectSuitesAsThePolicySays(const json& state) {
  const std::set<std::string> e3_departments{"Sales",      "Support", "Marketing", "Finance",
                                             "Operations", "HR",      "Legal"};
  for (const auto& user : state["users"]) {
    const bool employed =
        user.value("accountEnabled", false) && Is(user, "employeeType", "Employee");
    const bool located = user.contains("usageLocation") && user["usageLocation"].is_string();
    const auto department = user.contains("department") && user["department"].is_string()
                                ? user["department"].get<std::string>()
                                : "";
    const bool wants_e5 = employed && (department == "Engineering" || department == "IT");
    const bool wants_e3 = employed && e3_departments.contains(department);
    const auto held = Held(user);
    const std::map<std::string, bool> wanted{{kE5, wants_e5}, {kE3, wants_e3}};
    for (const auto& [product, wants] : wanted) {
      if (!wants) {
        EXPECT_THAT(held, Not(Contains(product))) << user;
      } else if (located) {
        EXPECT_THAT(held, Contains(product)) << user;
      }
    }
  }
}

TEST_F(Apply, ConvergesInOneGo) {
  StartTenant({"--users", "2000", "--seed", "1"});
  WriteConfig();
  UseExamplePolicies();
  DriftFurther(80);
  const int edits = EffectiveWrites();
  const auto planned = Seatkeeper({"plan", "--format", "json"});
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  const auto changes = json::parse(planned.out)["changes"].size();
  EXPECT_GE(changes, 300U) << "that many users have drifted";

  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  ExpectSuitesAsThePolicySays(State());

  const auto again = Seatkeeper({"plan", "--detailed-exitcode", "--format", "json"});
  EXPECT_EQ(again.exit_code, 0) << again.out.substr(0, 2000);
  EXPECT_EQ(json::parse(again.out)["changes"].size(), 0U);
  EXPECT_EQ(EffectiveWrites() - edits, static_cast<int>(changes));
}

TEST_F(Apply, AFreezeKeepsWhatEverybodyHasAndLetsThemGain) {
  StartTenant({"--users", "400", "--seed", "3"});
  WriteConfig();
  UseExamplePolicies();
  DriftFurther(20);
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto day = [](std::chrono::year_month_day date) {
    return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()));
  };
  WritePolicy("freeze.yaml",
              fmt::format("apiVersion: seatkeeper/v1\nkind: Guardrails\n"
                          "metadata: {{name: audit}}\nspec:\n  freezes: [{{from: {}, to: {}}}]\n",
                          day(today - std::chrono::days(1)), day(today + std::chrono::days(1))));
  const auto before = State();
  const auto frozen = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(frozen.exit_code, 0) << frozen.err;
  const auto after = State();
  int gained = 0;
  for (std::size_t i = 0; i < before["users"].size(); ++i) {
    const auto had = Held(before["users"][i]);
    const auto has = Held(after["users"][i]);
    EXPECT_TRUE(std::includes(has.begin(), has.end(), had.begin(), had.end()));
    gained += has.size() > had.size();
  }
  EXPECT_GE(gained, 20);

  const auto planned = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  EXPECT_GT(planned["changes"].size(), 0U);
  const auto opens = day(today + std::chrono::days(2)) + "T00:00:00Z, freeze of audit from";
  for (const auto& change : planned["changes"]) {
    EXPECT_EQ(change["verdict"], "deferred") << change;
    EXPECT_TRUE(change["until"].get<std::string>().starts_with(opens)) << change;
  }
  const auto user = planned["changes"][0]["user"]["userPrincipalName"].get<std::string>();
  EXPECT_THAT(Seatkeeper({"explain", user}).out, HasSubstr("waits until " + opens));

  std::filesystem::remove(folder() / "policies/freeze.yaml");
  const auto early = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(early.exit_code, 3) << "a freeze that ends before its time loosens a guardrail";
  EXPECT_THAT(early.out, HasSubstr("suspicious-revision"));
  ApproveAll("the audit is over");
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  ExpectSuitesAsThePolicySays(State());
}

TEST_F(Apply, HoldsWhatIsTooMuchAndDoesTheRest) {
  StartTenant({"--users", "1000", "--seed", "2"});
  WriteConfig();
  UseExamplePolicies();
  std::filesystem::remove(folder() / "policies/guardrails.yaml");
  const auto planned = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  std::set<std::string> held_users;
  for (const auto& change : planned["changes"]) {
    if (change["verdict"] == "held") held_users.insert(change["user"]["id"]);
  }
  ASSERT_GT(held_users.size(), 25U);
  const auto before = State();
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 3);
  const auto after = State();
  EXPECT_GT(EffectiveWrites(), 0);
  for (std::size_t i = 0; i < before["users"].size(); ++i) {
    const auto& user = before["users"][i];
    if (!held_users.contains(user["id"])) continue;
    const auto now = Held(after["users"][i]);
    for (const auto& product : Held(user)) EXPECT_THAT(now, Contains(product)) << user;
  }
}

TEST_F(Apply, AsksBeforeItChangesAnything) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  const auto done = Seatkeeper({"apply"});
  EXPECT_EQ(done.exit_code, 64) << "no terminal to ask on, and no --yes";
  EXPECT_THAT(done.err, HasSubstr("--yes"));
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(Apply, RefusesASavedPlanThatNoLongerHolds) {
  StartTenant({"--users", "200"});
  WriteConfig();
  UseExamplePolicies();
  ASSERT_EQ(Seatkeeper({"plan", "--out", "saved.json"}).exit_code, 0);
  const auto saved = json::parse(ReadFile(folder() / "saved.json"));
  const auto user = saved["changes"][0]["user"];
  Edit({{{"op", "setUser"},
         {"user", user["id"]},
         {"set", {{"accountEnabled", false}, {"department", "Elsewhere"}}}}});
  const auto refused = Seatkeeper({"apply", "saved.json", "--yes"});
  EXPECT_EQ(refused.exit_code, 1) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr(user["userPrincipalName"].get<std::string>()));
  EXPECT_EQ(EffectiveWrites(), 0);

  ASSERT_EQ(Seatkeeper({"plan", "--out", "fresh.json"}).exit_code, 0);
  EXPECT_EQ(Seatkeeper({"apply", "fresh.json", "--yes"}).exit_code, 0);
  EXPECT_GT(EffectiveWrites(), 0);
}

TEST_F(Apply, ReportsEachFailureWithItsReason) {
  StartTenant({"--users", "200"});
  WriteConfig();
  UseExamplePolicies();
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "*assignLicense"}, "count": 1,
      "fault": {"kind": "status", "status": 400, "code": "Request_BadRequest",
                "message": "License assignment failed because service plan A depends on B"}}])"));
  const auto done = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(done.exit_code, 4) << done.err;
  EXPECT_THAT(done.out + done.err, HasSubstr("depends on"));
  const auto history = json::parse(Seatkeeper({"history", "--format", "json"}).out);
  int refused = 0;
  for (const auto& entry : history) refused += entry["state"] == "refused" ? 1 : 0;
  EXPECT_EQ(refused, 1);
}

TEST_F(Apply, RecoversFromBeingKilled) {
  StartTenant({"--users", "1500", "--seed", "3"});
  WriteConfig();
  UseExamplePolicies();
  SetFaults(json::parse(R"([{"match": {"method": "POST", "path": "/$batch"},
                             "fault": {"kind": "delay", "ms": 30}}])"));
  {
    Process apply({SEATKEEPER, "apply", "--yes"}, folder() / "apply.out", folder() / "apply.err",
                  {.folder = folder(), .extra = {}});
    ASSERT_TRUE(PollUntil([this] { return EffectiveWrites() > 20; }));
    apply.Signal(SIGKILL);
    EXPECT_EQ(apply.Wait(), 128 + SIGKILL);
  }
  ClearFaults();
  const int before = EffectiveWrites();
  const auto blocked = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(blocked.exit_code, 1) << "the dead process holds the lease for up to two minutes";
  EXPECT_THAT(blocked.err, HasSubstr("is being changed by"));
  EXPECT_EQ(EffectiveWrites(), before);
  // Every change that reached the tenant had been written down before.
  const auto history =
      json::parse(Seatkeeper({"history", "--format", "json", "--limit", "5000"}).out);
  EXPECT_GE(static_cast<int>(history.size()), before);
}

}  // namespace
}  // namespace seatkeeper::test
