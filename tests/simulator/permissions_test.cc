#include <gmock/gmock.h>

#include <ostream>
#include <set>

#include "tests/simulator/test_support.h"

// Which application permissions each call takes, as Microsoft's permissions reference has them; a
// token with any other one is refused.

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

struct Case {
  std::string name;
  std::string method;
  std::string target;
  std::set<std::string> enough;
  json body = nullptr;
  Headers headers = {};
};

// Names the case: without it the test would be named by its bytes.
void PrintTo(const Case& call, std::ostream* out) { *out << call.name; }

const std::set<std::string> kUsers{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
                                   "Directory.ReadWrite.All"};
const std::set<std::string> kUserWrites{"User.ReadWrite.All", "Directory.ReadWrite.All"};
const std::set<std::string> kGroups{"GroupMember.Read.All",      "Group.Read.All",
                                    "GroupMember.ReadWrite.All", "Group.ReadWrite.All",
                                    "Directory.Read.All",        "Directory.ReadWrite.All"};
const std::set<std::string> kMemberWrites{"GroupMember.ReadWrite.All", "Group.ReadWrite.All",
                                          "Directory.ReadWrite.All"};
const std::set<std::string> kOrganization{"Organization.Read.All", "Organization.ReadWrite.All",
                                          "Directory.Read.All", "Directory.ReadWrite.All"};

std::set<std::string> With(std::set<std::string> all, const std::set<std::string>& more) {
  all.insert(more.begin(), more.end());
  return all;
}

// Beside all that some call takes: some that none does.
std::set<std::string> Universe() {
  return {"User.Read.All",
          "User.ReadWrite.All",
          "Directory.Read.All",
          "Directory.ReadWrite.All",
          "GroupMember.Read.All",
          "Group.Read.All",
          "GroupMember.ReadWrite.All",
          "Group.ReadWrite.All",
          "Organization.Read.All",
          "Organization.ReadWrite.All",
          "LicenseAssignment.Read.All",
          "AuditLog.Read.All",
          "LicenseAssignment.ReadWrite.All",
          "Mail.Read",
          "Reports.Read.All",
          "Application.Read.All"};
}

std::vector<Case> Cases() {
  const std::string user = "/v1.0/users/" + kCleo;
  const std::string group = "/v1.0/groups/" + kAll;
  const json nothing{{"addLicenses", json::array()}, {"removeLicenses", json::array()}};
  const json reference{{"@odata.id", "https://graph.microsoft.com/v1.0/directoryObjects/" + kDan}};
  return {
      {"ListUsers", "GET", "/v1.0/users", kUsers},
      {"CountUsers", "GET", "/v1.0/users/$count", kUsers, nullptr, kEventual},
      {"UserDelta", "GET", "/v1.0/users/delta", kUsers},
      {"GetUser", "GET", user, kUsers},
      {"DirectReports", "GET", user + "/directReports", kUsers},
      {"SetLocation", "PATCH", user, kUserWrites, {{"usageLocation", "FR"}}},
      {"AssignToUser", "POST", user + "/assignLicense",
       With(kUserWrites, {"LicenseAssignment.ReadWrite.All"}), nothing},
      {"Reprocess", "POST", user + "/reprocessLicenseAssignment", kUserWrites},
      {"LicenseDetails", "GET", user + "/licenseDetails",
       With(kUsers, {"LicenseAssignment.Read.All"})},
      {"Products", "GET", "/v1.0/subscribedSkus",
       With(kOrganization, {"LicenseAssignment.Read.All"})},
      {"Subscriptions", "GET", "/v1.0/directory/subscriptions", kOrganization},
      {"Organization", "GET", "/v1.0/organization",
       With(kOrganization, {"User.Read.All", "User.ReadWrite.All"})},
      {"ListGroups", "GET", "/v1.0/groups", kGroups},
      {"GroupDelta", "GET", "/v1.0/groups/delta", kGroups},
      {"GetGroup", "GET", group, kGroups},
      {"Members", "GET", group + "/members", kGroups},
      {"TransitiveMembers", "GET", group + "/transitiveMembers", kGroups},
      {"MembersWithErrors", "GET", group + "/membersWithLicenseErrors", kGroups},
      {"CheckMemberGroups",
       "POST",
       user + "/checkMemberGroups",
       kGroups,
       {{"groupIds", json::array()}}},
      {"AddMember", "POST", group + "/members/$ref", kMemberWrites, reference},
      {"RemoveMember", "DELETE", group + "/members/" + kAda + "/$ref", kMemberWrites},
      {"AssignToGroup",
       "POST",
       group + "/assignLicense",
       {"LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"},
       nothing},
      {"Audits", "GET", "/v1.0/auditLogs/directoryAudits", {"AuditLog.Read.All"}},
  };
}

class Permissions : public testing::TestWithParam<Case> {};

TEST_P(Permissions, AreThoseOfTheReference) {
  const Case& call = GetParam();
  for (const std::string& role : Universe()) {
    SimulatorOptions options;
    options.roles = {role};
    Bench bench(SmallTenant(), options);
    const Response response = bench.Send(call.method, call.target, call.body, call.headers);
    if (call.enough.contains(role)) {
      EXPECT_LT(response.status, 300) << role << ": " << response.body;
    } else {
      EXPECT_EQ(response.status, 403) << role;
      EXPECT_EQ(CodeOf(response), "Authorization_RequestDenied") << role;
    }
  }
}

TEST_P(Permissions, AreNeededByItemsOfABatch) {
  const Case& call = GetParam();
  json headers = json::object();
  for (const auto& [name, value] : call.headers) headers[name] = value;
  json item{{"id", "1"}, {"method", call.method}, {"url", call.target.substr(5)}};
  if (call.method == "POST" || call.method == "PATCH") {
    headers["Content-Type"] = "application/json";
    item["body"] = call.body.is_null() ? json::object() : call.body;
  }
  item["headers"] = headers;
  const json batch{{"requests", json::array({item})}};
  for (const std::string& role : {*call.enough.begin(), std::string("Mail.Read")}) {
    SimulatorOptions options;
    options.roles = {role};
    Bench bench(SmallTenant(), options);
    const json answer = Parse(bench.Send("POST", "/v1.0/$batch", batch))["responses"][0];
    EXPECT_EQ(answer["status"] == 403, role == "Mail.Read") << role << ": " << answer;
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, Permissions, testing::ValuesIn(Cases()),
                         [](const testing::TestParamInfo<Case>& tested) {
                           return tested.param.name;
                         });

// A token without any role is issued all the same.
TEST(NoPermission, MeansThatNothingCanBeDone) {
  SimulatorOptions options;
  options.roles = {};
  Bench bench(SmallTenant(), options);
  for (const Case& call : Cases()) {
    EXPECT_EQ(bench.Send(call.method, call.target, call.body, call.headers).status, 403)
        << call.name;
  }
}

TEST(HiddenMembers, AreRefusedOrLeftOutWithoutTheirOwnPermission) {
  json tenant = SmallTenant();
  tenant["groups"][0]["visibility"] = "HiddenMembership";
  const std::string members = "/v1.0/groups/" + kFrontline + "/members";
  std::set<int> answers;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(tenant, options);
    const Response response = bench.Get(members);
    answers.insert(response.status);
    if (response.status == 200) {
      EXPECT_EQ(Parse(response)["value"].size(), 0U);
    }
    options.roles.emplace_back("Member.Read.Hidden");
    Bench allowed(tenant, options);
    EXPECT_EQ(allowed.GetJson(members)["value"].size(), 1U);
  }
  EXPECT_EQ(answers, (std::set<int>{200, 403}));
}

}  // namespace
}  // namespace seatkeeper::sim::test
