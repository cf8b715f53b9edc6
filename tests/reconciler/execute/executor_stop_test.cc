#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SkuId kE3 = Sku(3);

ExecutorOptions OneAtATime() {
  ExecutorOptions options;
  options.max_batch = 1;
  options.max_batches_under_way = 1;
  return options;
}

TEST(ExecutorStop, AwaitsAndRecordsWhatWasSentAndWithdrawsTheRest) {
  Driver driver({Assign(1, kE3), Assign(2, kE3), Assign(3, kE3, 2)}, {{kE3, 3}}, OneAtATime());
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.Stop("suspended by lee");
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("c3"), "suspended by lee");
  EXPECT_FALSE(driver.executor().finished());
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kAccepted);
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.executor().stop_reason(), "suspended by lee");
  EXPECT_EQ(driver.finished, 1);
}

TEST(ExecutorStop, WithdrawsInTheJournalWhatWaitsForAnotherAttempt) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.Stop("bye");
  driver.Run();
  ASSERT_THAT(driver.recorded["p1/c1"], SizeIs(1));
  EXPECT_EQ(driver.recorded["p1/c1"][0].state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.recorded["p1/c1"][0].message, "bye");
  EXPECT_THAT(driver.sent, SizeIs(1));
}

TEST(ExecutorStop, DoesNotSendWhatWasBeingIntended) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.Start();
  ASSERT_NE(driver.Front<executor_effect::RecordIntents>(), nullptr);
  driver.Stop("bye");
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
}

TEST(ExecutorStop, DoesNotIntendWhatWasBeingRechecked) {
  Driver driver({Unassign(1, kE3)});
  driver.Start();
  driver.Stop("bye");
  EXPECT_FALSE(driver.executor().finished());
  driver.Run();
  EXPECT_THAT(driver.intents, IsEmpty());
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
}

TEST(ExecutorStop, TakesTryAgainForAnEnd) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.Stop("bye");
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("c1"), "bye");
}

TEST(ExecutorStop, BeforeTheStartWithdrawsEverything) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.Stop("never");
  EXPECT_EQ(driver.finished, 1);
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  driver.Start();
  EXPECT_THAT(driver.pending, IsEmpty());
}

TEST(ExecutorStop, TheFirstReasonStands) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.Start();
  driver.Stop("one");
  driver.Stop("two");
  driver.Run();
  EXPECT_EQ(driver.executor().stop_reason(), "one");
}

TEST(ExecutorStop, SendsNothingWhenIntentsCannotBeWritten) {
  Driver driver({Assign(1, kE3), Assign(2, kE3)}, {{kE3, 2}}, OneAtATime());
  driver.intents_error = Failure(ErrorKind::kStore, "disk full");
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.executor().stop_reason(), HasSubstr("disk full"));
  EXPECT_THAT(driver.recorded, IsEmpty()) << "there is no intent to withdraw";
  EXPECT_EQ(driver.finished, 1);
}

TEST(ExecutorStop, AFurtherAttemptThatCannotBeWrittenIsNotSent) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.intents_error = Failure(ErrorKind::kConflict, "lease lost");
  driver.outcomes_error = driver.intents_error;
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.executor().stop_reason(), HasSubstr("lease lost"));
}

TEST(ExecutorStop, OutcomesThatCannotBeWrittenStayKnownAndEndTheRun) {
  Driver driver({Assign(1, kE3), Assign(2, kE3, 2)}, {{kE3, 2}});
  driver.Start();
  driver.RunUntil<executor_effect::RecordOutcomes>();
  driver.outcomes_error = Failure(ErrorKind::kStore, "disk full");
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.progress, ElementsAre("c2 withdrawn")) << "c1 is not durable";
  EXPECT_THAT(driver.executor().stop_reason(), HasSubstr("disk full"));
}

TEST(ExecutorStop, ASuspensionStopsBetweenTwoRequestsAndSaysWhoseItIs) {
  Driver driver({Assign(1, kE3), Assign(2, kE3), Assign(3, kE3, 2)}, {{kE3, 3}}, OneAtATime());
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.intents_error = Failure(ErrorKind::kCancelled, "suspended by ada@ops: migration");
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted) << "it was under way";
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("c2"), "suspended by ada@ops: migration");
  EXPECT_EQ(driver.StateOf("c3"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.intents, SizeIs(1)) << "what was not sent is not in the journal";
  EXPECT_EQ(driver.executor().stop_reason(), "suspended by ada@ops: migration");
}

TEST(ExecutorStop, ASuspensionWithdrawsWhatWouldBeTriedAgain) {
  Driver driver({Assign(1, kE3)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.intents_error = Failure(ErrorKind::kCancelled, "suspended by ada@ops: migration");
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.recorded["p1/c1"].back().message, "suspended by ada@ops: migration");
}

}  // namespace
}  // namespace seatkeeper::test
