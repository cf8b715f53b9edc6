#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::map<SkuId, int> kSeats{{Sku(1), 9}, {Sku(2), 9}, {Sku(3), 9}};

Change AssignAll(int number, const std::vector<SkuId>& products, int wave = 1) {
  Change change = ChangeFor(number, wave);
  for (const auto& product : products) {
    change.add.push_back({.product = product, .disabled_plans = {}});
    change.takes_seats.push_back(product);
  }
  return change;
}

WriteResult NoSeatOf(const SkuId& product) {
  return Says(WriteResult::Kind::kRefused, 400,
              fmt::format("Subscription with SKU {} does not have any available licenses.",
                          product.ToString()));
}

std::string OnlySplitOff(Driver& driver) {
  const auto& split = driver.executor().split_off();
  EXPECT_EQ(split.size(), 1U);
  return split.empty() ? "" : split.begin()->first;
}

TEST(ExecutorSplit, SendsTheRestAsAChangeOfItsOwn) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.Run();
  const auto rest = OnlySplitOff(driver);
  EXPECT_EQ(driver.executor().split_off().at(rest).of, "c1");
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kRefused);
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("does not have any available licenses"));
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("goes on as change " + rest));
  EXPECT_EQ(driver.StateOf(rest), ChangeState::kAccepted);
  EXPECT_THAT(driver.MessageOf(rest), HasSubstr("Split off from change c1"));
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre(rest)));
  EXPECT_THAT(driver.progress, ElementsAre("c1 refused", rest + " accepted"));
}

TEST(ExecutorSplit, TheJournalHasTheBodyOfEachBeforeItIsSent) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  EXPECT_THAT(driver.intents, SizeIs(1)) << "nothing before the refusal is durable";
  driver.AnswerFront();
  const auto rest = OnlySplitOff(driver);
  driver.RunUntil<executor_effect::Send>();
  const auto& entry = driver.intents.at("p1/" + rest);
  EXPECT_THAT(entry.add, ElementsAre(AddLicense{.product = Sku(2), .disabled_plans = {}}));
  EXPECT_THAT(entry.seats, ElementsAre(std::pair(Sku(2), 1)));
  EXPECT_EQ(entry.user, User(1));
  EXPECT_EQ(entry.attempt, 1);
  EXPECT_THAT(driver.intents.at("p1/c1").add, SizeIs(2)) << "as it was sent";
  const auto* send = driver.Front<executor_effect::Send>();
  ASSERT_NE(send, nullptr);
  EXPECT_EQ(send->items.at(0).add, entry.add);
}

TEST(ExecutorSplit, TakesSeatsLikeAnyOther) {
  // The refused one gives back what it held, and the rest takes its own again.
  Driver driver({AssignAll(1, {Sku(1), Sku(2)}), AssignAll(2, {Sku(2)})},
                {{Sku(1), 1}, {Sku(2), 1}});
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.Run();
  const auto rest = OnlySplitOff(driver);
  const int served = (driver.StateOf(rest) == ChangeState::kAccepted ? 1 : 0) +
                     (driver.StateOf("c2") == ChangeState::kAccepted ? 1 : 0);
  EXPECT_EQ(served, 1) << "there is one seat";
}

TEST(ExecutorSplit, TheNextWaveWaitsForTheRest) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)}), AssignAll(2, {Sku(3)}, 2)}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.Run();
  const auto rest = OnlySplitOff(driver);
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre(rest), ElementsAre("c2")));
}

TEST(ExecutorSplit, IsTakenApartAgainUntilNothingIsLeft) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2), Sku(3)})}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  driver.AnswerFront();
  driver.answers[OnlySplitOff(driver)] = {NoSeatOf(Sku(3))};
  driver.Run();
  EXPECT_THAT(driver.executor().split_off(), SizeIs(2));
  std::vector<ChangeState> states;
  for (const auto& [id, outcome] : driver.executor().outcomes()) states.push_back(outcome.state);
  EXPECT_THAT(states, testing::UnorderedElementsAre(ChangeState::kRefused, ChangeState::kRefused,
                                                    ChangeState::kAccepted));
  EXPECT_THAT(driver.sent, SizeIs(3));
}

TEST(ExecutorSplit, IsNotSentOnceItStops) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  driver.Stop("enough");
  driver.Run();
  const auto rest = OnlySplitOff(driver);
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kRefused);
  EXPECT_EQ(driver.StateOf(rest), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf(rest), "enough");
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_FALSE(driver.intents.contains("p1/" + rest)) << "what was never intended is not recorded";
}

TEST(ExecutorSplit, IsNotSentWhenTheRefusalCannotBeWrittenDown) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.outcomes_error = Failure(ErrorKind::kStore, "disk full");
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_THAT(driver.executor().stop_reason(), HasSubstr("disk full"));
}

TEST(ExecutorSplit, WhatSwapsUpIsRecheckedAnew) {
  Change change = Swap(1, Sku(2), Sku(3));
  change.add.push_back({.product = Sku(1), .disabled_plans = {}});
  change.takes_seats.push_back(Sku(1));
  change.replaced = {Sku(2)};
  change.swaps = {{Sku(2), Sku(3)}};
  Driver driver({change}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  driver.fingerprints[User(1)] = 7;  // Somebody changes the user just now.
  driver.Run();
  const auto rest = OnlySplitOff(driver);
  EXPECT_THAT(driver.rechecked, SizeIs(2));
  EXPECT_EQ(driver.StateOf(rest), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf(rest), "The user changed since the plan was made.");
}

TEST(ExecutorSplit, IsNotTriedWhereTheCulpritCannotBeTold) {
  Driver driver({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  driver.answers["c1"] = {Says(WriteResult::Kind::kRefused, 400, "Something is wrong.")};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.executor().split_off(), IsEmpty());
  EXPECT_EQ(driver.MessageOf("c1"), "Something is wrong.");
  EXPECT_THAT(driver.sent, SizeIs(1));
}

TEST(ExecutorSplit, WhatThePlanHasAnywayIsNotMadeTwice) {
  auto part = AssignAll(2, {Sku(2)});
  Driver probe({AssignAll(1, {Sku(1), Sku(2)})}, kSeats);
  probe.answers["c1"] = {NoSeatOf(Sku(1))};
  probe.Start();
  probe.Run();
  part.id = OnlySplitOff(probe);
  Driver driver({AssignAll(1, {Sku(1), Sku(2)}), part}, kSeats);
  driver.answers["c1"] = {NoSeatOf(Sku(1))};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.executor().split_off(), IsEmpty());
}

ExecutorOptions Probing() {
  ExecutorOptions options;
  options.probe = true;
  return options;
}

TEST(ExecutorProbe, SendsOneHarmlessChangeFirst) {
  Driver driver({Unassign(1, Sku(1)), Assign(2, Sku(2)), Assign(3, Sku(2))}, kSeats, Probing());
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  EXPECT_THAT(driver.pending, SizeIs(1)) << "and nothing else is begun";
  EXPECT_THAT(driver.sent, IsEmpty());
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c2"), ElementsAre("c1", "c3")));
}

TEST(ExecutorProbe, GoesOnOneByOneUntilOneIsAccepted) {
  Driver driver({Assign(1, Sku(2)), Assign(2, Sku(2)), Assign(3, Sku(2)), Assign(4, Sku(2))},
                kSeats, Probing());
  driver.answers["c1"] = {Refused()};
  driver.answers["c2"] = {TryAgain(std::chrono::seconds(1)),
                          Says(WriteResult::Kind::kAccepted, 200)};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c2"), ElementsAre("c2"),
                                       ElementsAre("c3", "c4")));
}

TEST(ExecutorProbe, SendsARemovalWhereThereIsNothingElse) {
  Driver driver({Unassign(1, Sku(1)), Unassign(2, Sku(1))}, kSeats, Probing());
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c2")));
  EXPECT_THAT(driver.rechecked, SizeIs(2));
}

}  // namespace
}  // namespace seatkeeper::test
