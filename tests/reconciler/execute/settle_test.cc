#include "reconciler/execute/settle.h"

#include <gmock/gmock.h>

#include "tests/support/plan_builder.h"

namespace seatkeeper::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);
const PlanId kYammer = ServicePlanNumber(1);
const PlanId kTeams = ServicePlanNumber(2);
const PlanId kForeign = ServicePlanNumber(99);  // Of no product of the tenant.

constexpr WallTime kAnswered{std::chrono::milliseconds(1'795'000'000'000)};

/// What a reading shows of user 1.
struct Shown {
  bool present = true;
  bool known = true;
  struct Row {
    SkuId product;
    std::vector<PlanId> off;
    AssignmentSource source = AssignmentSource::kDirect;
    AssignmentState state = AssignmentState::kActive;
    std::string updated = {};
  };
  std::vector<Row> rows;
  std::string location = {};
};

ObservedState Reading(const Shown& shown, WallTime read_at) {
  ObservedBuilder builder(PlanningProperties());
  for (const SkuId& id : {kE3, kE5}) {
    Product product;
    product.id = id;
    product.subscribed = true;
    product.plans = {{.id = kYammer}, {.id = kTeams}};
    builder.AddProduct(product);
  }
  if (shown.present) {
    builder.BeginUser(User(1));
    if (shown.known) builder.AssignmentsKnown();
    if (!shown.location.empty()) {
      builder.SetText(rule::Property::kUsageLocation, shown.location);
    }
    for (const auto& row : shown.rows) {
      AssignmentInput input;
      input.product = row.product;
      input.source = row.source;
      input.state = row.state;
      input.disabled_plans = row.off;
      input.updated = row.updated;
      if (row.source == AssignmentSource::kGroup) input.group = {NumberedGuid(4, 1)};
      builder.AddAssignment(input);
    }
    builder.EndUser();
  }
  return builder.Finish("contoso", read_at);
}

/// From E3 to E5 without Yammer, answered at kAnswered.
JournalEntry SwapEntry(ChangeState state) {
  JournalEntry entry;
  entry.id = "p1/c1";
  entry.user = User(1);
  entry.add = {{.product = kE5, .disabled_plans = {kYammer}}};
  entry.remove = {kE3};
  entry.before = {{.product = kE3, .disabled_plans = {kTeams}}};
  entry.state = state;
  entry.attempt = 3;
  entry.intended_at = kAnswered - minutes(1);
  if (state != ChangeState::kIntended) entry.answered_at = kAnswered;
  return entry;
}

const Shown kAfter{.rows = {{.product = kE5, .off = {kYammer}}}};
const Shown kBefore{.rows = {{.product = kE3, .off = {kTeams}}}};
const Shown kNeither{.rows = {}};
const Shown kGone{.present = false, .rows = {}};
const Shown kUnread{.known = false, .rows = {}};

/// The entry after a reading that began so long after the answer.
JournalEntry AfterReading(JournalEntry entry, const Shown& shown, std::chrono::milliseconds later) {
  const WallTime at = kAnswered + later;
  for (const JournalUpdate& update : Settle({entry}, Reading(shown, at), at).updates) {
    EXPECT_EQ(update.id, entry.id);
    EXPECT_EQ(update.attempt, entry.attempt);
    EXPECT_EQ(update.at, at);
    entry.state = update.state;
    entry.sightings = update.sightings;
    entry.leaning = update.leaning;
  }
  return entry;
}

TEST(Settle, TwoReadingsDecide) {
  struct Case {
    const char* name;
    ChangeState state;
    Shown first;
    Shown second;
    minutes first_at;
    ChangeState between;
    ChangeState in_the_end;
  };
  using enum ChangeState;
  const Case cases[] = {
      {"accepted shows", kAccepted, kAfter, kAfter, minutes(1), kAccepted, kConfirmed},
      {"accepted shows late", kAccepted, kAfter, kAfter, minutes(60), kAccepted, kConfirmed},
      {"accepted does not show yet", kAccepted, kBefore, kBefore, minutes(1), kAccepted, kAccepted},
      {"accepted never shows", kAccepted, kBefore, kBefore, minutes(10), kDiverged, kDiverged},
      {"accepted and something else", kAccepted, kNeither, kNeither, minutes(10), kDiverged,
       kDiverged},
      {"accepted and the user is gone", kAccepted, kGone, kGone, minutes(10), kDiverged, kDiverged},
      {"ambiguous and it happened", kAmbiguous, kAfter, kAfter, minutes(10), kAmbiguous, kMatched},
      {"ambiguous and it did not", kAmbiguous, kBefore, kBefore, minutes(10), kAmbiguous,
       kReverted},
      {"ambiguous and something else", kAmbiguous, kNeither, kNeither, minutes(10), kAmbiguous,
       kSuperseded},
      {"ambiguous and the user is gone", kAmbiguous, kGone, kGone, minutes(10), kAmbiguous,
       kSuperseded},
      {"ambiguous before the horizon", kAmbiguous, kAfter, kAfter, minutes(5), kAmbiguous,
       kAmbiguous},
      {"ambiguous, then otherwise", kAmbiguous, kBefore, kAfter, minutes(10), kAmbiguous,
       kAmbiguous},
      {"crashed and it happened", kIntended, kAfter, kAfter, minutes(10), kIntended, kMatched},
      {"crashed and it did not", kIntended, kBefore, kBefore, minutes(10), kIntended, kReverted},
      {"crashed before the horizon", kIntended, kBefore, kBefore, minutes(5), kIntended, kIntended},
      {"unreadable", kAmbiguous, kUnread, kUnread, minutes(60), kAmbiguous, kAmbiguous},
  };
  for (const Case& one : cases) {
    JournalEntry entry = AfterReading(SwapEntry(one.state), one.first, one.first_at);
    EXPECT_EQ(entry.state, one.between) << one.name;
    if (!IsOpen(entry.state)) continue;
    entry = AfterReading(entry, one.second, one.first_at + minutes(1));
    EXPECT_EQ(entry.state, one.in_the_end) << one.name;
  }
}

TEST(Settle, ContradictionsStartTheCountingAnew) {
  JournalEntry entry = SwapEntry(ChangeState::kAmbiguous);
  entry = AfterReading(entry, kBefore, minutes(10));
  entry = AfterReading(entry, kAfter, minutes(11));
  entry = AfterReading(entry, kBefore, minutes(12));
  EXPECT_EQ(entry.state, ChangeState::kAmbiguous);
  entry = AfterReading(entry, kBefore, minutes(13));
  EXPECT_EQ(entry.state, ChangeState::kReverted);

  JournalEntry accepted = AfterReading(SwapEntry(ChangeState::kAccepted), kAfter, minutes(1));
  accepted = AfterReading(accepted, kBefore, minutes(2));
  EXPECT_EQ(accepted.sightings, 0);
  accepted = AfterReading(accepted, kAfter, minutes(3));
  EXPECT_EQ(accepted.state, ChangeState::kAccepted);
}

TEST(Settle, AReadingThatBeganBeforeTheAnswerSaysNothing) {
  constexpr std::chrono::milliseconds kBeforeIt(-1);
  EXPECT_EQ(AfterReading(SwapEntry(ChangeState::kAccepted), kAfter, kBeforeIt).sightings, 0);
}

TEST(Settle, AReadingThatFollowsTheAnswerAtOnceCounts) {
  EXPECT_EQ(AfterReading(SwapEntry(ChangeState::kAccepted), kAfter, minutes(0)).sightings, 1);
}

TEST(Settle, WhatNobodyCanReadIsGivenUpAfterADay) {
  EXPECT_EQ(AfterReading(SwapEntry(ChangeState::kAmbiguous), kUnread, hours(24) - minutes(1)).state,
            ChangeState::kAmbiguous);
  EXPECT_EQ(AfterReading(SwapEntry(ChangeState::kAmbiguous), kUnread, hours(24)).state,
            ChangeState::kUnresolved);
  EXPECT_EQ(AfterReading(SwapEntry(ChangeState::kAccepted), kUnread, hours(24)).state,
            ChangeState::kDiverged);
}

TEST(Settle, SaysWhyInWords) {
  JournalEntry entry = SwapEntry(ChangeState::kAccepted);
  const WallTime at = kAnswered + minutes(10);
  const auto settled = Settle({entry}, Reading(kBefore, at), at);
  ASSERT_EQ(settled.updates.size(), 1U);
  EXPECT_THAT(settled.updates[0].message, ::testing::HasSubstr("10 minutes"));
}

TEST(Settle, OnlyDirectRowsCount) {
  struct Case {
    const char* name;
    Shown shown;
    bool after;
  };
  const auto group = AssignmentSource::kGroup;
  const auto unknown = AssignmentSource::kUnknown;
  const Case cases[] = {
      {"wanted product from a group only",
       {.rows = {{.product = kE5, .off = {kYammer}, .source = group}}},
       false},
      {"removed product goes on from a group",
       {.rows = {{.product = kE3, .off = {}, .source = group}, {.product = kE5, .off = {kYammer}}}},
       true},
      {"removed product is still there",
       {.rows = {{.product = kE3, .off = {}}, {.product = kE5, .off = {kYammer}}}},
       false},
      {"other plans", {.rows = {{.product = kE5, .off = {kTeams}}}}, false},
      {"more plans off", {.rows = {{.product = kE5, .off = {kYammer, kTeams}}}}, false},
      {"plans that the product does not have",
       {.rows = {{.product = kE5, .off = {kYammer, kForeign}}}},
       true},
      {"a source that is not told",
       {.rows = {{.product = kE5, .off = {kYammer}, .source = unknown}}},
       false},
      {"another product's source is not told",
       {.rows = {{.product = kE5, .off = {kYammer}},
                 {.product = Sku(9), .off = {}, .source = unknown}}},
       true},
      {"assigned with an error",
       {.rows = {{.product = kE5, .off = {kYammer}, .state = AssignmentState::kError}}},
       true},
  };
  for (const Case& one : cases) {
    const auto entry = AfterReading(SwapEntry(ChangeState::kAccepted), one.shown, minutes(1));
    EXPECT_EQ(entry.sightings, one.after ? 1 : 0) << one.name;
  }
}

TEST(Settle, PlanChangesAreSeenByTheirPlans) {
  JournalEntry entry = SwapEntry(ChangeState::kAmbiguous);
  entry.add = {{.product = kE3, .disabled_plans = {kYammer, kTeams}}};
  entry.remove = {};
  entry.plans_off = {kE3};
  const Shown done{.rows = {{.product = kE3, .off = {kTeams, kYammer}}}};
  const Shown other{.rows = {{.product = kE3, .off = {kYammer}}}};
  EXPECT_EQ(AfterReading(entry, done, minutes(10)).leaning, ChangeState::kMatched);
  EXPECT_EQ(AfterReading(entry, kBefore, minutes(10)).leaning, ChangeState::kReverted);
  EXPECT_EQ(AfterReading(entry, other, minutes(10)).leaning, ChangeState::kSuperseded);
}

TEST(Settle, UsersAreBusyWhileTheirChangeIsOpen) {
  const WallTime soon = kAnswered + minutes(1);
  const JournalEntry entry = SwapEntry(ChangeState::kAccepted);
  EXPECT_THAT(Settle({entry}, Reading(kBefore, soon), soon).busy, ElementsAre(User(1)));
  JournalEntry seen_once = entry;
  seen_once.sightings = 1;
  seen_once.leaning = ChangeState::kConfirmed;
  EXPECT_THAT(Settle({seen_once}, Reading(kAfter, soon), soon).busy, IsEmpty());
  EXPECT_THAT(Settle({}, Reading(kAfter, soon), soon).busy, IsEmpty());
}

TEST(Settle, CountsSeatsThatTheReadingDoesNotShowYet) {
  const WallTime soon = kAnswered + minutes(1);
  for (const ChangeState state :
       {ChangeState::kAccepted, ChangeState::kAmbiguous, ChangeState::kIntended}) {
    const JournalEntry entry = SwapEntry(state);
    EXPECT_THAT(Settle({entry}, Reading(kBefore, soon), soon).unseen_seats,
                ElementsAre(Pair(kE5, 1)));
    EXPECT_THAT(Settle({entry}, Reading(kUnread, soon), soon).unseen_seats,
                ElementsAre(Pair(kE5, 1)));
    EXPECT_THAT(Settle({entry}, Reading(kAfter, soon), soon).unseen_seats, IsEmpty());
  }
  const Shown without_seat{
      .rows = {{.product = kE5, .off = {kYammer}, .state = AssignmentState::kError}}};
  EXPECT_THAT(
      Settle({SwapEntry(ChangeState::kAccepted)}, Reading(without_seat, soon), soon).unseen_seats,
      ElementsAre(Pair(kE5, 1)));
}

/// What becomes of ownership at the second of two such readings.
MemoryChange OwnershipAfter(JournalEntry entry, const Shown& shown) {
  const WallTime at = kAnswered + minutes(20);
  entry = AfterReading(std::move(entry), shown, minutes(19));
  EXPECT_TRUE(IsOpen(entry.state));
  return Settle({entry}, Reading(shown, at), at).memory;
}

TEST(Settle, WhatAConfirmedChangeGaveIsOwned) {
  const UserProduct e3{User(1), kE3};
  const UserProduct e5{User(1), kE5};
  const auto confirmed = OwnershipAfter(SwapEntry(ChangeState::kAccepted), kAfter);
  EXPECT_THAT(confirmed.owned, ElementsAre(e5));
  EXPECT_THAT(confirmed.no_longer_owned, ElementsAre(e3));
  const auto matched = OwnershipAfter(SwapEntry(ChangeState::kAmbiguous), kAfter);
  EXPECT_THAT(matched.owned, IsEmpty()) << "somebody else may have done it";
  EXPECT_THAT(matched.no_longer_owned, ElementsAre(e3));
  EXPECT_TRUE(OwnershipAfter(SwapEntry(ChangeState::kAmbiguous), kBefore).empty())
      << "it did not happen";
  const auto superseded = OwnershipAfter(SwapEntry(ChangeState::kAmbiguous), kNeither);
  EXPECT_THAT(superseded.owned, IsEmpty());
  EXPECT_THAT(superseded.no_longer_owned, ElementsAre(e3));
}

TEST(Settle, WhatSomebodyElseAssignedMeanwhileIsNotOwned) {
  auto entry = SwapEntry(ChangeState::kAccepted);
  entry.sightings = 1;
  entry.leaning = ChangeState::kConfirmed;
  auto shown = kAfter;
  const auto settled = [&](WallTime updated) {
    shown.rows[0].updated = FormatTime(updated);
    return Settle({entry}, Reading(shown, kAnswered + minutes(1)), kAnswered + minutes(1));
  };
  const auto earlier = settled(entry.intended_at - std::chrono::seconds(1));
  EXPECT_THAT(earlier.memory.owned, IsEmpty()) << "an administrator was quicker";
  ASSERT_EQ(earlier.updates.size(), 1U);
  EXPECT_EQ(earlier.updates[0].state, ChangeState::kConfirmed) << "it is as it should be";
  for (const auto updated : {std::chrono::floor<std::chrono::seconds>(entry.intended_at),
                             std::chrono::floor<std::chrono::seconds>(kAnswered)}) {
    EXPECT_THAT(settled(updated).memory.owned, ElementsAre(UserProduct{User(1), kE5}));
  }
}

TEST(Settle, WhatTheUserHeldDirectlyBeforeIsNotOwned) {
  JournalEntry entry = SwapEntry(ChangeState::kAccepted);
  entry.add = {{.product = kE3, .disabled_plans = {kYammer}},
               {.product = kE5, .disabled_plans = {}}};
  entry.remove = {};
  const Shown both{.rows = {{.product = kE3, .off = {kYammer}}, {.product = kE5, .off = {}}}};
  const auto ownership = OwnershipAfter(entry, both);
  EXPECT_THAT(ownership.owned, ElementsAre(UserProduct{User(1), kE5}));
  EXPECT_THAT(ownership.no_longer_owned, IsEmpty());
}

TEST(Settle, OwnershipWaitsForTheChangeToSettle) {
  const WallTime soon = kAnswered + minutes(1);
  EXPECT_TRUE(
      Settle({SwapEntry(ChangeState::kAccepted)}, Reading(kAfter, soon), soon).memory.empty());
}

TEST(Settle, NothingMovesWithoutNews) {
  const WallTime soon = kAnswered + minutes(1);
  EXPECT_THAT(Settle({SwapEntry(ChangeState::kAccepted)}, Reading(kBefore, soon), soon).updates,
              IsEmpty());
  EXPECT_THAT(Settle({SwapEntry(ChangeState::kAmbiguous)}, Reading(kAfter, soon), soon).updates,
              IsEmpty());
}

/// User 1 got E5 and, having none, a usage location.
JournalEntry LocatedEntry(ChangeState state) {
  JournalEntry entry = SwapEntry(state);
  entry.remove.clear();
  entry.before.clear();
  entry.usage_location = "FR";
  return entry;
}

TEST(Settle, AUsageLocationIsPartOfWhatIsSettled) {
  using enum ChangeState;
  struct Case {
    const char* name;
    ChangeState state;
    const char* location;
    bool given;
    ChangeState in_the_end;
  };
  const Case cases[] = {
      {"accepted, both show", kAccepted, "FR", true, kConfirmed},
      {"accepted, the location does not show", kAccepted, "", true, kDiverged},
      {"accepted, another location shows", kAccepted, "DE", true, kDiverged},
      {"ambiguous, both show", kAmbiguous, "FR", true, kMatched},
      {"ambiguous, nothing shows", kAmbiguous, "", false, kReverted},
      {"ambiguous, only the location shows", kAmbiguous, "FR", false, kSuperseded},
      {"crashed, both show", kIntended, "FR", true, kMatched},
      {"crashed, nothing shows", kIntended, "", false, kReverted},
  };
  for (const auto& row : cases) {
    Shown shown{.rows = {}, .location = row.location};
    if (row.given) shown.rows = kAfter.rows;
    const auto once = AfterReading(LocatedEntry(row.state), shown, minutes(11));
    const auto end = IsOpen(once.state) ? AfterReading(once, shown, minutes(12)) : once;
    EXPECT_EQ(end.state, row.in_the_end) << row.name;
  }
}

}  // namespace
}  // namespace seatkeeper::test
