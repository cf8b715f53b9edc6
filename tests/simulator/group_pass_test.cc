#include <gmock/gmock.h>

#include <chrono>

#include "tests/simulator/test_support.h"

// When the members of a group have what the group was given.

namespace seatkeeper::sim::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kQueued = "QueuedForProcessing";
constexpr const char* kInProgress = "ProcessingInProgress";
constexpr const char* kComplete = "ProcessingComplete";

// How many rows a user has from this group.
std::size_t Inherited(Bench& bench, const std::string& user, const std::string& group) {
  std::size_t count = 0;
  const json rows = bench.Rows(user);
  for (const json& row : rows) count += row.at("assignedByGroup") == group ? 1 : 0;
  return count;
}

// A bench whose passes take ten seconds: five in the queue, five with the members.
Bench Slow() {
  Bench bench;
  bench.PutGroupLicensing({{"delay", 10'000}});
  return bench;
}

TEST(GroupPass, IsQueuedThenInProgressThenComplete) {
  Bench bench = Slow();
  EXPECT_EQ(bench.Processing(kAll), "");
  ASSERT_EQ(bench.LicenseGroup(kAll, Bench::License(kVisio)).status, 202);
  EXPECT_EQ(bench.Processing(kAll), kQueued);
  bench.now = kNow + 4999ms;
  EXPECT_EQ(bench.Processing(kAll), kQueued);
  bench.now = kNow + 5s;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  bench.now = kNow + 9999ms;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  bench.now = kNow + 10s;
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  ASSERT_EQ(bench.LicenseGroup(kAll, json::array(), {kVisio}).status, 202);
  EXPECT_EQ(bench.Processing(kAll), kQueued);
  bench.now += 10s;
  EXPECT_EQ(bench.Processing(kAll), kComplete) << "without licences, too";
}

TEST(GroupPass, TakesTheDelayOfTheOptions) {
  SimulatorOptions options;
  options.group_delay = 60s;
  Bench bench(SmallTenant(), options);
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.now = kNow + 59999ms;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  bench.now = kNow + 60s;
  EXPECT_EQ(bench.Processing(kAll), kComplete);
}

TEST(GroupPass, ComesToOneMemberAfterTheOther) {
  Bench bench = Slow();
  for (const std::string& user : {kBen, kCleo, kDan}) bench.AddMember(kAll, user);
  bench.LicenseGroup(kAll, Bench::License(kPhone, {kPhonePlan}));
  std::vector<std::int64_t> consumed;
  for (const auto at : {5s, 6s, 7s, 8s, 9s, 10s}) {
    bench.now = kNow + at;
    consumed.push_back(bench.Consumed(kPhone));
  }
  EXPECT_EQ(consumed, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 4}));
}

TEST(GroupPass, DoesNotDependOnWhoLooks) {
  Bench watched = Slow();
  Bench unwatched = Slow();
  for (Bench* bench : {&watched, &unwatched}) {
    bench->AddMember(kAll, kCleo);
    bench->LicenseGroup(kAll, Bench::License(kVisio));
  }
  for (int second = 1; second < 60; ++second) {
    watched.now = kNow + std::chrono::seconds(second);
    watched.Get("/_sim/state");
  }
  unwatched.now = watched.now;
  EXPECT_EQ(unwatched.GetJson("/_sim/state"), watched.GetJson("/_sim/state"));
  EXPECT_EQ(watched.Rows(kCleo)[0]["lastUpdatedDateTime"].get<std::string>().substr(0, 18),
            "2026-01-05T08:00:0")
      << "when it happened, not when it was seen";
}

TEST(GroupPass, IsHeldBackUntilTold) {
  Bench bench = Slow();
  bench.PutGroupLicensing({{"held", true}});
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.now += 30min;
  EXPECT_EQ(bench.Processing(kAll), kQueued);
  bench.PutGroupLicensing({{"held", false}, {"delay", 0}});
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  EXPECT_EQ(bench.Rows(kAda)[1]["lastUpdatedDateTime"], "2026-01-05T08:30:00Z")
      << "nothing happens in the past";
}

TEST(GroupPass, IsHeldBackHalfWay) {
  Bench bench = Slow();
  bench.AddMember(kAll, kCleo);
  bench.LicenseGroup(kAll, Bench::License(kPhone, {kPhonePlan}));
  bench.now += 7s;
  bench.PutGroupLicensing({{"delay", 10'000}, {"held", true}});
  bench.now += 30min;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  EXPECT_EQ(bench.Consumed(kPhone), 1);
  bench.PutGroupLicensing({{"delay", 10'000}});
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  EXPECT_EQ(bench.Consumed(kPhone), 2);
}

TEST(GroupPass, SettingsAreReadBackAndCheckedWhole) {
  Bench bench;
  EXPECT_EQ(bench.GetJson("/_sim/groupLicensing"), (json{{"delay", 1000}, {"held", false}}));
  bench.PutGroupLicensing({{"delay", 5}, {"held", true}});
  for (const json& bad : {json::array(), json{{"delay", -1}}, json{{"delay", 7}, {"held", 1}},
                          json{{"delay", 7}, {"pause", true}}}) {
    EXPECT_EQ(bench.Send("PUT", "/_sim/groupLicensing", bad).status, 400) << bad;
  }
  EXPECT_EQ(bench.GetJson("/_sim/groupLicensing"), (json{{"delay", 5}, {"held", true}}));
  bench.PutGroupLicensing(json::object());
  EXPECT_EQ(bench.GetJson("/_sim/groupLicensing"), (json{{"delay", 1000}, {"held", false}}));
  EXPECT_EQ(bench.Send("DELETE", "/_sim/groupLicensing").status, 405);
}

TEST(GroupPass, IsFollowedByAnotherForWhatIsAskedMeanwhile) {
  Bench bench = Slow();
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.now = kNow + 6s;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  ASSERT_EQ(bench.LicenseGroup(kAll, Bench::License(kF3), {kVisio}).status, 202);
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  bench.now = kNow + 10s;
  EXPECT_EQ(bench.Processing(kAll), kQueued);
  EXPECT_EQ(bench.Rows(kAda)[1]["skuId"], kVisio) << "what the first request asked for";
  bench.now = kNow + 15s;
  EXPECT_EQ(bench.Processing(kAll), kInProgress);
  bench.now = kNow + 20s;
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  EXPECT_EQ(bench.Rows(kAda)[1]["skuId"], kF3);
  EXPECT_EQ(Inherited(bench, kAda, kAll), 1U);
}

TEST(GroupPass, GroupsTakeSeatsInTheOrderInWhichTheyWereAsked) {
  Bench bench = Slow();
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.now = kNow + 1s;
  bench.LicenseGroup(kFrontline, Bench::License(kVisio));
  bench.now = kNow + 1min;
  EXPECT_EQ(bench.Rows(kAda)[1]["state"], "Active");
  EXPECT_EQ(bench.Rows(kBen)[1]["error"], "CountViolation");
}

TEST(GroupPass, CopesWithMembersWhoComeAndGo) {
  Bench bench = Slow();
  bench.AddMember(kAll, kBen);
  bench.AddMember(kAll, kCleo);
  bench.LicenseGroup(kAll, Bench::License(kPhone, {kPhonePlan}));
  bench.now = kNow + 5s;
  ASSERT_EQ(bench.Processing(kAll), kInProgress);
  bench.Edit({{{"op", "deleteUser"}, {"user", kAda}},
              {{"op", "removeMember"}, {"group", kAll}, {"user", kBen}},
              {{"op", "addMember"}, {"group", kAll}, {"user", kDan}}});
  EXPECT_EQ(Inherited(bench, kDan, kAll), 0U) << "a new member waits for its turn";
  bench.now = kNow + 10s;
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  EXPECT_EQ(Inherited(bench, kBen, kAll), 0U);
  EXPECT_EQ(Inherited(bench, kCleo, kAll), 1U);
  EXPECT_EQ(Inherited(bench, kDan, kAll), 1U);
  EXPECT_EQ(bench.Consumed(kPhone), 2);
}

TEST(GroupPass, TakesAwayAtOnceFromWhoIsNoMemberAnyMore) {
  Bench bench = Slow();
  bench.LicenseGroup(kFrontline, Bench::License(kVisio));
  bench.Edit({{{"op", "removeMember"}, {"group", kFrontline}, {"user", kBen}}});
  EXPECT_EQ(bench.Rows(kBen), json::array());
  EXPECT_EQ(bench.Consumed(kF3), 0);
}

TEST(GroupPass, IsNotHurriedByEditsOfOtherThings) {
  Bench bench = Slow();
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.Edit({{{"op", "setGroup"}, {"group", kAll}, {"set", {{"description", "x"}}}}});
  bench.AddMember(kFrontline, kAda);
  EXPECT_EQ(Inherited(bench, kAda, kAll), 0U);
  EXPECT_EQ(Inherited(bench, kAda, kFrontline), 1U) << "that group is not busy";
}

TEST(GroupPass, IsOvertakenByAnAdministratorsEdit) {
  Bench bench = Slow();
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  bench.now += 6s;
  bench.Edit({{{"op", "setGroup"},
               {"group", kAll},
               {"set", {{"assignedLicenses", Bench::License(kF3)}}}}});
  EXPECT_EQ(bench.Processing(kAll), kComplete);
  EXPECT_EQ(bench.Rows(kAda)[1]["skuId"], kF3);
  bench.now += 1min;
  EXPECT_EQ(bench.Consumed(kVisio), 0);
}

TEST(GroupPass, KeepsTheGroupFromBeingDeleted) {
  Bench bench = Slow();
  ASSERT_EQ(bench.LicenseGroup(kFrontline, json::array(), {kF3}).status, 202);
  const json deletion = json::array({{{"op", "deleteGroup"}, {"group", kFrontline}}});
  EXPECT_EQ(bench.Send("PATCH", "/_sim/state", deletion).status, 400);
  bench.now += 10s;
  EXPECT_EQ(bench.Send("PATCH", "/_sim/state", deletion).status, 204);
}

TEST(GroupPass, ShowsInListsAfterTheLag) {
  Bench bench = Slow();
  bench.PutFaults({}, 60'000);
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  const auto listed = [&] {
    return bench
        .GetJson(
            "/v1.0/users?$select=licenseAssignmentStates")["value"][0]["licenseAssignmentStates"]
        .size();
  };
  bench.now = kNow + 67s;
  EXPECT_EQ(listed(), 1U);
  bench.now = kNow + 68s;
  EXPECT_EQ(listed(), 2U) << "the member's turn came after seven and a half seconds";
}

TEST(GroupPass, GoesOnInAnotherTenantMadeOfTheState) {
  Bench bench = Slow();
  bench.LicenseGroup(kAll, Bench::License(kVisio));
  const json state = bench.GetJson("/_sim/state");
  EXPECT_EQ(state["groups"][1]["licenseProcessingState"]["state"], kQueued);
  EXPECT_FALSE(state["groups"][0].contains("licenseProcessingState"));
  EXPECT_EQ(state["users"][0]["licenseAssignmentStates"].size(), 1U);
  Bench other(state);
  EXPECT_EQ(other.Processing(kAll), kQueued);
  other.now += 2s;
  EXPECT_EQ(other.Processing(kAll), kComplete);
  EXPECT_EQ(other.Rows(kAda).size(), 2U);
}

}  // namespace
}  // namespace seatkeeper::sim::test
