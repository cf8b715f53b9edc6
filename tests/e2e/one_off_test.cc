#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

// What was broken into lines, as one.
std::string OneLine(const std::string& text) {
  return std::regex_replace(text, std::regex("\\n +"), " ");
}

/// `assign` and `unassign` against a tenant.
class OneOff : public EndToEnd {
 protected:
  void Prepare() {
    StartTenant({"--users", "120", "--seed", "5"});
    WriteConfig();
    TrustStoreOfTenant();
  }

  std::set<std::string> DirectHolders() const {
    std::set<std::string> users;
    const auto state = State();
    for (const auto& user : state["users"]) {
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        if (row["assignedByGroup"].is_null() && row["skuId"] == kE5) {
          users.insert(user["userPrincipalName"]);
        }
      }
    }
    return users;
  }

  std::vector<std::string> WithoutE5(std::size_t count) const {
    std::vector<std::string> users;
    const auto state = State();
    for (const auto& user : state["users"]) {
      bool fits = user.contains("usageLocation") && user["usageLocation"].is_string();
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        fits = fits && row["skuId"] != kE5;
      }
      if (fits && users.size() < count) users.push_back(user["userPrincipalName"]);
    }
    return users;
  }

  void WriteE5Policy(const std::string& more = "") {
    WritePolicy("policy.yaml",
                "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: e5}\n"
                "spec: {product: SPE_E5, management: full, unassign: {after: 7d}}\n---\n"
                "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: everybody}\n"
                "spec: {subjects: {rule: user.department -ne \"Nobody\"}, licenses: "
                "[{product: FLOW_FREE}]}\n---\n"
                "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: limits}\n"
                "spec: {maxUnassign: off, mailboxLoss: allow" +
                    more + "}\n");
  }
};

TEST_F(OneOff, GivesTakesAndTellsWhatPolicyMakesOfIt) {
  Prepare();
  WriteE5Policy();
  const auto users = WithoutE5(2);
  ASSERT_EQ(users.size(), 2U);
  const auto before = DirectHolders();
  WriteFile(folder() / "pilot.csv",
            fmt::format("\xEF\xBB\xBFName,user\r\n\"A, B\",{}\r\n", users[1]));
  const std::vector<std::string> assign{"assign",    "--product", "spe_e5",
                                        "--users",   users[0],    "--users-from",
                                        "pilot.csv", "--reason",  "pilot of ticket 4711"};
  EXPECT_EQ(Seatkeeper(assign).exit_code, 64) << "there is nobody to ask";
  auto yes = assign;
  yes.push_back("--yes");
  const auto given = Seatkeeper(yes);
  EXPECT_EQ(given.exit_code, 0) << given.out << given.err;
  EXPECT_THAT(OneLine(given.out),
              AllOf(HasSubstr("granted by assign"), HasSubstr("pilot of ticket 4711"),
                    HasSubstr("e5 (policies/policy.yaml:4:"),
                    HasSubstr("will take this back after 7 days: 2 users")));
  auto wanted = before;
  wanted.insert(users.begin(), users.end());
  EXPECT_EQ(DirectHolders(), wanted) << "nobody else gained or lost anything";
  EXPECT_THAT(Seatkeeper({"history", "--user", users[1]}).out, HasSubstr("pilot of ticket 4711"));
  EXPECT_THAT(Seatkeeper(yes).out, HasSubstr("is assigned directly already"));
  // As said: the plan of the policy wants them gone, and waits.
  const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  std::set<std::string> waits;
  for (const auto& change : plan["changes"]) {
    if (change["verdict"] == "deferred") waits.insert(change["user"]["userPrincipalName"]);
  }
  EXPECT_TRUE(waits.contains(users[0]) && waits.contains(users[1]));

  const auto taken = Seatkeeper({"unassign", "--product", kE5, "--users", users[0] + "," + users[1],
                                 "--reason", "over", "--yes"});
  EXPECT_EQ(taken.exit_code, 0) << taken.out << taken.err;
  EXPECT_THAT(OneLine(taken.out), HasSubstr("no policy grants it: it stays away: 2 users"));
  EXPECT_EQ(DirectHolders(), before);
}

TEST_F(OneOff, NothingIsDoneWhereTheListIsWrong) {
  Prepare();
  WriteE5Policy();
  WriteFile(folder() / "list.csv", "user\n" + WithoutE5(1).at(0) + "\nsomebody\n");
  const auto writes = EffectiveWrites();
  const auto refused = Seatkeeper(
      {"assign", "--product", "SPE_E5", "--users-from", "list.csv", "--reason", "pilot", "--yes"});
  EXPECT_EQ(refused.exit_code, 65) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("list.csv:3:1: error"));
  EXPECT_EQ(EffectiveWrites(), writes);
}

TEST_F(OneOff, WhoIsProtectedKeepsItAndTheOthersGoOn) {
  Prepare();
  const auto holders = DirectHolders();
  ASSERT_GT(holders.size(), 2U);
  const std::vector<std::string> two{*holders.begin(), *std::next(holders.begin())};
  WriteE5Policy(", protected: {users: [" + two[0] + "]}");
  const auto done = Seatkeeper({"unassign", "--product", "SPE_E5", "--users",
                                two[0] + "," + two[1] + ",x@y.z", "--reason", "left", "--yes"});
  EXPECT_EQ(done.exit_code, 4) << done.out << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("protected"), HasSubstr("x@y.z: no user has this")));
  const auto now = DirectHolders();
  EXPECT_TRUE(now.contains(two[0]));
  EXPECT_FALSE(now.contains(two[1]));
}

TEST_F(OneOff, WithoutPolicyFilesTheBuiltInGuardrailsHold) {
  Prepare();
  const auto user = WithoutE5(1).at(0);
  const std::vector<std::string> assign{"assign", "--product", "SPE_E5", "--users",
                                        user,     "--reason",  "first",  "--yes"};
  EXPECT_EQ(Seatkeeper(assign).exit_code, 65) << "a mount that failed must not pass for that";
  auto without = assign;
  without.push_back("--no-policy");
  const auto given = Seatkeeper(without);
  EXPECT_EQ(given.exit_code, 0) << given.out << given.err;
  EXPECT_THAT(OneLine(given.out), HasSubstr("no policy file names the product: it stays"));
  const auto holders = DirectHolders();
  EXPECT_TRUE(holders.contains(user));
  const auto taken =
      Seatkeeper({"unassign", "--no-policy", "--product", "SPE_E5", "--users",
                  fmt::format("{}", fmt::join(holders, ",")), "--reason", "all", "--yes"});
  EXPECT_EQ(taken.exit_code, 3) << taken.out;
  EXPECT_THAT(taken.out, HasSubstr("mailboxLoss"));
  EXPECT_EQ(DirectHolders(), holders);
}

TEST_F(OneOff, SaysWhatIsMissing) {
  Prepare();
  WriteE5Policy();
  for (const auto& line : std::vector<std::vector<std::string>>{
           {"assign", "--product", "SPE_E5", "--users", "a@b.c"},
           {"assign", "--users", "a@b.c", "--reason", "r"},
           {"assign", "--product", "SPE_E5", "--reason", "r"},
           {"assign", "--all-products", "--users", "a@b.c", "--reason", "r"},
           {"unassign", "--all-products", "--product", "SPE_E5", "--users", "a@b.c", "--reason",
            "r"}}) {
    EXPECT_EQ(Seatkeeper(line).exit_code, 64) << line[0];
  }
}

}  // namespace
}  // namespace seatkeeper::test
