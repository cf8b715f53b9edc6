#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using Snapshot = EndToEnd;

std::string PlanOf(const EndToEnd&, const Completed& done) {
  EXPECT_TRUE(done.exit_code == 0 || done.exit_code == 3) << done.err;
  return done.out;
}

TEST_F(Snapshot, GivesTheSamePlanAsTheTenant) {
  StartTenant({"--users", "400"});
  WriteConfig();
  UseExamplePolicies();
  TrustStoreOfTenant();  // Of a snapshot's there is no doubt.
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  struct stat status {};
  ASSERT_EQ(stat((folder() / "tenant.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);

  auto live = json::parse(PlanOf(*this, Seatkeeper({"plan", "--format", "json"})));
  auto saved = json::parse(
      PlanOf(*this, Seatkeeper({"plan", "--format", "json", "--snapshot", "tenant.json"})));
  live.erase("observedAt");
  saved.erase("observedAt");
  EXPECT_EQ(live, saved);
}

TEST_F(Snapshot, SamePlanWhateverTheOrder) {
  StartTenant({"--users", "400"});
  WriteConfig();
  UseExamplePolicies();
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  auto shuffled = json::parse(ReadFile(folder() / "tenant.json"));
  for (const auto* list : {"users", "groups", "subscribedSkus"}) {
    std::reverse(shuffled[list].begin(), shuffled[list].end());
  }
  for (auto& user : shuffled["users"]) {
    if (!user.contains("licenseAssignmentStates")) continue;
    auto& rows = user["licenseAssignmentStates"];
    std::reverse(rows.begin(), rows.end());
  }
  WriteFile(folder() / "shuffled.json", shuffled.dump());
  for (const auto* format : {"text", "json"}) {
    const auto plan = [&](const std::string& file) {
      return PlanOf(*this, Seatkeeper({"plan", "--format", format, "--snapshot", file}));
    };
    const auto first = plan("tenant.json");
    EXPECT_EQ(first, plan("tenant.json"));
    EXPECT_EQ(first, plan("shuffled.json"));
  }
}

// What a plan says, without saying of whom.
json WithoutPeople(const json& plan) {
  auto counts = json::object();
  for (const auto& change : plan["changes"]) {
    const auto what = change["verdict"].dump() + change["add"].dump() + change["remove"].dump() +
                      change["reason"].dump() + change["origin"].dump();
    counts[what] = counts.value(what, 0) + 1;
  }
  return {{"products", plan["products"]}, {"changes", counts}};
}

TEST_F(Snapshot, PseudonymsHideWhoAndNotWhat) {
  StartTenant({"--users", "400"});
  WriteConfig();
  UseExamplePolicies();
  WriteFile(folder() / "key", "0123456789abcdef0123456789abcdef\n");
  WriteFile(folder() / "other", "fedcba9876543210fedcba9876543210\n");
  const auto save = [&](const std::string& key, const std::string& file) {
    const auto done = Seatkeeper({"snapshot", "--pseudonymize", "--key-file", key, "--out", file});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return std::regex_replace(ReadFile(folder() / file), std::regex("\"readAt\":\"[^\"]+\""), "");
  };
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "plain.json"}).exit_code, 0);
  const auto hidden = save("key", "hidden.json");
  EXPECT_EQ(hidden, save("key", "again.json"));
  EXPECT_NE(hidden, save("other", "other.json"));

  const auto plain = json::parse(ReadFile(folder() / "plain.json"));
  int told = 0;
  for (const auto& user : plain["users"]) {
    for (const auto* name : {"id", "userPrincipalName", "displayName"}) {
      told += hidden.find(user[name].get<std::string>()) != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_EQ(told, 0);
  EXPECT_EQ(hidden.find("\"jobTitle\""), std::string::npos) << "no rule reads it";
  const auto plan = [&](const std::string& file) {
    return WithoutPeople(
        json::parse(PlanOf(*this, Seatkeeper({"plan", "--format", "json", "--snapshot", file}))));
  };
  const auto shown = plan("plain.json");
  EXPECT_GT(shown["changes"].size(), 3U);
  EXPECT_EQ(plan("hidden.json"), shown);
}

TEST_F(Snapshot, ARuleOnNamesIsNotAnsweredFromPseudonyms) {
  StartTenant({"--users", "50"});
  WriteConfig();
  WriteFile(folder() / "key", "0123456789abcdef0123456789abcdef\n");
  WritePolicy("p.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: p}
spec:
  subjects: {rule: user.mail -endsWith "@contoso.example"}
  licenses: [{product: SPE_E3}]
)");
  const auto refused = Seatkeeper({"snapshot", "--pseudonymize", "--key-file", "key"});
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("p.yaml:5:"));
  EXPECT_THAT(refused.err, HasSubstr("--keep mail"));
  const auto kept =
      Seatkeeper({"snapshot", "--pseudonymize", "--key-file", "key", "--keep", "mail"});
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_THAT(kept.out, HasSubstr("\"mail\""));
}

TEST_F(Snapshot, OptionsThatSayNothingTogetherAreRefused) {
  StartTenant({"--users", "10"});
  WriteConfig();
  WritePolicy("p.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: p}
spec:
  subjects: {rule: user.department -eq "Sales"}
  licenses: [{product: SPE_E3}]
)");
  WriteFile(folder() / "key", "short\n");
  EXPECT_EQ(Seatkeeper({"snapshot", "--pseudonymize"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"snapshot", "--key-file", "key"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"snapshot", "--keep", "mail"}).exit_code, 64);
  const auto misspelt = Seatkeeper({"snapshot", "--only-needed", "--keep", "jobTitel"});
  EXPECT_EQ(misspelt.exit_code, 64);
  EXPECT_THAT(misspelt.err, HasSubstr("did you mean `jobTitle`?"));
  const auto weak = Seatkeeper({"snapshot", "--pseudonymize", "--key-file", "key"});
  EXPECT_EQ(weak.exit_code, 65);
  EXPECT_THAT(weak.err, HasSubstr("at least 16"));
  const auto few = Seatkeeper({"snapshot", "--only-needed", "--keep", "jobTitle"});
  EXPECT_EQ(few.exit_code, 0) << few.err;
  EXPECT_THAT(few.out, HasSubstr("\"jobTitle\""));
  EXPECT_THAT(few.out, HasSubstr("\"department\""));
  EXPECT_EQ(few.out.find("\"city\""), std::string::npos);
}

TEST_F(Snapshot, NeedsNeitherConfigNorNetwork) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  std::filesystem::remove(folder() / "seatkeeper.yaml");
  const auto done = Seatkeeper({"plan", "--snapshot", "tenant.json", "--policy", "policies"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("SPE_E5"));
}

TEST_F(Snapshot, AcceptsAPastedGraphExport) {
  WriteFile(folder() / "export.json", R"({
    "apiVersion": "seatkeeper/v1", "kind": "Snapshot", "readAt": "2026-01-05T08:00:00Z",
    "users": [
      {"@odata.type": "#microsoft.graph.user", "id": "A0000000-0000-4000-8000-00000000000A",
       "userPrincipalName": "ada@contoso.example", "accountEnabled": true, "usageLocation": "FR",
       "department": "Engineering", "somethingNew": {"x": [1, 2]},
       "licenseAssignmentStates": [
         {"skuId": "05E9A617-0261-4CEE-BB44-138D3EF5D965", "disabledPlans": [],
          "assignedByGroup": null, "state": "Active", "error": null}]},
      {"id": "b0000000-0000-4000-8000-00000000000b", "userPrincipalName": "bo@contoso.example",
       "accountEnabled": true, "usageLocation": "FR", "department": "Engineering",
       "licenseAssignmentStates": [
         {"skuId": "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "disabledPlans": [],
          "assignedByGroup": null, "state": "Active", "error": "None"}]}],
    "subscribedSkus": [
      {"skuId": "06EBC4EE-1BB5-47DD-8120-11324BC54E06", "skuPartNumber": "SPE_E5",
       "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 1,
       "prepaidUnits": {"enabled": 5}, "servicePlans": []}]})");
  WritePolicy("a.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects: {rule: user.department -eq "engineering"}
  licenses: [{product: spe_e5}]
)");
  const auto done =
      Seatkeeper({"plan", "--snapshot", "export.json", "--policy", "policies", "--format", "json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto plan = json::parse(done.out);
  ASSERT_EQ(plan["changes"].size(), 1U) << done.out;
  EXPECT_EQ(plan["changes"][0]["user"]["userPrincipalName"], "ada@contoso.example");
  EXPECT_EQ(plan["changes"][0]["add"][0]["skuId"], "06ebc4ee-1bb5-47dd-8120-11324bc54e06");
  EXPECT_EQ(plan["observedAt"], "2026-01-05T08:00:00Z");
}

TEST_F(Snapshot, SelectsUsersByARule) {
  StartTenant({"--users", "200"});
  WriteConfig();
  const auto done = Seatkeeper({"select", "user.department -eq \"Legal\"", "--format", "json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  std::size_t expected = 0;
  const auto state = State();
  for (const auto& user : state["users"]) {
    if (user.contains("department") && user["department"] == "Legal") ++expected;
  }
  EXPECT_GT(expected, 0U);
  EXPECT_EQ(json::parse(done.out).size(), expected);
  const auto wrong = Seatkeeper({"select", "user.departmant -eq \"Legal\""});
  EXPECT_EQ(wrong.exit_code, 65);
  EXPECT_THAT(wrong.err, HasSubstr("department"));
}

}  // namespace
}  // namespace seatkeeper::test
