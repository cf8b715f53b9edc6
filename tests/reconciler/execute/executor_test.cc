#include "reconciler/execute/executor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using namespace std::chrono_literals;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);

TEST(Executor, WithNothingToDoIsFinishedAtOnce) {
  Driver driver({});
  driver.Start();
  EXPECT_EQ(driver.finished, 1);
  EXPECT_TRUE(driver.executor().finished());
  EXPECT_THAT(driver.executor().outcomes(), IsEmpty());
}

TEST(Executor, CarriesOutOnlyWhatIsToGo) {
  Change held = Unassign(2, kE3);
  held.verdict = Verdict::kHeld;
  Change deferred = Assign(3, kE3);
  deferred.verdict = Verdict::kDeferred;
  Driver driver({Assign(1, kE3), held, deferred}, {{kE3, 9}});
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1")));
  EXPECT_THAT(driver.executor().outcomes(), SizeIs(1));
}

TEST(Executor, WritesTheIntentBeforeItSendsAndTheOutcomeBeforeItTells) {
  Change change = Assign(1, kE5);
  change.add[0].disabled_plans = {ServicePlanNumber(1)};
  change.before = {{.product = kE3, .disabled_plans = {}}};
  Driver driver({change}, {{kE5, 1}});
  driver.Start();
  ASSERT_THAT(driver.pending, SizeIs(1));
  const auto* intents = driver.Front<executor_effect::RecordIntents>();
  ASSERT_NE(intents, nullptr);
  ASSERT_THAT(intents->entries, SizeIs(1));
  const JournalEntry& entry = intents->entries.front();
  EXPECT_EQ(entry.id, "p1/c1");
  EXPECT_EQ(entry.plan_id, "p1");
  EXPECT_EQ(entry.change_id, "c1");
  EXPECT_EQ(entry.user, User(1));
  EXPECT_EQ(entry.user_principal_name, "user1@contoso.com");
  EXPECT_EQ(entry.add, change.add);
  EXPECT_EQ(entry.before, change.before);
  EXPECT_EQ(entry.policy, "engineering");
  EXPECT_EQ(entry.policy_position, "p.yaml:7:3");
  EXPECT_EQ(entry.policy_revision, "sha256:abc");
  EXPECT_EQ(entry.reason, ToString(Reason::kGranted));
  EXPECT_EQ(entry.state, ChangeState::kIntended);
  EXPECT_EQ(entry.attempt, 1);
  EXPECT_EQ(entry.intended_at, driver.now);

  driver.AnswerFront();
  const auto* send = driver.Front<executor_effect::Send>();
  ASSERT_NE(send, nullptr);
  EXPECT_EQ(send->items.front().add, change.add);
  EXPECT_EQ(std::get<UserId>(send->items.front().subject), User(1));

  driver.AnswerFront();
  ASSERT_NE(driver.Front<executor_effect::RecordOutcomes>(), nullptr);
  EXPECT_THAT(driver.progress, IsEmpty());
  EXPECT_EQ(driver.finished, 0);
  driver.AnswerFront();
  EXPECT_THAT(driver.progress, ElementsAre("c1 accepted"));
  EXPECT_EQ(driver.finished, 1);
  EXPECT_EQ(driver.executor().outcomes().at("c1").attempts, 1);
}

TEST(Executor, KeepsToTheSizeAndTheNumberOfBatches) {
  std::vector<Change> changes;
  for (int i = 1; i <= 12; ++i) changes.push_back(Assign(i, kE3));
  ExecutorOptions options;
  options.max_batch = 3;
  options.max_batches_under_way = 2;
  Driver driver(changes, {{kE3, 12}}, options);
  driver.Start();
  EXPECT_THAT(driver.pending, SizeIs(2));
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(4));
  EXPECT_THAT(driver.sent[0], ElementsAre("c1", "c2", "c3"));
  EXPECT_THAT(driver.sent[3], ElementsAre("c10", "c11", "c12"));
}

TEST(Executor, ReadsAgainOnlyUsersWhoLoseSomethingAndThemTogether) {
  Change plans_off = ChangeFor(3);
  plans_off.add = {{.product = kE3, .disabled_plans = {ServicePlanNumber(1)}}};
  plans_off.plans_off = {kE3};
  Driver driver({Assign(1, kE5), Unassign(2, kE3), plans_off}, {{kE5, 1}});
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.rechecked, ElementsAre(ElementsAre(User(2), User(3))));
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1", "c2", "c3")));
}

TEST(Executor, WithdrawsARemovalWhoseUserChangedOrIsGone) {
  Driver driver({Unassign(1, kE3), Unassign(2, kE3), Unassign(3, kE3)});
  driver.fingerprints[User(1)] = 1;
  driver.fingerprints.erase(User(2));
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("changed since the plan was made"));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("gone"));
  EXPECT_EQ(driver.StateOf("c3"), ChangeState::kAccepted);
  EXPECT_THAT(driver.intents, SizeIs(1)) << "what was never intended is not in the journal";
  EXPECT_THAT(driver.progress, UnorderedElementsAre("c1 withdrawn", "c2 withdrawn", "c3 accepted"));
}

TEST(Executor, WhatIsOldWhenItComesIsReadAgainAndVouchesForNothing) {
  Driver driver({Assign(1, kE5), Unassign(2, kE3)}, {{kE5, 1}});
  driver.recheck_takes = kRecheckHolds + 1s;
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.rechecked, SizeIs(kMostRechecks));
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted) << "it takes nothing away";
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("c2"), "What it rests on could not be read again within 60 seconds.");
  EXPECT_EQ(driver.finished, 1);
}

TEST(Executor, TheOldestOfWhatWasReadAgainCounts) {
  Driver driver({Unassign(1, kE3)}, {});
  driver.recheck_is_old = kRecheckHolds + 1s;
  driver.Start();
  driver.RunUntil<executor_effect::Recheck>();
  driver.AnswerFront();
  ASSERT_NE(driver.Front<executor_effect::Recheck>(), nullptr) << "once more";
  driver.recheck_is_old = kRecheckHolds - 1s;
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_THAT(driver.rechecked, SizeIs(2));
}

TEST(Executor, AFailedRecheckWithdrawsTheRemovalsOnly) {
  Driver driver({Assign(1, kE5), Unassign(2, kE3)}, {{kE5, 1}});
  driver.recheck_error = Failure(ErrorKind::kUnreachable, "no answer");
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("no answer"));
}

TEST(Executor, ReadsAgainWhenTheDiskWasSlow) {
  Driver driver({Unassign(1, kE3)});
  driver.Start();
  driver.RunUntil<executor_effect::RecordIntents>();
  driver.Advance(std::chrono::seconds(61));
  driver.fingerprints[User(1)] = 1;
  driver.Run();
  EXPECT_THAT(driver.rechecked, SizeIs(2));
  EXPECT_THAT(driver.sent, IsEmpty());
  ASSERT_THAT(driver.recorded["p1/c1"], SizeIs(1)) << "its intent was durable already";
  EXPECT_EQ(driver.recorded["p1/c1"][0].state, ChangeState::kWithdrawn);
  EXPECT_THAT(driver.progress, ElementsAre("c1 withdrawn"));
}

TEST(Executor, KeepsWhatTheServiceAnswered) {
  Driver driver({Assign(1, kE3), Assign(2, kE3), Assign(3, kE3)}, {{kE3, 3}});
  driver.answers["c2"] = {Refused()};
  driver.answers["c3"] = {Ambiguous()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kRefused);
  EXPECT_EQ(driver.StateOf("c3"), ChangeState::kAmbiguous);
  ASSERT_THAT(driver.recorded["p1/c2"], SizeIs(1));
  EXPECT_EQ(driver.recorded["p1/c2"][0].service.status, 400);
  EXPECT_EQ(driver.recorded["p1/c2"][0].message, "no such thing");
  EXPECT_EQ(driver.recorded["p1/c2"][0].at, driver.now);
}

TEST(Executor, AnAnswerThatLeavesAChangeOutIsAmbiguous) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.Start();
  const BatchId batch = driver.RunUntil<executor_effect::Send>().batch;
  driver.pending.clear();
  driver.Step(executor_event::Answered{batch, {}});
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAmbiguous);
}

TEST(Executor, IgnoresAnswersThatNobodyWaitsFor) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.Start();
  const BatchId batch = driver.RunUntil<executor_effect::Send>().batch;
  driver.Step(executor_event::IntentsRecorded{batch, {}});
  driver.Step(executor_event::Answered{batch + 7, {}});
  driver.Step(executor_event::OutcomesRecorded{batch, {}});
  driver.Step(executor_event::TimerFired{});
  EXPECT_THAT(driver.pending, SizeIs(1));
  driver.Run();
  EXPECT_EQ(driver.finished, 1);
  driver.Step(executor_event::Answered{batch, {}});
  driver.Stop("late");
  EXPECT_EQ(driver.finished, 1);
  EXPECT_EQ(driver.executor().stop_reason(), "");
}

TEST(Executor, StartsAWaveWhenTheOneBeforeHasEnded) {
  Driver driver({Unassign(1, kE3, 1), Assign(2, kE3, 2)}, {{kE3, 0}});
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  EXPECT_THAT(driver.pending, SizeIs(1));
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c2")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted);
}

TEST(Executor, WithdrawsALaterChangeWhoseSeatWasNotFreed) {
  Change first = Unassign(1, kE3, 1);
  Driver driver({first, Assign(2, kE3, 2)}, {{kE3, 0}});
  driver.answers["c1"] = {Refused()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("PRODUCT_3"));
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("of 1 that were to be freed, 0 were"));
  EXPECT_FALSE(driver.intents.contains("p1/c2"));
}

TEST(Executor, AnAmbiguousRemovalFreesNoSeat) {
  Driver driver({Unassign(1, kE3, 1), Assign(2, kE3, 2)}, {{kE3, 0}});
  driver.answers["c1"] = {Ambiguous()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
}

TEST(Executor, AnAmbiguousAdditionKeepsItsSeatAndARefusedOneGivesItBack) {
  Driver driver({Assign(1, kE3, 1), Assign(2, kE3, 1), Assign(3, kE3, 2), Assign(4, kE3, 2)},
                {{kE3, 2}});
  driver.answers["c1"] = {Ambiguous()};
  driver.answers["c2"] = {Refused()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c3"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c4"), ChangeState::kWithdrawn);
}

TEST(Executor, InsideAWaveWaitsForASeatThatMayStillComeFree) {
  ExecutorOptions options;
  options.max_batches_under_way = 4;
  Driver driver({Swap(1, kE3, kE5), Assign(2, kE3)}, {{kE3, 0}, {kE5, 1}}, options);
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c2")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted);
}

TEST(Executor, NeverSendsTwoRequestsForOneUserAtOnce) {
  Change second = Assign(1, kE5);
  second.id = "c1b";
  Driver driver({Assign(1, kE3), second}, {{kE3, 1}, {kE5, 1}});
  driver.answers["c1"] = {Refused()};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c1b")));
}

TEST(Executor, WithdrawsAUsersSecondChangeWhileTheFirstIsUnconfirmed) {
  Change second = Assign(1, kE5, 2);
  second.id = "c1b";
  Driver driver({Assign(1, kE3), second}, {{kE3, 1}, {kE5, 1}});
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c1b"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1")));
}

}  // namespace
}  // namespace seatkeeper::test
