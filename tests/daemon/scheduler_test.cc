#include "daemon/scheduler.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr MonotonicTime kStart{std::chrono::hours(1)};

TEST(Scheduler, ATenantIsDueAtOnceAndThenByItsInterval) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(60), kStart, 0);
  EXPECT_EQ(scheduler.NextDue(), kStart);
  EXPECT_THAT(scheduler.TakeDue(kStart), ElementsAre("a"));
  EXPECT_TRUE(scheduler.IsRunning("a"));
  scheduler.Finished("a", false, kStart + seconds(10), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(60)) << "from start to start";
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(59)), IsEmpty());
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(60)), ElementsAre("a"));
}

TEST(Scheduler, CyclesOfOneTenantNeverOverlap) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(10), kStart, 0);
  scheduler.TakeDue(kStart);
  EXPECT_EQ(scheduler.NextDue(), std::nullopt);
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(100)), IsEmpty());
  scheduler.AtOnce("a", kStart + seconds(100));
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(100)), IsEmpty());
  scheduler.Finished("a", false, kStart + seconds(130), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(130)) << "a late cycle is followed at once";
}

TEST(Scheduler, WhatIsAskedForDuringACycleComesRightAfterIt) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(60), kStart, 0);
  scheduler.TakeDue(kStart);
  scheduler.AllAtOnce(kStart + seconds(1));
  scheduler.Finished("a", false, kStart + seconds(2), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(2));
  scheduler.TakeDue(kStart + seconds(2));
  scheduler.Finished("a", false, kStart + seconds(3), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(62)) << "once, not for ever";
}

struct BackOff {
  int failures;
  seconds delay;
};

TEST(Scheduler, FailuresWaitLongerUpToFourIntervals) {
  for (const auto& [failures, delay] : {BackOff{1, seconds(60)}, BackOff{2, seconds(120)},
                                        BackOff{3, seconds(120)}, BackOff{40, seconds(120)}}) {
    Scheduler scheduler;
    auto now = kStart;
    scheduler.Set("a", seconds(60), now, 0);
    for (int i = 0; i < failures; ++i) {
      now = *scheduler.NextDue();
      ASSERT_THAT(scheduler.TakeDue(now), ElementsAre("a"));
      scheduler.Finished("a", true, now, 0);
    }
    EXPECT_EQ(*scheduler.NextDue() - now, delay) << failures << " failures";
    scheduler.TakeDue(now + delay);
    scheduler.Finished("a", false, now + delay, 0);
    EXPECT_EQ(*scheduler.NextDue() - (now + delay), seconds(60)) << "a success ends it";
  }
}

TEST(Scheduler, ChanceOnlyShortensAndByATenthAtMost) {
  for (const std::uint64_t random : {0ULL, 1ULL, 5'999ULL, 123'456'789ULL, ~0ULL}) {
    Scheduler scheduler;
    scheduler.Set("a", seconds(60), kStart, random);
    scheduler.TakeDue(kStart);
    scheduler.Finished("a", false, kStart, random);
    const auto delay = *scheduler.NextDue() - kStart;
    EXPECT_LE(delay, seconds(60));
    EXPECT_GE(delay, seconds(54));
  }
}

TEST(Scheduler, FirstCyclesAreSpread) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(60), kStart, ~0ULL);
  scheduler.Set("b", seconds(60), kStart, 49);
  scheduler.Set("c", seconds(60), kStart, 99);
  EXPECT_THAT(scheduler.TakeDue(kStart), ElementsAre("a"));
  EXPECT_THAT(scheduler.TakeDue(kStart + milliseconds(49)), ElementsAre("b"));
  EXPECT_THAT(scheduler.TakeDue(kStart + milliseconds(99)), ElementsAre("c"));
}

TEST(Scheduler, BoundsWhatRunsAtOnceAndServesWhoWaitedLongest) {
  Scheduler scheduler;
  for (std::size_t i = 0; i < Scheduler::kMostAtOnce + 2; ++i) {
    scheduler.Set("t" + std::to_string(100 + i), seconds(60), kStart, 0);
  }
  const auto first = scheduler.TakeDue(kStart);
  EXPECT_EQ(first.size(), Scheduler::kMostAtOnce);
  EXPECT_EQ(scheduler.NextDue(), std::nullopt);
  scheduler.Finished(first[0], false, kStart + seconds(90), 0);
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(90)),
              ElementsAre("t" + std::to_string(100 + Scheduler::kMostAtOnce)));
}

TEST(Scheduler, HoweverManyAreInTroubleTheOthersFindRoom) {
  Scheduler scheduler;
  const auto name = [](std::size_t i) { return "t" + std::to_string(100 + i); };
  for (std::size_t i = 0; i < Scheduler::kMostAtOnce; ++i) {
    scheduler.Set(name(i), seconds(60), kStart, 0);
  }
  for (const auto& failed : scheduler.TakeDue(kStart)) scheduler.Finished(failed, true, kStart, 0);
  scheduler.Set("well", seconds(60), kStart + seconds(80), 0);
  // All are due, the one that is well last; those in trouble then hang for ever.
  const auto taken = scheduler.TakeDue(kStart + seconds(90));
  EXPECT_EQ(taken.size(), Scheduler::kMostInTrouble + 1);
  EXPECT_EQ(taken.back(), "well");
  EXPECT_EQ(scheduler.NextDue(), std::nullopt) << "nothing but an end of a cycle makes room";
  scheduler.Finished("well", false, kStart + seconds(91), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(150));
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(150)), ElementsAre("well"));
  scheduler.Finished(taken.front(), false, kStart + seconds(160), 0);
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(160)),
              testing::UnorderedElementsAre(taken.front(), name(Scheduler::kMostInTrouble)));
}

TEST(Scheduler, AShorterIntervalCountsAtOnce) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(600), kStart, 0);
  scheduler.TakeDue(kStart);
  scheduler.Finished("a", false, kStart, 0);
  scheduler.Set("a", seconds(10), kStart + seconds(5), 0);
  EXPECT_EQ(scheduler.NextDue(), kStart + seconds(15));
}

TEST(Scheduler, RemovedTenantsAreForgotten) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(60), kStart, 0);
  scheduler.TakeDue(kStart);
  scheduler.Remove("a");
  scheduler.Finished("a", false, kStart, 0);
  scheduler.AtOnce("a", kStart);
  EXPECT_EQ(scheduler.NextDue(), std::nullopt);
  EXPECT_EQ(scheduler.running(), 0U);
}

TEST(Scheduler, NothingIsDueAfterShutDown) {
  Scheduler scheduler;
  scheduler.Set("a", seconds(60), kStart, 0);
  scheduler.ShutDown();
  EXPECT_THAT(scheduler.TakeDue(kStart + seconds(600)), IsEmpty());
  EXPECT_EQ(scheduler.NextDue(), std::nullopt);
}

}  // namespace
}  // namespace seatkeeper
