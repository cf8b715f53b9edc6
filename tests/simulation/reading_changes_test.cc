// A daemon that reads who changed instead of everybody: the real cycle, reader and store against
// the simulated tenant, in virtual time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/cycle/kept_reading.h"
#include "reconciler/plan/render_json.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"
#include "tests/support/long_run.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsEmpty;

constexpr std::string_view kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: suites}
spec:
  subjects: {rule: 'user.department -in ["Engineering", "IT"]', where: user.accountEnabled -eq true}
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: UNASSIGN}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: amounts}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxUserLoss: off}
)";

std::string PolicyWith(const std::string& unassign) {
  std::string text(kPolicy);
  return text.replace(text.find("UNASSIGN"), 8, unassign);
}
const std::string kAtOnce = PolicyWith("{after: 0d, confirmations: 1}");

class ReadingChanges : public testing::Test {
 protected:
  static World::Options Options(std::uint64_t seed, const std::string& policy = kAtOnce) {
    return {.seed = seed,
            .policy = policy,
            .users = 60,
            .interval = minutes(5),
            .everybody_every = minutes(60)};
  }
  static CycleReport Run(World& world) {
    auto report = world.RunCycle();
    world.Wait(minutes(5));
    EXPECT_TRUE(report && report->plan) << (report && report->error ? report->error->message : "");
    return std::move(report).value_or(CycleReport{});
  }
  static void Settle(World& world) {
    for (int cycle = 0; cycle < 6; ++cycle) Run(world);
  }
  static void Edit(World& world, const json& edits) {
    ASSERT_EQ(world.Control("PATCH", "/_sim/state", edits.dump()), "");
  }
  static json SetUser(const std::string& user, const json& properties) {
    return {{"op", "setUser"}, {"user", user}, {"set", properties}};
  }
  static std::vector<std::string> Users(World& world) {
    std::vector<std::string> users;
    for (const auto& [ordinal, user] : world.tenant().users()) users.push_back(user.id);
    return users;
  }
  /// A user who holds SPE_E5 and is to, or who is not.
  static std::string UserWhere(World& world, bool engineer) {
    for (const auto& [ordinal, user] : world.tenant().users()) {
      const bool enabled = user.properties.value("accountEnabled", json()) == json(true);
      const auto department = user.Text("department").value_or("");
      const bool granted = enabled && (department == "Engineering" || department == "IT");
      if (granted == engineer && enabled && user.Text("usageLocation")) return user.id;
    }
    ADD_FAILURE() << "nobody";
    return "";
  }
  /// How often these calls were made while `body` ran.
  template <typename Body>
  static int Count(World& world, const std::string& path, Body body) {
    const auto count = [&] {
      const auto log = world.Control("GET", "/_sim/log");
      int found = 0;
      for (std::size_t at = log.find(path); at != std::string::npos; at = log.find(path, at + 1)) {
        ++found;
      }
      return found;
    };
    const int before = count();
    body();
    return count() - before;
  }
  static int ListingsIn(World& world, int cycles) {
    return Count(world, "/v1.0/users/$count", [&] {
      for (int i = 0; i < cycles; ++i) Run(world);
    });
  }
  /// What a process that starts now and reads everybody would plan.
  static std::string PlanOfEverybody(World& world) {
    world.SetMode(CycleRequest::Mode::kPlan);
    world.ReadEverybodyNext();
    auto report = world.RunCycle();
    world.SetMode(CycleRequest::Mode::kObserve);
    return report && report->plan ? RenderPlanJson(report->plan->plan()) : "no plan";
  }
};

TEST_F(ReadingChanges, AQuietDayListsEverybodyOnceAnHour) {
  World world(Options(1));
  Settle(world);
  const int listings = ListingsIn(world, 24);
  EXPECT_GE(listings, 1);
  EXPECT_LE(listings, 3);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST_F(ReadingChanges, WhoChangesIsSeenInTheNextCycle) {
  World world(Options(2));
  Settle(world);
  const auto user = UserWhere(world, false);
  Edit(world, json::array({SetUser(user, {{"department", "IT"}})}));
  EXPECT_EQ(ListingsIn(world, 2), 0);
  EXPECT_FALSE(world.tenant().FindUser(user)->rows.empty()) << "was given it";
}

TEST_F(ReadingChanges, WhatGoesRestsOnAReadingOfEverybody) {
  World world(Options(3));
  Settle(world);
  const auto user = UserWhere(world, true);
  Edit(world, json::array({SetUser(user, {{"accountEnabled", false}})}));
  const int listings = ListingsIn(world, 1);
  EXPECT_EQ(listings, 1) << "for the removal";
  Run(world);
  for (const auto& row : world.tenant().FindUser(user)->rows) EXPECT_TRUE(row.group_id);
}

TEST_F(ReadingChanges, ReadingsOfEverybodyAloneConfirm) {
  World world(Options(4, PolicyWith("{after: 0d, confirmations: 4}")));
  Settle(world);
  const auto user = UserWhere(world, true);
  const auto held = world.tenant().FindUser(user)->rows.size();
  Edit(world, json::array({SetUser(user, {{"accountEnabled", false}})}));
  int listings = 0;
  // Readings that are half an hour apart come every half hour; of everybody, every hour.
  for (int cycle = 0; cycle < 50 && world.tenant().FindUser(user)->rows.size() == held; ++cycle) {
    listings += ListingsIn(world, 1);
  }
  EXPECT_LT(world.tenant().FindUser(user)->rows.size(), held);
  EXPECT_GE(listings, 4);
}

TEST_F(ReadingChanges, ATenantThatForgotIsReadWholeAndGoesOn) {
  World world(Options(5));
  Settle(world);
  world.Control("PUT", "/_sim/delta", R"({"forget": true})");
  EXPECT_EQ(ListingsIn(world, 1), 1) << "410: everybody is read, in the same cycle";
  EXPECT_EQ(ListingsIn(world, 1), 0) << "and from there it goes on";
}

TEST_F(ReadingChanges, AnyTroubleWithTheQueryMeansEverybody) {
  const std::vector<std::string> faults{
      R"({"kind": "status", "status": 410, "code": "resyncRequired"})",
      R"({"kind": "status", "status": 400, "code": "SyncStateNotFound"})",
      R"({"kind": "status", "status": 404})",
      R"({"kind": "missingValue"})",
      R"({"kind": "malformed"})",
      R"({"kind": "omit", "property": "id"})"};
  for (const auto& fault : faults) {
    World world(Options(6));
    Settle(world);
    const auto users = Users(world);
    Edit(world, json::array({SetUser(users.front(), {{"jobTitle", "Pilot"}, {"city", "Rome"}}),
                             SetUser(users.back(), {{"displayName", "Somebody Else"}})}));
    world.Control(
        "PUT", "/_sim/faults",
        R"([{"match": {"path": "/users/delta"}, "fault": )" + fault + R"(, "count": 1}])");
    EXPECT_EQ(ListingsIn(world, 1), 1) << fault;
  }
}

TEST_F(ReadingChanges, ARestartGoesOnFromTheStoredReading) {
  World world(Options(7));
  Settle(world);
  EXPECT_EQ(ListingsIn(world, 1), 0);
  world.Restart();
  const auto user = UserWhere(world, false);
  Edit(world, json::array({SetUser(user, {{"department", "IT"}})}));
  EXPECT_EQ(ListingsIn(world, 2), 0);
  EXPECT_FALSE(world.tenant().FindUser(user)->rows.empty()) << "was given it";
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST_F(ReadingChanges, AStoredReadingIsNoneForLongerThanOneInMemory) {
  World world(Options(7));
  Settle(world);
  // Together as long as one process goes on.
  const int listings = Count(world, "/v1.0/users/$count", [&] {
    for (int cycle = 0; cycle < 24; ++cycle) {
      world.Restart();
      Run(world);
    }
  });
  EXPECT_GE(listings, 1);
  EXPECT_LE(listings, 3);
  world.Restart();
  world.Wait(minutes(61));
  EXPECT_EQ(ListingsIn(world, 1), 1);
}

TEST_F(ReadingChanges, AStoredReadingThatCannotBeUsedMeansEverybody) {
  World world(Options(9));
  Settle(world);
  world.Restart();
  {
    const auto store = world.OpenStore();
    const auto lease = store->AcquireLease(world.key(), "test", world.Now(), minutes(1));
    ASSERT_TRUE(lease) << lease.error().message;
    auto bytes = store->SavedReading(world.key());
    ASSERT_TRUE(bytes);
    ASSERT_FALSE(bytes->empty());
    bytes->at(bytes->size() / 2) ^= 1;
    ASSERT_TRUE(store->SaveReading(*lease, *bytes));
    ASSERT_TRUE(store->ReleaseLease(*lease));
  }
  EXPECT_EQ(ListingsIn(world, 1), 1);
  world.Restart();
  EXPECT_EQ(ListingsIn(world, 1), 0) << "it was replaced";
}

TEST_F(ReadingChanges, ManyChangesAtOnceMeanEverybody) {
  auto options = Options(8);
  options.users = 300;
  World world(options);
  Settle(world);
  json edits = json::array();
  for (const auto& user : Users(world)) edits.push_back(SetUser(user, {{"displayName", "One"}}));
  Edit(world, edits);
  EXPECT_EQ(ListingsIn(world, 1), 1);
}

// What a tenant goes through; departments and names that rules and plans ask for.
json RandomEdit(Random& random, const std::vector<std::string>& users, std::set<std::string>& gone,
                int number) {
  const auto& user = users[random.Next() % users.size()];
  if (gone.contains(user)) {
    if (random.Next() % 2 == 0) return {};
    gone.erase(user);
    return {{"op", "restoreUser"}, {"user", user}};
  }
  switch (random.Next() % 6) {
    case 0:
      gone.insert(user);
      return {{"op", "deleteUser"}, {"user", user}};
    case 1:
      return {{"op", "addUser"},
              {"user",
               {{"userPrincipalName", "new" + std::to_string(number) + "@contoso.example"},
                {"displayName", "New"},
                {"accountEnabled", true},
                {"userType", "Member"},
                {"usageLocation", "FR"},
                {"department", "IT"}}}};
    case 2:
      return {{"op", "setUser"}, {"user", user}, {"set", {{"accountEnabled", false}}}};
    case 3:
      return {{"op", "setUser"}, {"user", user}, {"set", {{"department", "IT"}}}};
    case 4:
      return {{"op", "setUser"}, {"user", user}, {"set", {{"department", nullptr}}}};
    default:
      return {{"op", "setUser"}, {"user", user}, {"set", {{"displayName", "Renamed"}}}};
  }
}

TEST_F(ReadingChanges, PlansAreThoseOfAReadingOfEverybody) {
  const int seeds = RandomCases(10);
  for (int seed = 1; seed <= seeds; ++seed) {
    World world(Options(static_cast<std::uint64_t>(seed)));
    world.SetMode(CycleRequest::Mode::kObserve);
    Run(world);
    const auto users = Users(world);
    std::set<std::string> gone;
    for (int round = 0; round < 6; ++round) {
      json edits = json::array();
      for (int i = 0; i < 4; ++i) {
        auto edit = RandomEdit(world.random(), users, gone, round * 10 + i);
        if (!edit.empty()) edits.push_back(std::move(edit));
      }
      Edit(world, edits);
      // First, for it leaves no memory behind.
      const auto expected = PlanOfEverybody(world);
      std::string planned;
      const int listings = Count(world, "/v1.0/users/$count", [&] {
        auto report = world.RunCycle();
        planned = report && report->plan ? RenderPlanJson(report->plan->plan()) : "no plan";
      });
      ASSERT_EQ(listings, 0) << "seed " << seed << ", round " << round;
      // The two were made at two moments.
      const auto without_times = [](const std::string& text) {
        auto plan = json::parse(text);
        plan.erase("observedAt");
        return plan;
      };
      ASSERT_EQ(json::diff(without_times(planned), without_times(expected)), json::array())
          << "seed " << seed << ", round " << round;
      world.Wait(minutes(5));
    }
  }
}

}  // namespace
}  // namespace seatkeeper::test
