#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Ids = std::set<std::string>;
using Chooser = std::function<bool(const json& user)>;

constexpr const char* kCostCenter = "extension_8f0c1d2e3a4b5c6d7e8f901234567890_costCenter";
constexpr const char* kExchange = "efb87545-963c-4e0d-99df-69c6916d9eb0";
constexpr const char* kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

struct Case {
  std::string rule;
  Chooser expected;
};

// The moment as Graph writes it, so that moments compare as texts.
std::string DaysFromNow(int days) {
  const auto at = std::chrono::system_clock::now() + std::chrono::hours(24 * days);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

std::string TextOf(const json& user, const char* name) {
  const auto value = user.value(name, json());
  return value.is_string() ? value.get<std::string>() : "";
}

std::string SignIn(const json& user, const char* name) {
  const auto at = TextOf(user.value("signInActivity", json::object()), name);
  return at.starts_with("0001-") ? "" : at;
}

bool HasPlan(const json& user, const std::string& plan_id, const std::string& status) {
  return std::ranges::any_of(user.at("assignedPlans"), [&](const json& plan) {
    return plan["servicePlanId"] == plan_id && plan["capabilityStatus"] == status;
  });
}

class Rules : public EndToEnd {
 protected:
  void Start(const std::vector<std::string>& arguments) {
    StartTenant(arguments);
    WriteConfig();
    state_ = State();
  }

  Ids Expected(const Chooser& chooser) const {
    Ids ids;
    for (const auto& user : state_["users"]) {
      if (chooser(user)) ids.insert(user["id"]);
    }
    return ids;
  }
  const json& GroupNamed(const std::string& name) const {
    const auto& groups = state_["groups"];
    return *std::ranges::find_if(groups, [&](const json& g) { return g["displayName"] == name; });
  }
  /// Whoever most users report to.
  std::string BusiestManager() const {
    std::map<std::string, int> reports;
    for (const auto& user : state_["users"]) {
      if (!user["manager"].is_null()) ++reports[user["manager"]["id"]];
    }
    return std::ranges::max_element(reports, {}, [](const auto& each) { return each.second; })
        ->first;
  }

  Ids Selected(const std::string& rule) const {
    const auto done = Seatkeeper({"select", rule, "--format", "json"});
    EXPECT_EQ(done.exit_code, 0) << rule << "\n" << done.err;
    Ids ids;
    if (done.exit_code != 0) return ids;
    for (const auto& user : json::parse(done.out)) ids.insert(user["id"]);
    return ids;
  }

  std::vector<Case> PropertyCases() const;
  std::vector<Case> DateCases() const;
  std::vector<Case> LinkCases() const;
  void ExpectEach(const std::vector<Case>& cases) const {
    for (const auto& [rule, expected] : cases) {
      const auto wanted = Expected(expected);
      EXPECT_FALSE(wanted.empty()) << rule << " shows nothing";
      EXPECT_LT(wanted.size(), state_["users"].size()) << rule << " shows nothing";
      EXPECT_EQ(Selected(rule), wanted) << rule;
    }
  }

  void WriteGrant(const std::string& name, const std::string& rule, const std::string& product) {
    WritePolicy(name + ".yaml", fmt::format(R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {{name: {}}}
spec:
  subjects:
    rule: >-
      {}
  licenses: [{{product: {}}}]
)",
                                            name, rule, product));
  }

  json state_;
};

std::vector<Case> Rules::PropertyCases() const {
  return {
      {R"(user.proxyAddresses -any (_ -endsWith "@mail.contoso.example"))",
       [](const json& user) { return user["proxyAddresses"].size() == 2; }},
      {R"(user.otherMails -eq null)", [](const json& user) { return user["otherMails"].empty(); }},
      {fmt::format(R"(user.assignedPlans -any (assignedPlan.servicePlanId -eq "{}" -and )"
                   R"(assignedPlan.capabilityStatus -eq "Enabled"))",
                   kExchange),
       [](const json& user) { return HasPlan(user, kExchange, "Enabled"); }},
      {R"(user.assignedPlans -any (assignedPlan.capabilityStatus -eq "deleted"))",
       [](const json& user) {
         return std::ranges::any_of(user["assignedPlans"], [](const json& plan) {
           return plan["capabilityStatus"] == "Deleted";
         });
       }},
      {fmt::format(R"(user.{} -eq "cc-1100")", kCostCenter),
       [](const json& user) { return TextOf(user, kCostCenter) == "CC-1100"; }},
      {fmt::format(R"(user.{} -eq null)", kCostCenter),
       [](const json& user) { return TextOf(user, kCostCenter).empty(); }},
      {R"(user.telephoneNumber -startsWith "+1 555 01")",
       [](const json& user) { return !user["businessPhones"].empty(); }},
      {R"(user.sipProxyAddress -eq null)",
       [](const json& user) { return user["imAddresses"].empty(); }},
      {R"(user.facsimileTelephoneNumber -ne null)",
       [](const json& user) { return !TextOf(user, "faxNumber").empty(); }},
      {R"(user.onPremisesDistinguishedName -contains "OU=Legal,")",
       [](const json& user) { return TextOf(user, "department") == "Legal"; }},
      {R"(user.passwordPolicies -eq "DisablePasswordExpiration")",
       [](const json& user) { return !TextOf(user, "passwordPolicies").empty(); }}};
}

std::vector<Case> Rules::DateCases() const {
  return {{"user.employeeHireDate -ge system.now",
           [](const json& user) { return TextOf(user, "employeeHireDate") >= DaysFromNow(0); }},
          {"user.employeeHireDate -ge system.now -minus p365d",
           [](const json& user) { return TextOf(user, "employeeHireDate") >= DaysFromNow(-365); }},
          {"user.createdDateTime -eq null",
           [](const json& user) { return TextOf(user, "createdDateTime").empty(); }},
          {"user.signInActivity.lastSignInDateTime -le system.now -minus p90d",
           [](const json& user) {
             const auto at = SignIn(user, "lastSignInDateTime");
             return !at.empty() && at <= DaysFromNow(-90);
           }},
          {"user.signInActivity.lastSuccessfulSignInDateTime -eq null",
           [](const json& user) { return SignIn(user, "lastSuccessfulSignInDateTime").empty(); }}};
}

std::vector<Case> Rules::LinkCases() const {
  const auto& engineers = GroupNamed("All Engineers");
  const auto& visio = GroupNamed("Visio Users");
  const auto is_member = [](const json& group, const json& user) {
    const auto& members = group["members"];
    return std::ranges::find(members, user["id"]) != members.end();
  };
  const auto manager = BusiestManager();
  return {{fmt::format("user.memberOf -any (group.objectId -in ['{}', '{}'])",
                       engineers["id"].get<std::string>(), visio["id"].get<std::string>()),
           [&, is_member](const json& user) {
             return is_member(engineers, user) || is_member(visio, user);
           }},
          {fmt::format(R"(Direct Reports for "{}")", manager), [manager](const json& user) {
             return user["manager"].is_object() && user["manager"]["id"] == manager;
           }}};
}

TEST_F(Rules, SelectWhomTheTenantSaysTheyDo) {
  Start({"--users", "700"});
  ExpectEach(PropertyCases());
  ExpectEach(DateCases());
  ExpectEach(LinkCases());
}

TEST_F(Rules, PlanFromTheTenantOrFromItsSnapshot) {
  Start({"--users", "600"});
  Edit({{{"op", "setSku"}, {"skuId", kVisio}, {"set", {{"prepaidUnits", {{"enabled", 999}}}}}}});
  const auto reports = LinkCases().back();
  WriteGrant("reports", reports.rule, "VISIOCLIENT");
  const auto only = Seatkeeper({"plan", "--format", "json"});
  ASSERT_EQ(only.exit_code, 0) << only.err;
  Ids added;
  const auto plan = json::parse(only.out);
  for (const auto& change : plan["changes"]) added.insert(change["user"]["id"]);
  EXPECT_EQ(added, Expected([&](const json& user) {
              const auto& held = user["assignedLicenses"];
              return reports.expected(user) && !TextOf(user, "usageLocation").empty() &&
                     std::ranges::none_of(held, [](const json& h) { return h["skuId"] == kVisio; });
            }));

  int number = 0;
  for (const auto& cases : {PropertyCases(), DateCases(), LinkCases()}) {
    for (const auto& each : cases) {
      WriteGrant(fmt::format("r{}", ++number), each.rule, "VISIOCLIENT");
    }
  }
  TrustStoreOfTenant();  // Of a snapshot's there is no doubt.
  const auto saved = Seatkeeper({"snapshot", "--out", "tenant.json"});
  ASSERT_EQ(saved.exit_code, 0) << saved.err;
  auto live = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  auto again =
      json::parse(Seatkeeper({"plan", "--format", "json", "--snapshot", "tenant.json"}).out);
  live.erase("observedAt");
  again.erase("observedAt");
  EXPECT_EQ(live, again);
  EXPECT_GT(live["changes"].size(), plan["changes"].size());
}

TEST_F(Rules, SnapshotsHoldWhatThePolicyNeedsAndLittleElse) {
  Start({"--users", "60"});
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "plain.json", "--policy", "policies"}).exit_code, 0);
  const auto plain = ReadFile(folder() / "plain.json");
  EXPECT_THAT(plain, AllOf(HasSubstr("proxyAddresses"), Not(HasSubstr("signInActivity")),
                           Not(HasSubstr("assignedPlans"))));
  int number = 0;
  for (const auto& cases : {PropertyCases(), DateCases(), LinkCases()}) {
    for (const auto& each : cases) WriteGrant(fmt::format("r{}", ++number), each.rule, "FLOW_FREE");
  }
  const auto done = Seatkeeper({"snapshot", "--out", "tenant.json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto saved = json::parse(ReadFile(folder() / "tenant.json"));
  std::map<std::string, json> users;
  for (const auto& user : saved["users"]) users[user["id"]] = user;
  for (const auto& user : state_["users"]) {
    const auto& own = users.at(user["id"]);
    for (const char* name : {"employeeHireDate", "createdDateTime", "faxNumber", kCostCenter,
                             "onPremisesDistinguishedName"}) {
      EXPECT_EQ(TextOf(own, name), TextOf(user, name)) << name;
    }
    for (const char* name : {"lastSignInDateTime", "lastSuccessfulSignInDateTime"}) {
      EXPECT_EQ(SignIn(own, name), SignIn(user, name)) << name;
    }
    EXPECT_EQ(own["assignedPlans"].size(), user["assignedPlans"].size());
    EXPECT_EQ(Ids(own["proxyAddresses"]), Ids(user["proxyAddresses"]));
    EXPECT_EQ(own["businessPhones"], user["businessPhones"]);
  }
  ASSERT_EQ(saved["links"].size(), 3U);
  for (const auto& link : saved["links"]) EXPECT_EQ(link["status"], "found");
}

TEST_F(Rules, SignInTimesSayWhatTheyNeed) {
  Start({"--users", "50", "--no-premium"});
  const auto refused = Seatkeeper({"select", "user.signInActivity.lastSignInDateTime -eq null"});
  EXPECT_EQ(refused.exit_code, 77) << refused.err;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("Entra ID P1 or P2"), HasSubstr("AuditLog.Read.All"),
                                 HasSubstr("user.signInActivity")));
  EXPECT_EQ(Seatkeeper({"select", "user.createdDateTime -eq null"}).exit_code, 0);
}

TEST_F(Rules, DoctorAsksForThePermissionOfSignInTimesOnlyWhereTheyAreUsed) {
  Start({"--users", "20", "--roles",
         "User.Read.All,LicenseAssignment.Read.All,Organization.Read.All"});
  WriteGrant("visio", R"(user.department -eq "Legal")", "VISIOCLIENT");
  EXPECT_THAT(Seatkeeper({"doctor"}).out, Not(HasSubstr("is missing")));
  WriteGrant("visio", "user.signInActivity.lastSignInDateTime -eq null", "VISIOCLIENT");
  EXPECT_THAT(Seatkeeper({"doctor"}).out, HasSubstr("AuditLog.Read.All is missing"));
  WriteGrant("visio",
             fmt::format("user.memberOf -any (group.objectId -in ['{}'])",
                         GroupNamed("Sales")["id"].get<std::string>()),
             "VISIOCLIENT");
  EXPECT_THAT(Seatkeeper({"doctor"}).out, HasSubstr("GroupMember.Read.All is missing"));
}

}  // namespace
}  // namespace seatkeeper::test
