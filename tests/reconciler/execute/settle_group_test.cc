#include <gmock/gmock.h>

#include "reconciler/execute/settle.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);
const PlanId kYammer = ServicePlanNumber(1);
const PlanId kTeams = ServicePlanNumber(2);
const PlanId kForeign = ServicePlanNumber(99);  // Of no product of the tenant.

constexpr WallTime kAnswered{std::chrono::milliseconds(1'795'000'000'000)};
constexpr char kDone[] = "ProcessingComplete";
constexpr char kWorking[] = "ProcessingInProgress";

/// What a reading shows of group 1, whose direct members are users 1, 2, 3 and somebody unread.
struct Shown {
  std::vector<GroupLicense> licenses = {};
  std::string state = kDone;
  bool present = true;
  GroupReading::Status members = GroupReading::Status::kFound;
  std::vector<int> holders = {};  ///< Users who hold E5, from wherever.
};

ObservedState Reading(const Shown& shown, WallTime read_at) {
  ObservedBuilder builder(PlanningProperties());
  for (const SkuId& id : {kE3, kE5}) {
    builder.AddProduct({.id = id, .plans = {{.id = kYammer}, {.id = kTeams}}});
  }
  for (int user = 1; user <= 4; ++user) {
    builder.BeginUser(User(user));
    builder.AssignmentsKnown();
    if (std::ranges::find(shown.holders, user) != shown.holders.end()) {
      builder.AddAssignment({.product = kE5, .source = AssignmentSource::kDirect});
    }
    builder.EndUser();
  }
  if (shown.present) {
    builder.AddGroup(
        {.id = GroupNumber(1), .licenses = shown.licenses, .processing_state = shown.state});
  }
  LinkedUsers linked{.link = {Link::Kind::kDirectMembers, GroupNumber(1).guid}};
  linked.status = shown.members;
  if (linked.status == GroupReading::Status::kFound) {
    linked.users = {User(1), User(2), User(3), User(99)};
  }
  builder.AddLinked(std::move(linked));
  return builder.Finish("contoso", read_at);
}

/// From E3 to E5 without Yammer, answered at kAnswered.
JournalEntry SwapEntry(ChangeState state) {
  JournalEntry entry;
  entry.id = "p1/g1";
  entry.group = LicensedGroup{.id = GroupNumber(1), .display_name = "Sales", .members = 7};
  entry.add = {{.product = kE5, .disabled_plans = {kYammer}}};
  entry.remove = {kE3};
  entry.before = {{.product = kE3, .disabled_plans = {kTeams}}};
  entry.state = state;
  entry.intended_at = kAnswered - minutes(1);
  if (state != ChangeState::kIntended) entry.answered_at = kAnswered;
  return entry;
}

const std::vector<GroupLicense> kWanted{{kE5, {kYammer}}};
const std::vector<GroupLicense> kOld{{kE3, {kTeams}}};
const Shown kAfter{.licenses = kWanted};
const Shown kAfterWorking{.licenses = kWanted, .state = kWorking};
const Shown kBefore{.licenses = kOld};
const Shown kBeforeWorking{.licenses = kOld, .state = kWorking};
const Shown kNeither{.licenses = {}};
const Shown kUnread{.present = false};

JournalEntry AfterReading(JournalEntry entry, const Shown& shown, std::chrono::milliseconds later) {
  const WallTime at = kAnswered + later;
  for (const JournalUpdate& update : Settle({entry}, Reading(shown, at), at).updates) {
    entry.state = update.state;
    entry.sightings = update.sightings;
    entry.leaning = update.leaning;
    entry.message = update.message;
  }
  return entry;
}

TEST(SettleGroup, TwoReadingsDecideOnceTheServiceIsThrough) {
  struct Case {
    const char* name;
    ChangeState state;
    Shown first;
    Shown second;
    hours first_at;
    ChangeState between;
    ChangeState in_the_end;
  };
  using enum ChangeState;
  const Case cases[] = {
      {"shows", kAccepted, kAfter, kAfter, hours(1), kAccepted, kConfirmed},
      {"shows after days", kAccepted, kAfter, kAfter, hours(50), kAccepted, kConfirmed},
      {"members are being worked through", kAccepted, kAfterWorking, kAfterWorking, hours(22),
       kAccepted, kAccepted},
      {"not there yet", kAccepted, kBefore, kBefore, hours(22), kAccepted, kAccepted},
      {"never there", kAccepted, kBefore, kBefore, hours(24), kDiverged, kDiverged},
      {"something else", kAccepted, kNeither, kNeither, hours(24), kDiverged, kDiverged},
      {"named by no policy any more", kAccepted, kUnread, kUnread, hours(22), kAccepted, kAccepted},
      {"ambiguous and it happened", kAmbiguous, kAfter, kAfter, hours(24), kAmbiguous, kMatched},
      {"ambiguous and it did not", kAmbiguous, kBefore, kBefore, hours(24), kAmbiguous, kReverted},
      {"ambiguous and something else", kAmbiguous, kNeither, kNeither, hours(24), kAmbiguous,
       kSuperseded},
      {"ambiguous before the horizon", kAmbiguous, kBefore, kBefore, hours(22), kAmbiguous,
       kAmbiguous},
      {"crashed and it happened", kIntended, kAfter, kAfter, hours(24), kIntended, kMatched},
      {"ambiguous, work goes on for a day", kAmbiguous, kBeforeWorking, kBeforeWorking, hours(24),
       kUnresolved, kUnresolved},
      {"accepted, work goes on for a day", kAccepted, kAfterWorking, kAfterWorking, hours(24),
       kDiverged, kDiverged},
      {"accepted, unread for a day", kAccepted, kUnread, kUnread, hours(24), kDiverged, kDiverged},
  };
  for (const Case& one : cases) {
    JournalEntry entry = AfterReading(SwapEntry(one.state), one.first, one.first_at);
    EXPECT_EQ(entry.state, one.between) << one.name;
    if (!IsOpen(entry.state)) continue;
    entry = AfterReading(entry, one.second, one.first_at + hours(1));
    EXPECT_EQ(entry.state, one.in_the_end) << one.name;
  }
}

TEST(SettleGroup, WhatWasSeenOnceWaitsWhileTheServiceWorksAgain) {
  JournalEntry entry = AfterReading(SwapEntry(ChangeState::kAccepted), kAfter, hours(1));
  entry = AfterReading(entry, kAfterWorking, hours(2));
  EXPECT_EQ(entry.sightings, 1) << "somebody may have joined";
  EXPECT_EQ(AfterReading(entry, kAfter, hours(3)).state, ChangeState::kConfirmed);
}

TEST(SettleGroup, SaysWhyInWords) {
  EXPECT_THAT(AfterReading(SwapEntry(ChangeState::kAccepted), kBefore, hours(24)).message,
              HasSubstr("more than 24 hours later"));
  EXPECT_THAT(AfterReading(SwapEntry(ChangeState::kAccepted), kAfterWorking, hours(24)).message,
              HasSubstr("still working through the group's members"));
}

TEST(SettleGroup, ItsOwnLicencesCountWithTheirPlans) {
  struct Case {
    const char* name;
    std::vector<GroupLicense> licenses;
    bool after;
  };
  const Case cases[] = {
      {"as wanted", {{kE5, {kYammer}}}, true},
      {"with another product", {{kE5, {kYammer}}, {Sku(9), {}}}, true},
      {"with a plan that the product does not have", {{kE5, {kYammer, kForeign}}}, true},
      {"removed product still there", {{kE3, {kTeams}}, {kE5, {kYammer}}}, false},
      {"other plans", {{kE5, {kTeams}}}, false},
      {"more plans off", {{kE5, {kYammer, kTeams}}}, false},
  };
  for (const Case& one : cases) {
    const auto entry =
        AfterReading(SwapEntry(ChangeState::kAccepted), {.licenses = one.licenses}, hours(1));
    EXPECT_EQ(entry.sightings, one.after ? 1 : 0) << one.name;
  }
}

TEST(SettleGroup, IsBusyWhileItsChangeIsOpenAndItsMembersAreNot) {
  const WallTime soon = kAnswered + minutes(1);
  const auto open = Settle({SwapEntry(ChangeState::kAccepted)}, Reading(kBefore, soon), soon);
  EXPECT_THAT(open.busy_groups, ElementsAre(GroupNumber(1)));
  EXPECT_THAT(open.busy, IsEmpty());
  JournalEntry seen_once = SwapEntry(ChangeState::kAccepted);
  seen_once.sightings = 1;
  seen_once.leaning = ChangeState::kConfirmed;
  EXPECT_THAT(Settle({seen_once}, Reading(kAfter, soon), soon).busy_groups, IsEmpty());
}

TEST(SettleGroup, EveryDirectMemberWithoutASeatCountsOneMeanwhile) {
  const WallTime soon = kAnswered + minutes(1);
  const auto unseen = [&](const Shown& shown) {
    return Settle({SwapEntry(ChangeState::kAccepted)}, Reading(shown, soon), soon).unseen_seats;
  };
  EXPECT_THAT(unseen(kBefore), ElementsAre(Pair(kE5, 3)))
      << "of users; what is no user of the tenant takes no seat";
  EXPECT_THAT(unseen({.licenses = kWanted, .state = kWorking, .holders = {2, 4}}),
              ElementsAre(Pair(kE5, 2)));
  EXPECT_THAT(unseen({.licenses = kWanted, .holders = {1, 2, 3}}), IsEmpty());
  EXPECT_THAT(unseen({.licenses = kWanted, .members = GroupReading::Status::kUnreadable}),
              ElementsAre(Pair(kE5, 7)))
      << "as many as it had when that was planned";
}

TEST(SettleGroup, NobodyOwnsWhatComesFromIt) {
  for (const auto state : {ChangeState::kAccepted, ChangeState::kAmbiguous}) {
    JournalEntry entry = AfterReading(SwapEntry(state), kAfter, hours(24));
    const WallTime at = kAnswered + hours(25);
    const auto settled = Settle({entry}, Reading(kAfter, at), at);
    ASSERT_EQ(settled.updates.size(), 1U);
    EXPECT_FALSE(IsOpen(settled.updates[0].state));
    EXPECT_TRUE(settled.memory.owned.empty());
    EXPECT_TRUE(settled.memory.no_longer_owned.empty());
  }
}

}  // namespace
}  // namespace seatkeeper::test
