#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/simulator/test_support.h"

// The directory audit log: who did what to whose licences, and when.

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kAudits = "/v1.0/auditLogs/directoryAudits";

json Entries(Bench& bench, const std::string& filter = "") {
  std::string target = kAudits + "?$top=50";
  std::string encoded;
  for (const char c : filter) encoded += c == ' ' ? "%20" : std::string(1, c);
  if (!filter.empty()) target += "&$filter=" + encoded;
  return bench.GetJson(target)["value"];
}

json LicenseChanges(Bench& bench) {
  return Entries(bench, "activityDisplayName eq 'Change user license'");
}

// What an entry and its sibling of the same correlation id say of the licences.
std::string Told(Bench& bench, const json& entry) {
  std::string told;
  for (const json& other : Entries(bench)) {
    if (other["correlationId"] != entry["correlationId"]) continue;
    for (const json& modified : other["targetResources"][0]["modifiedProperties"]) {
      told += modified["newValue"].get<std::string>();
    }
  }
  return told;
}

TEST(Audit, NamesTheApplication) {
  Bench bench;
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3, {kTeamsPlan})).status, 200);
  const json entries = LicenseChanges(bench);
  ASSERT_EQ(entries.size(), 1U);
  const json& entry = entries[0];
  EXPECT_EQ(entry["activityDateTime"], "2026-01-05T08:00:00Z");
  EXPECT_EQ(entry["category"], "UserManagement");
  EXPECT_EQ(entry["loggedByService"], "Core Directory");
  EXPECT_EQ(entry["initiatedBy"]["user"], nullptr);
  EXPECT_EQ(entry["initiatedBy"]["app"]["appId"], "22222222-2222-2222-2222-222222222222");
  EXPECT_EQ(entry["initiatedBy"]["app"]["displayName"], "seatkeeper");
  const json& target = entry["targetResources"][0];
  EXPECT_EQ(target["id"], kCleo);
  EXPECT_EQ(target["type"], "User");
  EXPECT_EQ(target["userPrincipalName"], "cleo@contoso.example");
  EXPECT_THAT(Told(bench, entry), HasSubstr("SkuName=SPE_E3, SkuId=" + kE3));
  EXPECT_THAT(Told(bench, entry), HasSubstr("DisabledPlans=[" + kTeamsPlan + "]"));
}

TEST(Audit, NamesAnotherApplication) {
  SimulatorOptions options;
  options.applications.emplace_back();
  options.applications[0].client_id = options.client_id;
  options.applications[0].secret = options.client_secret;
  options.applications[0].roles = kAllRoles;
  options.applications[0].name = "Onboarding";
  Bench bench(SmallTenant(), options);
  bench.Assign(kCleo, Bench::License(kE3));
  EXPECT_EQ(LicenseChanges(bench)[0]["initiatedBy"]["app"]["displayName"], "Onboarding");
}

TEST(Audit, NamesThePerson) {
  Bench bench;
  bench.Edit({{{"op", "assign"}, {"user", kCleo}, {"skuId", kE3}, {"by", kBen}}});
  bench.Edit({{{"op", "unassign"}, {"user", kCleo}, {"skuId", kE3}}});
  const json entries = LicenseChanges(bench);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0]["initiatedBy"]["user"]["userPrincipalName"], "admin@contoso.example")
      << "the newest comes first";
  EXPECT_EQ(entries[1]["initiatedBy"]["app"], nullptr);
  EXPECT_EQ(entries[1]["initiatedBy"]["user"]["id"], kBen);
  EXPECT_EQ(entries[1]["initiatedBy"]["user"]["userPrincipalName"], "ben@contoso.example");
  EXPECT_EQ(
      bench
          .Send("PATCH", "/_sim/state", {{{"op", "deleteUser"}, {"user", kCleo}, {"by", "nobody"}}})
          .status,
      400);
}

TEST(Audit, NamesGroupBasedLicensing) {
  Bench bench;
  bench.Edit({{{"op", "addMember"}, {"group", kFrontline}, {"user", kCleo}, {"by", kBen}}});
  const json by_group = LicenseChanges(bench)[0];
  EXPECT_EQ(by_group["initiatedBy"]["user"], nullptr) << "whoever added the member";
  EXPECT_EQ(by_group["initiatedBy"]["app"]["displayName"],
            "Microsoft Entra ID Group-Based Licensing");
  ASSERT_EQ(bench.LicenseGroup(kAll, Bench::License(kVisio)).status, 202);
  bench.now += std::chrono::seconds(5);
  std::vector<std::string> names;
  for (const json& entry : Entries(bench, "category eq 'GroupManagement'")) {
    names.push_back(entry["activityDisplayName"]);
    EXPECT_EQ(entry["targetResources"][0]["id"], kAll);
    EXPECT_EQ(entry["targetResources"][0]["type"], "Group");
  }
  EXPECT_EQ(names, (std::vector<std::string>{"Finish applying group based license to users",
                                             "Start applying group based license to users",
                                             "Set group license"}));
  EXPECT_EQ(LicenseChanges(bench)[0]["targetResources"][0]["id"], kAda);
}

TEST(Audit, TellsWhatElseHappensToUsers) {
  Bench bench;
  bench.Edit({{{"op", "setUser"}, {"user", kCleo}, {"set", {{"department", "Moon"}}}},
              {{"op", "deleteUser"}, {"user", kDan}}});
  const json entries = Entries(bench);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0]["activityDisplayName"], "Delete user");
  EXPECT_EQ(entries[1]["activityDisplayName"], "Update user");
  EXPECT_EQ(entries[1]["targetResources"][0]["modifiedProperties"][0]["displayName"], "department");
}

TEST(Audit, WhatChangesNothingLeavesNoTrace) {
  Bench bench;
  bench.Assign(kAda, Bench::License(kE3, {kTeamsPlan}));
  bench.Assign(kDan, Bench::License(kE3));
  EXPECT_EQ(Entries(bench), json::array());
}

TEST(Audit, IsFilteredAndPaged) {
  Bench bench;
  for (int i = 0; i < 3; ++i) {
    bench.Assign(kCleo, Bench::License(kE3));
    bench.Assign(kCleo, json::array(), {kE3});
    bench.now += std::chrono::minutes(1);
  }
  EXPECT_EQ(Entries(bench,
                    "activityDateTime ge 2026-01-05T08:01:00Z and "
                    "activityDisplayName eq 'Change user license'")
                .size(),
            4U);
  EXPECT_EQ(Entries(bench, "targetResources/any(t:t/id eq '" + kAda + "')").size(), 0U);
  EXPECT_EQ(Entries(bench, "targetResources/any(t:t/id eq '" + kCleo + "')").size(), 12U);
  EXPECT_EQ(Entries(bench, "initiatedBy/app/displayName eq 'Onboarding'").size(), 0U);
  EXPECT_EQ(bench.Get(kAudits + "?$filter=resultReason%20eq%20'x'").status, 400);
  std::set<std::string> ids;
  for (std::string target = kAudits + "?$top=5&$orderby=activityDateTime%20desc";
       !target.empty();) {
    const json page = bench.GetJson(target);
    for (const json& entry : page["value"]) ids.insert(entry["id"]);
    const std::string link = page.value("@odata.nextLink", "");
    target = link.empty() ? "" : link.substr(17);
  }
  EXPECT_EQ(ids.size(), 12U);
  EXPECT_EQ(bench.GetJson(kAudits + "/" + *ids.begin())["id"], *ids.begin());
  EXPECT_EQ(bench.Get(kAudits + "/Directory_x").status, 404);
}

TEST(Audit, ShowsLaterWhatLagsAndForgetsWhatIsOld) {
  SimulatorOptions options;
  options.premium = false;
  Bench bench(SmallTenant(), options);
  bench.PutFaults({}, 60'000);
  bench.Assign(kCleo, Bench::License(kE3));
  EXPECT_EQ(Entries(bench).size(), 0U);
  bench.now += std::chrono::minutes(1);
  EXPECT_EQ(Entries(bench).size(), 2U);
  const auto signed_in = [&] {
    bench.token = Parse(bench.Raw({"POST",
                                   "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                   {},
                                   TokenForm()}))["access_token"];
  };
  bench.now = kNow + std::chrono::hours(7 * 24) - std::chrono::seconds(1);
  signed_in();
  EXPECT_EQ(Entries(bench).size(), 2U);
  bench.now += std::chrono::seconds(1);
  EXPECT_EQ(Entries(bench).size(), 0U) << "seven days without a premium licence";
}

TEST(Audit, TellsTheLicencesInOneEntryOrInBothByTheSeed) {
  std::set<bool> ways;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatorOptions options;
    options.seed = seed;
    Bench bench(SmallTenant(), options);
    bench.Assign(kCleo, Bench::License(kE3));
    const json entry = LicenseChanges(bench)[0];
    ways.insert(entry["targetResources"][0]["modifiedProperties"].empty());
    EXPECT_THAT(Told(bench, entry), HasSubstr(kE3));
  }
  EXPECT_EQ(ways.size(), 2U);
}

}  // namespace
}  // namespace seatkeeper::sim::test
