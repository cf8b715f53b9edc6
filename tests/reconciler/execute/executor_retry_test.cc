#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SkuId kE3 = Sku(3);

TEST(ExecutorRetry, TriesAgainAfterTheDelayWithADurableAttempt) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain(std::chrono::seconds(30))};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  EXPECT_THAT(driver.pending, IsEmpty());
  ASSERT_TRUE(driver.wake.has_value());
  EXPECT_GE(*driver.wake - driver.monotonic, std::chrono::seconds(30));
  EXPECT_LE(*driver.wake - driver.monotonic, std::chrono::seconds(33));

  driver.FireTimer();
  const auto* attempts = driver.Front<executor_effect::RecordAttempts>();
  ASSERT_NE(attempts, nullptr);
  ASSERT_THAT(attempts->updates, SizeIs(1));
  EXPECT_EQ(attempts->updates[0].id, "p1/c1");
  EXPECT_EQ(attempts->updates[0].state, ChangeState::kIntended);
  EXPECT_EQ(attempts->updates[0].attempt, 2);
  EXPECT_EQ(attempts->updates[0].at, driver.now);
  EXPECT_EQ(attempts->updates[0].service.status, 429);
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.executor().outcomes().at("c1").attempts, 2);
  EXPECT_EQ(driver.recorded["p1/c1"].back().attempt, 2);
  EXPECT_THAT(driver.progress, ElementsAre("c1 accepted"));
}

TEST(ExecutorRetry, ATimerThatFiresTooEarlyIsSetAgain) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain(std::chrono::seconds(30))};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  const auto wake = driver.wake;
  driver.wake.reset();
  driver.Step(executor_event::TimerFired{});
  EXPECT_EQ(driver.wake, wake);
  EXPECT_THAT(driver.pending, IsEmpty());
}

TEST(ExecutorRetry, ReadsAgainBeforeEachAttemptOfARemoval) {
  Driver driver({Unassign(1, kE3)});
  driver.answers["c1"] = {TryAgain(), TryAgain()};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.rechecked, SizeIs(3));
  EXPECT_THAT(driver.sent, SizeIs(3));
}

TEST(ExecutorRetry, WithdrawsInTheJournalWhatChangedBetweenAttempts) {
  Driver driver({Unassign(1, kE3)});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.fingerprints.erase(User(1));
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.finished, 1);
}

TEST(ExecutorRetry, GivesUpAfterTheLastAttempt) {
  ExecutorOptions options;
  options.max_attempts = 3;
  Driver driver({Assign(1, kE3, 1), Assign(2, kE3, 2)}, {{kE3, 1}}, options);
  driver.answers["c1"] = {TryAgain(), TryAgain(), TryAgain(), TryAgain()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("3 attempts"));
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("slow down"));
  EXPECT_EQ(driver.executor().outcomes().at("c1").attempts, 3);
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted) << "the seat came back";
}

TEST(ExecutorRetry, HoldsTheSeatWhileItWaits) {
  Driver driver({Assign(1, kE3), Assign(2, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c1")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
}

TEST(ExecutorRetry, TheOthersOfTheBatchDoNotWait) {
  Driver driver({Assign(1, kE3), Assign(2, kE3)}, {{kE3, 2}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  driver.AnswerFront();
  EXPECT_THAT(driver.progress, ElementsAre("c2 accepted"));
  EXPECT_FALSE(driver.executor().finished());
}

TEST(ExecutorRetry, SameSeedSameDelays) {
  const auto wakes = [] {
    Driver driver({Assign(1, kE3)}, {{kE3, 1}});
    driver.answers["c1"] = {TryAgain(), TryAgain(), TryAgain()};
    driver.Start();
    driver.Run();
    return driver.monotonic;
  };
  EXPECT_EQ(wakes(), wakes());
}

}  // namespace
}  // namespace seatkeeper::test
