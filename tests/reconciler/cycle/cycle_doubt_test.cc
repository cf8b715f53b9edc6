// Whole cycles while the store, or the clock, is in doubt.

#include <gmock/gmock.h>

#include "reconciler/cycle/cycle.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Brief;
using test::CycleTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using NewStore = CycleRequest::NewStore;

constexpr char kAllGoes[] = "go 1 ada +E5 -E3\ngo 1 bob +E5\ngo 1 cleo -E3";

std::vector<std::string> Doubted(const CycleReport& report) {
  std::vector<std::string> doubts;
  for (const auto& doubt : report.plan->plan().doubts) doubts.push_back(doubt.guardrail);
  return doubts;
}

std::string HeldCleo(const CycleReport& report) {
  for (const auto& change : report.plan->plan().changes) {
    if (change.user_principal_name == "cleo@contoso.com" && !change.held.empty()) {
      return change.held.front().guardrail + ": " + change.held.front().value;
    }
  }
  return "";
}

class StoreDoubtTest : public CycleTest {
 protected:
  // Like the daemon, every five minutes.
  CycleRequest Often(Mode mode, NewStore new_store = NewStore::kHolds) const {
    auto request = Request(mode);
    request.interval = minutes(5);
    request.new_store = new_store;
    return request;
  }
  // Another file, of which nobody has said anything yet.
  void UseNewStore() {
    auto opened = OpenSqliteStore(folder_.File("new.db"));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(opened).value();
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  }
  void Resume() {
    ASSERT_TRUE(store_->TrustStore(key_, {.who = "ada", .reason = "", .at = clock_.Now()}));
  }
};

TEST_F(StoreDoubtTest, ANewStoreGivesAndTakesNothingAwayUntilResume) {
  UseNewStore();
  const auto report = Run(Often(Mode::kEnforce));
  ASSERT_TRUE(report.plan) << report.error->message;
  EXPECT_EQ(SentTo(), "ada bob ") << "up the ladder is no removal";
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_THAT(HeldCleo(report), HasSubstr("store-in-doubt: the store is new for this tenant"));
  clock_.Advance(minutes(5));
  EXPECT_THAT(HeldCleo(Run(Often(Mode::kEnforce))), HasSubstr("store-in-doubt"))
      << "one cycle does not make it known";
  Resume();
  clock_.Advance(minutes(5));
  EXPECT_THAT(HeldCleo(Run(Often(Mode::kEnforce))), HasSubstr("maxUnassign"))
      << "the day's allowance counts as spent";
  for (int cycles = 0; cycles < 24 * 4; ++cycles) {
    clock_.Advance(minutes(15));
    Run(Often(Mode::kEnforce));
  }
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(StoreDoubtTest, AConfirmedFirstApplyTakesAwayWhatWasShown) {
  UseNewStore();
  auto apply = Often(Mode::kEnforce, NewStore::kConfirms);
  std::string shown;
  apply.confirm = [&](const GuardedPlan& plan) {
    shown = Brief(plan.plan());
    EXPECT_FALSE(store_->Standing(key_)->trusted_at) << "not before they said yes";
    return true;
  };
  const auto report = Run(std::move(apply));
  EXPECT_EQ(shown, kAllGoes);
  EXPECT_THAT(Doubted(report), ElementsAre("store-in-doubt")) << "told all the same";
  EXPECT_EQ(Holds("cleo"), "");
  EXPECT_EQ(store_->Standing(key_)->trusted_at, clock_.Now());

  provider_.world.User("dan").licenses = {{"E5"}, {"E3"}};
  clock_.Advance(minutes(5));
  const auto next = Run(Often(Mode::kEnforce));
  EXPECT_THAT(Doubted(next), IsEmpty()) << "known from then on";
  EXPECT_EQ(Brief(next.plan->plan()), "held dan -E3 [maxUnassign]")
      << "and the day's allowance is spent";
}

TEST_F(StoreDoubtTest, WhoSaysNoToTheFirstApplyLeavesTheStoreNew) {
  UseNewStore();
  auto apply = Often(Mode::kEnforce, NewStore::kConfirms);
  apply.confirm = [](const GuardedPlan&) { return false; };
  EXPECT_TRUE(Run(std::move(apply)).declined);
  EXPECT_FALSE(store_->Standing(key_)->trusted_at);
}

TEST_F(StoreDoubtTest, ApplyYesMakesTheStoreKnownEvenWithNothingToSend) {
  UseNewStore();
  provider_.world.users = {{.name = "ada", .licenses = {{"E5"}}},
                           {.name = "bob", .licenses = {{"E5"}}},
                           {.name = "dan", .licenses = {{"E5"}}}};
  const auto report = Run(Often(Mode::kEnforce, NewStore::kTrusted));
  EXPECT_EQ(Brief(report.plan->plan()), "");
  EXPECT_TRUE(store_->Standing(key_)->trusted_at);
}

TEST_F(StoreDoubtTest, ThePlanShowsWhatAFirstApplyWouldDo) {
  UseNewStore();
  const auto report = Run(Often(Mode::kPlan, NewStore::kPasses));
  EXPECT_EQ(Brief(report.plan->plan()), kAllGoes);
  EXPECT_THAT(Doubted(report), ElementsAre("store-in-doubt"));
  EXPECT_FALSE(store_->Standing(key_)->trusted_at);
  EXPECT_THAT(Doubted(Run(Often(Mode::kPlan, NewStore::kNoStore))), IsEmpty());
}

TEST_F(StoreDoubtTest, AStoreThatFellSilentNeedsResumeWhoeverAsks) {
  for (const auto new_store : {NewStore::kHolds, NewStore::kPasses, NewStore::kTrusted}) {
    clock_.Advance(minutes(16));
    const auto report = Run(Often(Mode::kObserve, new_store));
    EXPECT_THAT(HeldCleo(report), HasSubstr("store-in-doubt: the store heard nothing"));
  }
  clock_.Advance(minutes(5));
  EXPECT_THAT(HeldCleo(Run(Often(Mode::kEnforce))), HasSubstr("store-in-doubt"))
      << "that it hears again does not make it known";
  Resume();
  clock_.Advance(minutes(5));
  EXPECT_THAT(Doubted(Run(Often(Mode::kEnforce))), IsEmpty());
}

// The first sight of a silent store is when it still knows that it was silent.
TEST_F(StoreDoubtTest, ACycleThatFailsDoesNotBreakTheSilence) {
  clock_.Advance(days(7));
  provider_.read_error = Error{.kind = ErrorKind::kUnreachable, .message = "no route"};
  EXPECT_TRUE(Run(Often(Mode::kEnforce)).error);
  provider_.read_error.reset();
  clock_.Advance(minutes(5));
  EXPECT_THAT(HeldCleo(Run(Often(Mode::kEnforce))), HasSubstr("store-in-doubt"));
}

TEST_F(StoreDoubtTest, ATenantThatCannotBeReachedLeavesNoSilence) {
  provider_.read_error = Error{.kind = ErrorKind::kUnreachable, .message = "no route"};
  for (int cycles = 0; cycles < 10; ++cycles) {
    clock_.Advance(minutes(10));
    EXPECT_TRUE(Run(Often(Mode::kEnforce)).error);
  }
  provider_.read_error.reset();
  clock_.Advance(minutes(10));
  EXPECT_THAT(Doubted(Run(Often(Mode::kEnforce))), IsEmpty());
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(StoreDoubtTest, LookingOnlyDoesNotCountAsHearing) {
  clock_.Advance(minutes(10));
  ASSERT_FALSE(Run(Often(Mode::kPlan)).error);
  clock_.Advance(minutes(10));
  EXPECT_THAT(Doubted(Run(Often(Mode::kPlan))), ElementsAre("store-in-doubt"));
}

class ClockDoubtTest : public CycleTest {
 protected:
  CycleReport RunAfter(const CycleReport& before) {
    auto request = Request(Mode::kEnforce);
    request.clock_before = before.believed;
    return Run(std::move(request));
  }
};

TEST_F(ClockDoubtTest, AheadOfTheServiceHoldsRemovalsAndGoesByTheServicesTime) {
  clock_.JumpWall(days(15));
  provider_.clock_skew = -days(15);
  const auto report = Run(Mode::kEnforce);
  EXPECT_THAT(Doubted(report), ElementsAre("clock-in-doubt"));
  EXPECT_EQ(HeldCleo(report),
            "clock-in-doubt: this machine's clock is 15 days ahead of the service's");
  EXPECT_EQ(SentTo(), "ada bob ");
  EXPECT_EQ(report.plan->plan().observed_at, clock_.Now() - days(15));
  EXPECT_GE(report.finished_at, report.started_at);
  auto history = store_->History({.tenant = key_});
  ASSERT_TRUE(history);
  for (const auto& row : *history) {
    EXPECT_LE(row.entry.intended_at, clock_.Now() - days(15) + minutes(1)) << row.entry.id;
  }
  provider_.clock_skew = seconds(0);
  clock_.JumpWall(-days(15));
  const auto next = RunAfter(report);
  EXPECT_THAT(Doubted(next), IsEmpty()) << "set right, nothing is left of it";
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(ClockDoubtTest, BehindTheServiceHoldsRemovals) {
  provider_.clock_skew = minutes(6);
  EXPECT_THAT(HeldCleo(Run(Mode::kEnforce)), HasSubstr("6 minutes behind"));
  EXPECT_EQ(Holds("cleo"), "E3");
}

TEST_F(ClockDoubtTest, AJumpThatNoServiceBearsOutHoldsRemovals) {
  provider_.world.User("cleo").licenses.clear();
  const auto calm = Run(Mode::kEnforce);
  ASSERT_TRUE(calm.believed);
  provider_.world.User("cleo").licenses = {{"E3"}};
  clock_.Advance(minutes(5));
  clock_.JumpWall(hours(1));
  auto report = RunAfter(calm);
  EXPECT_THAT(HeldCleo(report), HasSubstr("jumped 1 hour ahead"));
  clock_.Advance(minutes(5));
  report = RunAfter(report);
  EXPECT_THAT(HeldCleo(report), HasSubstr("jumped 1 hour ahead"));
  EXPECT_EQ(Holds("cleo"), "E3");
}

TEST_F(ClockDoubtTest, EarlierThanTheLastCycleHoldsRemovalsUntilTheClockIsSet) {
  provider_.world.User("cleo").licenses.clear();
  ASSERT_FALSE(Run(Mode::kEnforce).error);
  provider_.world.User("cleo").licenses = {{"E3"}};
  clock_.JumpWall(-hours(2));
  EXPECT_THAT(Doubted(Run(Mode::kEnforce)), ElementsAre("clock-in-doubt", "store-in-doubt"));
  EXPECT_EQ(Holds("cleo"), "E3");
  clock_.JumpWall(hours(2));
  EXPECT_THAT(Doubted(Run(Mode::kEnforce)), IsEmpty());
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(ClockDoubtTest, AnExpiredGrantDoesNotGoByAClockThatIsAhead) {
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [cleo@contoso.com]}", "[{product: E3}]") +
                          "  expires: 2026-01-10\n",
                      test::Manages("E3", "full"), test::Limits("limits", "off")});
  provider_.world.users = {{.name = "cleo", .licenses = {{"E3"}}}};
  clock_.JumpWall(days(15));
  provider_.clock_skew = -days(15);
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Brief(report.plan->plan()), "") << "by the service's time it is not over";
  provider_.clock_skew.reset();
  EXPECT_EQ(Brief(Run(Mode::kPlan).plan->plan()), "go 1 cleo -E3")
      << "by that clock alone it would be";
}

}  // namespace
}  // namespace seatkeeper
