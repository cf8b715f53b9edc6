// Policies that set the usage location of users who have none.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

std::string TextOf(const json& user, const char* key) {
  return user.contains(key) && user[key].is_string() ? user[key].get<std::string>() : "";
}

bool Holds(const json& user, const std::string& product) {
  const auto rows = user.value("licenseAssignmentStates", json::array());
  return std::any_of(rows.begin(), rows.end(), [&](const json& row) {
    return row["skuId"] == product && row["assignedByGroup"].is_null();
  });
}

class Location : public EndToEnd {
 protected:
  // Everybody who may sign in is granted Visio, of which there is enough. Some of those without a
  // usage location have a country by code, the others by name or not at all.
  void Start(const std::string& location, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--users", "300", "--seed", "4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    StartTenant(arguments);
    WriteConfig("    mode: enforce\n");
    WritePolicy("visio.yaml",
                "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: drawers}\nspec:\n"
                "  subjects: {rule: user.accountEnabled -eq true}\n"
                "  licenses: [{product: VISIOCLIENT}]\n  usageLocation: " +
                    location + "\n");
    json edits = json::array(
        {{{"op", "setSku"}, {"skuId", kVisio}, {"set", {{"prepaidUnits", {{"enabled", 1000}}}}}}});
    for (const auto& user : Nowhere()) {
      const bool coded = edits.size() % 2 == 0;
      edits.push_back({{"op", "setUser"},
                       {"user", user["id"]},
                       {"set", {{"country", coded ? json("de") : json("Deutschland")}}}});
    }
    ASSERT_GE(edits.size(), 5U) << "somebody has to lack a location";
    Edit(edits);
    before_ = State();
  }

  // Users who may sign in and have no usage location.
  std::vector<json> Nowhere() const {
    std::vector<json> users;
    const auto state = State();
    for (const auto& user : state["users"]) {
      if (user.value("accountEnabled", false) && TextOf(user, "usageLocation").empty()) {
        users.push_back(user);
      }
    }
    return users;
  }

  void ExpectEverybodyHoldsVisio() const {
    const auto state = State();
    for (const auto& user : state["users"]) {
      if (user.value("accountEnabled", false)) {
        EXPECT_TRUE(Holds(user, kVisio)) << user;
      }
    }
    const auto again = Seatkeeper({"plan", "--detailed-exitcode", "--format", "json"});
    EXPECT_EQ(again.exit_code, 0) << again.out.substr(0, 2000);
    EXPECT_THAT(json::parse(again.out)["changes"], IsEmpty());
  }

  json before_;
};

TEST_F(Location, WhoeverHasNoneIsLicensedInOneGo) {
  Start("{from: country, default: FR}");
  const auto plan = Seatkeeper({"plan", "--full"});
  EXPECT_THAT(plan.out, HasSubstr("usage location DE"));
  EXPECT_THAT(plan.out, HasSubstr("\"Deutschland\""));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  ExpectEverybodyHoldsVisio();

  const auto after = State();
  for (std::size_t i = 0; i < after["users"].size(); ++i) {
    const auto& was = before_["users"][i];
    const auto had = TextOf(was, "usageLocation");
    const auto coded = TextOf(was, "country") == "de";
    const auto wanted = !was.value("accountEnabled", false) || !had.empty() ? had
                        : coded                                             ? "DE"
                                                                            : "FR";
    EXPECT_EQ(TextOf(after["users"][i], "usageLocation"), wanted) << was;
  }
  const auto history =
      json::parse(Seatkeeper({"history", "--format", "json", "--limit", "5000"}).out);
  std::map<std::string, int> set;
  for (const auto& entry : history) {
    if (entry["usageLocation"].is_string()) ++set[entry["usageLocation"]];
    EXPECT_EQ(entry["state"], "confirmed");
  }
  EXPECT_GT(set["DE"], 0);
  EXPECT_GT(set["FR"], 0);
}

TEST_F(Location, WithoutACodeIsExplainedAndLeftAlone) {
  Start("{from: country}");
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  const auto nowhere = Nowhere();
  EXPECT_FALSE(nowhere.empty());
  for (const auto& user : nowhere) {
    EXPECT_EQ(TextOf(user, "country"), "Deutschland");
    EXPECT_FALSE(Holds(user, kVisio)) << user;
  }
  EXPECT_THAT(Seatkeeper({"plan", "--format", "json"}).out,
              HasSubstr("takes it from country, which says"));
}

TEST_F(Location, ThatIsRefusedKeepsTheProductBack) {
  Start("{default: FR}");
  SetFaults(json::parse(R"([{"match": {"method": "PATCH"},
      "fault": {"kind": "status", "status": 400, "code": "Request_BadRequest",
                "message": "This property is mastered elsewhere."}}])"));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 4) << applied.err;
  EXPECT_THAT(applied.out + applied.err,
              HasSubstr("Setting the usage location: This property is mastered elsewhere."));
  const auto nowhere = Nowhere();
  EXPECT_FALSE(nowhere.empty());
  for (const auto& user : nowhere) EXPECT_FALSE(Holds(user, kVisio)) << user;

  ClearFaults();
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  ExpectEverybodyHoldsVisio();
}

TEST_F(Location, WithoutItsProductIsToldAndTheNextTimeGoesOn) {
  Start("{default: FR}");
  json rules = json::array();
  for (const auto& user : Nowhere()) {
    rules.push_back(
        {{"match",
          {{"method", "POST"}, {"path", "*" + user["id"].get<std::string>() + "/assignLicense"}}},
         {"fault",
          {{"kind", "status"},
           {"status", 400},
           {"code", "Request_BadRequest"},
           {"message", "Not today."}}}});
  }
  SetFaults(rules);
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 4) << applied.err;
  EXPECT_THAT(applied.out + applied.err,
              HasSubstr("The usage location FR was set; then: Not today."));
  EXPECT_THAT(Nowhere(), IsEmpty());

  ClearFaults();
  const auto rest = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  EXPECT_EQ(rest["changes"].size(), rules.size());
  for (const auto& change : rest["changes"]) EXPECT_FALSE(change.contains("usageLocation"));
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  ExpectEverybodyHoldsVisio();
}

TEST_F(Location, NeedsAPermissionThatDoctorNames) {
  Start("{default: FR}",
        {"--roles", "User.Read.All,Organization.Read.All,LicenseAssignment.ReadWrite.All"});
  const auto lacking = Seatkeeper({"doctor"});
  EXPECT_EQ(lacking.exit_code, 77) << lacking.out;
  EXPECT_THAT(lacking.out, HasSubstr("User.ReadWrite.All is missing"));
  WritePolicy("visio.yaml",
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: drawers}\n"
              "spec: {subjects: {rule: user.accountEnabled -eq true}, "
              "licenses: [{product: VISIOCLIENT}]}\n");
  EXPECT_THAT(Seatkeeper({"doctor"}).out, Not(HasSubstr("is missing")));
}

}  // namespace
}  // namespace seatkeeper::test
