#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::minutes;
using test::Brief;
using test::CycleTest;
using test::FakeProvider;

/// A process that died with every request under way: the answers never come.
class CrashTest : public CycleTest {
 protected:
  void CrashWhileSending(bool happens) {
    provider_.fate = [happens](const WriteItem&) {
      return FakeProvider::Fate{.happens = happens, .answered = false};
    };
    {
      const auto cycle = Begin(Request(Mode::kEnforce));
      RunUntilSent(3);
    }
    timers_.RunFor(minutes(3));  // Whatever was still to come finds nobody; the lease runs out.
    EXPECT_FALSE(report_) << "a dropped cycle reported";
    provider_.fate = [](const WriteItem&) { return FakeProvider::Fate{}; };
  }

  CycleReport Next() {
    clock_.Advance(minutes(5));
    return Run(Request(Mode::kEnforce, "after the crash"));
  }
};

TEST_F(CrashTest, LeavesOpenChangesAndNobodyGetsASecondRequestMeanwhile) {
  CrashWhileSending(false);
  EXPECT_EQ(Journal(), "ada:intended bob:intended cleo:intended ");
  const auto report = Next();
  ASSERT_TRUE(report.plan) << report.error->message;
  EXPECT_EQ(Brief(report.plan->plan()), "");
  EXPECT_EQ(provider_.written.size(), 3U);
  EXPECT_EQ(Journal(), "ada:intended bob:intended cleo:intended ");
}

TEST_F(CrashTest, WhatHappenedIsMatchedAfterTwoReadings) {
  CrashWhileSending(true);
  for (int cycle = 0; cycle < 6; ++cycle) Next();
  EXPECT_EQ(Journal(), "ada:matched bob:matched cleo:matched ");
  EXPECT_EQ(provider_.written.size(), 3U);
}

TEST_F(CrashTest, WhatDidNotHappenIsRevertedAndThenPlannedAnew) {
  CrashWhileSending(false);
  int cycles = 0;
  while (provider_.written.size() == 3U && cycles < 10) {
    Next();
    ++cycles;
  }
  EXPECT_GE(cycles, 3) << "only after the settle horizon, and two readings";
  EXPECT_EQ(provider_.written.size(), 6U);
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Journal(),
            "ada:confirmed ada:reverted bob:confirmed bob:reverted cleo:confirmed cleo:reverted ");
}

TEST_F(CrashTest, WhatSomebodyElseChangedIsSuperseded) {
  CrashWhileSending(false);
  provider_.world.User("cleo").licenses = {{"E3", {"P9"}}};
  provider_.world.Product("E3").plans = {"P9"};
  for (int cycle = 0; cycle < 4; ++cycle) Next();
  EXPECT_NE(Journal().find("cleo:superseded"), std::string::npos) << Journal();
}

TEST_F(CrashTest, SeatsThatMayBeTakenAreNotGivenAgain) {
  provider_.world.Product("E5").seats = 3;  // dan's, and two for ada and bob.
  CrashWhileSending(false);
  provider_.world.users.push_back({.name = "eve"});
  policy_.policies = test::Policies({test::Grants(
      "p", "{rule: user.accountEnabled -eq true, except: {users: [cleo@contoso.com]}}",
      "[{product: E5}]")});
  const auto report = Next();
  EXPECT_EQ(Brief(report.plan->plan()), "");
  EXPECT_EQ(Holds("eve"), "");
}

TEST_F(CrashTest, DroppedInTheMiddleOfAReadingHarmsNothing) {
  for (int steps = 0; steps < 12; ++steps) {
    SCOPED_TRACE(steps);
    {
      const auto cycle = Begin(Request(Mode::kEnforce));
      for (int i = 0; i < steps && !report_; ++i) timers_.RunNext();
    }
    timers_.RunFor(minutes(3));
  }
  clock_.Advance(minutes(30));
  Next();
  Next();
  Next();
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(CrashTest, LostAnswerIsAmbiguousAndSettles) {
  provider_.fate = [](const WriteItem&) {
    return FakeProvider::Fate{.kind = WriteResult::Kind::kAmbiguous};
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAmbiguous), 3);
  EXPECT_EQ(report.failures(), 3);
  for (int cycle = 0; cycle < 4; ++cycle) Next();
  EXPECT_EQ(Journal(), "ada:matched bob:matched cleo:matched ");
  EXPECT_EQ(provider_.written.size(), 3U);
}

}  // namespace
}  // namespace seatkeeper
