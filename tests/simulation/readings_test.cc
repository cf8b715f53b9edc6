// What is read of the tenant goes wrong overnight: the real cycle, store and reader against the
// simulated tenant, in virtual time. No limit on amounts would stop anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/simulation/tenant_log.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kGroup = "dddddddd-0000-4000-8000-000000000001";

std::string PolicyFor(const std::string& subjects) {
  return R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: suites}
spec:
  subjects: )" +
         subjects + R"(
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: amounts}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off}
)";
}

const std::string kByDepartment = PolicyFor(
    "{rule: 'user.department -in [\"Engineering\", \"IT\"]', where: user.accountEnabled -eq true}");
const std::string kByGroup = PolicyFor("{groups: [E5 Holders]}");

class Overnight : public testing::Test {
 protected:
  static World::Options Options(const std::string& policy) {
    return {.policy = policy, .users = 200, .interval = minutes(5)};
  }

  static Plan Run(World& world) {
    auto report = world.RunCycle();
    world.Wait(minutes(5));
    if (report && report->plan) return report->plan->plan();
    ADD_FAILURE() << (report && report->error ? report->error->message : "no report");
    return {};
  }

  static void Settle(World& world) {
    for (int cycle = 0; cycle < 6; ++cycle) Run(world);
    EXPECT_THAT(Run(world).changes, IsEmpty());
  }

  static json State(World& world) { return json::parse(world.Control("GET", "/_sim/state")); }
  static void Restore(World& world, const json& state) {
    ASSERT_EQ(world.Control("PUT", "/_sim/state", state.dump()), "");
  }
  static void Edit(World& world, const json& edits) {
    ASSERT_EQ(world.Control("PATCH", "/_sim/state", edits.dump()), "");
  }

  static std::vector<std::string> UsersWhere(World& world,
                                             const std::set<std::string>& departments) {
    std::vector<std::string> users;
    const auto state = State(world);
    for (const auto& user : state.at("users")) {
      const auto department = user.find("department");
      if (department == user.end() || !department->is_string()) continue;
      if (departments.contains(department->get<std::string>())) users.push_back(user.at("id"));
    }
    return users;
  }

  // A group of so many members of the sales department.
  static json Group(World& world, const std::string& id, std::size_t members) {
    json edits = json::array(
        {{{"op", "addGroup"},
          {"group", {{"id", id}, {"displayName", "E5 Holders"}, {"securityEnabled", true}}}}});
    auto users = UsersWhere(world, {"Sales"});
    EXPECT_GE(users.size(), members);
    users.resize(members);
    for (const auto& user : users) {
      edits.push_back({{"op", "addMember"}, {"group", id}, {"user", user}});
    }
    return edits;
  }

  // What is held, and that nothing was taken away for four cycles.
  static void ExpectHeld(World& world, const std::string& guardrail) {
    const int before = RemovalsIn(world);
    for (int cycle = 0; cycle < 4; ++cycle) {
      const auto plan = Run(world);
      EXPECT_TRUE(plan.has_held());
      for (const auto& change : plan.changes) {
        if (change.verdict != Verdict::kHeld) continue;
        std::set<std::string> guardrails;
        for (const auto& why : change.held) guardrails.insert(why.guardrail);
        EXPECT_TRUE(guardrails.contains(guardrail)) << testing::PrintToString(guardrails);
      }
    }
    EXPECT_EQ(RemovalsIn(world), before);
  }
};

TEST_F(Overnight, ManyUsersVanishAndWhoIsLeftLosesNothing) {
  World world(Options(kByDepartment));
  Settle(world);
  const auto before = State(world);
  auto edits = json::array();
  for (const auto& user : UsersWhere(world, {"Sales", "Operations"})) {
    edits.push_back({{"op", "deleteUser"}, {"user", user}});
  }
  ASSERT_GT(edits.size(), 20U);
  const auto leaver = UsersWhere(world, {"Engineering"}).at(0);
  const json leaves{{"op", "setUser"}, {"user", leaver}, {"set", {{"department", "Sales"}}}};
  edits.push_back(leaves);
  Edit(world, edits);
  ExpectHeld(world, "maxUserLoss");
  const int removals = RemovalsIn(world);
  Restore(world, before);
  Edit(world, json::array({leaves}));
  Run(world);
  EXPECT_EQ(RemovalsIn(world), removals + 1) << "they are back: nothing is held any more";
}

TEST_F(Overnight, ADepartmentThatIsBlankCostsNobodyAnything) {
  World world(Options(kByDepartment));
  Settle(world);
  const auto before = State(world);
  auto edits = json::array();
  for (const auto& user : UsersWhere(world, {"Engineering", "IT"})) {
    edits.push_back({{"op", "setUser"}, {"user", user}, {"set", {{"department", nullptr}}}});
  }
  ASSERT_GT(edits.size(), 20U);
  Edit(world, edits);
  ExpectHeld(world, "attribute-changed");
  Restore(world, before);
  EXPECT_THAT(Run(world).changes, IsEmpty());
}

TEST_F(Overnight, AnEmptiedGroupCostsItsMembersNothing) {
  World world(Options(kByGroup));
  const auto group = Group(world, kGroup, 12);
  Edit(world, group);
  Settle(world);
  auto edits = json::array();
  for (const auto& edit : group) {
    if (edit["op"] != "addMember") continue;
    edits.push_back({{"op", "removeMember"}, {"group", kGroup}, {"user", edit["user"]}});
  }
  Edit(world, edits);
  ExpectHeld(world, "group-shrunk");
}

TEST_F(Overnight, AGroupDeletedAndMadeAgainWithAnotherIdIsNotTheSame) {
  World world(Options(kByGroup));
  Edit(world, Group(world, kGroup, 12));
  Settle(world);
  Edit(world, json::array({{{"op", "deleteGroup"}, {"group", kGroup}}}));
  ExpectHeld(world, "reference");
  const std::string other = "dddddddd-0000-4000-8000-000000000002";
  Edit(world, Group(world, other, 11));
  ExpectHeld(world, "reference-changed");
  const auto plan = Run(world);
  ASSERT_TRUE(plan.has_held());
  const auto& held = plan.changes.back().held.front();
  EXPECT_NE(held.value.find(kGroup), std::string::npos) << held.value;
  EXPECT_NE(held.value.find(other), std::string::npos) << held.value;
}

}  // namespace
}  // namespace seatkeeper::test
