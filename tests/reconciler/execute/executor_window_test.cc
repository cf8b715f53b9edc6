// What takes something away is sent while its window is open, or not at all.

#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

const SkuId kE5 = Sku(5);
const SkuId kE3 = Sku(3);

// The window closes an hour after the driver's clock begins.
const WallTime kCloses{std::chrono::milliseconds(1'795'000'000'000) + 1h};

TEST(ExecutorWindow, SendsRemovalsBeforeItClosesAndNotThen) {
  const auto sent_at = [](std::chrono::milliseconds after) {
    Driver driver({Unassign(1, kE3)}, {}, {}, kCloses);
    driver.Advance(after);
    driver.Start();
    driver.Run();
    return driver.sent.size();
  };
  EXPECT_EQ(sent_at(0ms), 1U);
  EXPECT_EQ(sent_at(1h - 1ms), 1U);
  EXPECT_EQ(sent_at(1h), 0U);
  EXPECT_EQ(sent_at(5h), 0U);
}

TEST(ExecutorWindow, WithdrawsWhateverTakesSomethingAwayAndGoesOnGiving) {
  Change plans_off = ChangeFor(4);
  plans_off.add = {{.product = kE5, .disabled_plans = {ServicePlanNumber(1)}}};
  plans_off.plans_off = {kE5};
  Change upward = Swap(3, kE3, kE5);
  upward.replaced = {kE3};
  Driver driver({Assign(1, kE5), Unassign(2, kE3), upward, plans_off, UnassignGroup(5, kE3, 2),
                 AssignGroup(6, kE5, 2)},
                {{kE5, 4}}, {}, kCloses);
  driver.Advance(1h);
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("g6"), ChangeState::kAccepted);
  for (const auto* change : {"c2", "c3", "c4", "g5"}) {
    EXPECT_EQ(driver.StateOf(change), ChangeState::kWithdrawn) << change;
    EXPECT_THAT(driver.MessageOf(change), HasSubstr("before 2026-11-18T12:06:40Z")) << change;
  }
  EXPECT_THAT(driver.rechecked, IsEmpty()) << "nobody is read for nothing";
  EXPECT_THAT(driver.intents, SizeIs(2)) << "and nothing is written down";
}

TEST(ExecutorWindow, LooksAgainWhenTheRecheckHasCome) {
  Driver driver({Assign(1, kE5), Unassign(2, kE3)}, {{kE5, 1}}, {}, kCloses);
  driver.Start();
  driver.RunUntil<executor_effect::Recheck>();
  driver.Advance(1h);
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
}

TEST(ExecutorWindow, LooksAgainWhenTheIntentIsDurableAndRecordsTheWithdrawal) {
  Driver driver({Assign(1, kE5), Unassign(2, kE3)}, {{kE5, 1}}, {}, kCloses);
  driver.Start();
  driver.RunUntil<executor_effect::RecordIntents>();
  driver.Advance(1h);
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  ASSERT_THAT(driver.recorded["p1/c2"], SizeIs(1));
  EXPECT_EQ(driver.recorded["p1/c2"][0].state, ChangeState::kWithdrawn);
  EXPECT_THAT(driver.recorded["p1/c2"][0].message, HasSubstr("Windows and freezes"));
}

TEST(ExecutorWindow, TriesNothingAgainThatItWouldNotSendNow) {
  Driver driver({Unassign(1, kE3)}, {}, {}, kCloses);
  driver.answers["c1"] = {TryAgain(2h)};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.recorded["p1/c1"].back().state, ChangeState::kWithdrawn);
  EXPECT_EQ(driver.finished, 1);
}

TEST(ExecutorWindow, ALaterWaveDoesNotCountOnSeatsThatWereNotFreed) {
  Driver driver({Unassign(1, kE5, 1), Assign(2, kE5, 2)}, {{kE5, 0}}, {}, kCloses);
  driver.Advance(1h);
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.finished, 1);
}

TEST(ExecutorWindow, AnAnswerThatComesAfterwardsIsTakenAsEver) {
  Driver driver({Unassign(1, kE3)}, {}, {}, kCloses);
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.Advance(1h);
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
}

}  // namespace
}  // namespace seatkeeper::test
