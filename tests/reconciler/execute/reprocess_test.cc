// Users whose groups the service processes again: how such a change is sent and what becomes of it.

#include <gmock/gmock.h>

#include "reconciler/execute/settle.h"
#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);

Change Again(int number) {
  Change change = Assign(number, kE3);
  change.reason = Reason::kReprocessed;
  change.reprocess = Reprocessing{.products = {{.product = kE3,
                                                .group = GroupNumber(1),
                                                .group_name = "Sales",
                                                .blocker = Blocker::kNoSeat}},
                                  .basis = "sha256:0"};
  return change;
}

TEST(ExecutorReprocess, IsCheckedWrittenDownAndSentWithTheOthers) {
  Driver driver({Again(1), Again(2)}, {{kE3, 3}});
  driver.fingerprints[User(2)] += 1;
  driver.Start();
  const auto& send = driver.RunUntil<executor_effect::Send>();
  ASSERT_THAT(IdsOf(send), ElementsAre("c1"));
  EXPECT_TRUE(send.items[0].reprocess);
  EXPECT_THAT(send.items[0].add, IsEmpty());
  const auto& intent = driver.intents.at("p1/c1");
  EXPECT_TRUE(intent.reprocesses());
  EXPECT_EQ(intent.add.at(0).product, kE3);
  EXPECT_THAT(intent.seats, ElementsAre(Pair(kE3, 1)));
  EXPECT_THAT(intent.message, HasSubstr("through group `Sales`: a seat is free"));
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("changed since the plan was made"));
}

TEST(ExecutorReprocess, WithoutARecheckNothingIsSent) {
  Driver driver({Again(1)}, {{kE3, 1}});
  driver.recheck_error = Failure(ErrorKind::kUnreachable, "no route");
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("before the groups are processed again: no route"));
}

TEST(ExecutorReprocess, WithoutASeatNothingIsSent) {
  Driver driver({Again(1)});
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
}

TEST(ExecutorReprocess, ARefusalSaysWhyAndNothingOfItGoesOnByItself) {
  auto change = Again(1);
  change.add.push_back({.product = kE5, .disabled_plans = {}});
  change.takes_seats.push_back(kE5);
  Driver driver({change}, {{kE3, 1}, {kE5, 1}});
  driver.answers["c1"] = {
      Says(WriteResult::Kind::kRefused, 400,
           "Subscription with SKU " + kE3.ToString() + " does not have any available licenses.")};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kRefused);
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("does not have any available licenses"));
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1")));
  EXPECT_TRUE(driver.executor().split_off().empty());
}

TEST(ExecutorReprocess, IsSentAgainWhenTheServiceAsksForThat) {
  Driver driver({Again(1)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.sent.size(), 2U);
  EXPECT_EQ(driver.rechecked.size(), 2U);
}

constexpr WallTime kAnswered{std::chrono::milliseconds(1'795'000'000'000)};

ObservedState Reading(AssignmentSource source, AssignmentState state, WallTime read_at) {
  ObservedBuilder builder(PlanningProperties());
  builder.AddProduct({.id = kE3});
  builder.BeginUser(User(1));
  builder.AssignmentsKnown();
  builder.AddAssignment({.product = kE3,
                         .source = source,
                         .group = source == AssignmentSource::kGroup ? GroupNumber(1) : GroupId(),
                         .state = state});
  builder.EndUser();
  return builder.Finish("contoso", read_at);
}

JournalEntry Entry(ChangeState state) {
  JournalEntry entry;
  entry.id = "p1/c1";
  entry.user = User(1);
  entry.add = {{.product = kE3, .disabled_plans = {}}};
  entry.reason = "reprocessed";
  entry.state = state;
  entry.intended_at = kAnswered - minutes(1);
  if (state != ChangeState::kIntended) entry.answered_at = kAnswered;
  return entry;
}

// What two readings after the horizon come to.
Settlement Settled(JournalEntry entry, AssignmentSource source, AssignmentState state) {
  const auto at = kAnswered + minutes(10);
  auto settlement = Settle({entry}, Reading(source, state, at), at);
  if (settlement.updates.empty() || !IsOpen(settlement.updates[0].state)) return settlement;
  entry.sightings = settlement.updates[0].sightings;
  entry.leaning = settlement.updates[0].leaning;
  const auto later = at + minutes(5);
  return Settle({entry}, Reading(source, state, later), later);
}

ChangeState StateAfter(ChangeState state, AssignmentSource source, AssignmentState shown) {
  const auto settlement = Settled(Entry(state), source, shown);
  return settlement.updates.empty() ? state : settlement.updates[0].state;
}

TEST(SettleReprocess, IsConfirmedWhenAGroupGivesIt) {
  using enum ChangeState;
  const auto group = AssignmentSource::kGroup;
  const auto active = AssignmentState::kActive;
  const auto error = AssignmentState::kError;
  EXPECT_EQ(StateAfter(kAccepted, group, active), kConfirmed);
  EXPECT_EQ(StateAfter(kAccepted, group, error), kDiverged);
  EXPECT_EQ(StateAfter(kAccepted, AssignmentSource::kDirect, active), kDiverged)
      << "somebody assigned it directly";
  EXPECT_EQ(StateAfter(kAmbiguous, group, active), kMatched);
  EXPECT_EQ(StateAfter(kAmbiguous, group, error), kSuperseded)
      << "that it failed again does not prove that it was not tried";
  EXPECT_EQ(StateAfter(kIntended, group, error), kSuperseded);
}

TEST(SettleReprocess, NobodyOwnsWhatAGroupGives) {
  const auto settlement =
      Settled(Entry(ChangeState::kAccepted), AssignmentSource::kGroup, AssignmentState::kActive);
  EXPECT_TRUE(settlement.memory.empty());
}

TEST(SettleReprocess, TheSeatIsTakenUntilItShows) {
  const auto at = kAnswered + minutes(1);
  const auto settlement =
      Settle({Entry(ChangeState::kAccepted)},
             Reading(AssignmentSource::kGroup, AssignmentState::kError, at), at);
  EXPECT_THAT(settlement.unseen_seats, ElementsAre(Pair(kE3, 1)));
  EXPECT_THAT(settlement.busy, ElementsAre(User(1)));
}

}  // namespace
}  // namespace seatkeeper::test
