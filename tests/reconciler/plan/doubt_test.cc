#include "reconciler/plan/doubt.h"

#include <gtest/gtest.h>

#include "reconciler/plan/planner.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = StoreDoubt::Kind;

const WallTime kNow{milliseconds(1'767'600'000'000)};  // 2026-01-05T08:00:00Z.
const MonotonicTime kMonotonic{hours(1)};

StoreStanding Heard(WallTime at) {
  return {.trusted_at = kNow - days(30), .last_heard = at, .silent_since = {}};
}

std::optional<Kind> DoubtOf(const StoreStanding& standing, milliseconds interval = minutes(5)) {
  const auto doubt = JudgeStore(standing, kNow, interval);
  return doubt ? std::optional(doubt->kind) : std::nullopt;
}

TEST(StoreInDoubt, NewUntilSomebodyStandsUpForIt) {
  EXPECT_EQ(DoubtOf({}), Kind::kNew);
  EXPECT_EQ(DoubtOf({.trusted_at = kNow, .last_heard = kNow, .silent_since = {}}), std::nullopt);
}

TEST(StoreInDoubt, SilentAfterThreeIntervalsAndNotBefore) {
  EXPECT_EQ(DoubtOf(Heard(kNow - minutes(15))), std::nullopt);
  EXPECT_EQ(DoubtOf(Heard(kNow - minutes(15) - milliseconds(1))), Kind::kSilent);
  EXPECT_EQ(DoubtOf(Heard(kNow - hours(71)), hours(24)), std::nullopt);
  EXPECT_EQ(DoubtOf(Heard(kNow - hours(73)), hours(24)), Kind::kSilent);
  EXPECT_EQ(JudgeStore(Heard(kNow - days(7)), kNow, minutes(5))->since, kNow - days(7));
}

TEST(StoreInDoubt, AShortIntervalStillLeavesFiveMinutesForARestart) {
  EXPECT_EQ(SilenceLimit(seconds(10)), minutes(5));
  EXPECT_EQ(DoubtOf(Heard(kNow - minutes(5)), seconds(1)), std::nullopt);
  EXPECT_EQ(DoubtOf(Heard(kNow - minutes(6)), seconds(1)), Kind::kSilent);
}

TEST(StoreInDoubt, OnceFoundSilentItStaysSo) {
  auto standing = Heard(kNow - minutes(1));
  standing.silent_since = kNow - days(7);
  const auto doubt = JudgeStore(standing, kNow, minutes(5));
  ASSERT_TRUE(doubt);
  EXPECT_EQ(*doubt, (StoreDoubt{.kind = Kind::kSilent, .since = kNow - days(7)}));
}

TEST(StoreInDoubt, KnowsACycleThatIsStillToCome) {
  EXPECT_EQ(DoubtOf(Heard(kNow + minutes(5))), std::nullopt);
  EXPECT_EQ(DoubtOf(Heard(kNow + minutes(6))), Kind::kFuture);
}

ClockFacts Facts() {
  return {
      .now = {.wall = kNow, .monotonic = kMonotonic}, .skew = {}, .before = {}, .last_heard = {}};
}

TEST(ClockInDoubt, NotWhereEverythingAgrees) {
  auto facts = Facts();
  facts.skew = milliseconds(-300);
  facts.before = {{.wall = kNow - minutes(5), .monotonic = kMonotonic - minutes(5)}};
  facts.last_heard = kNow - minutes(5);
  const auto judged = JudgeClock(facts);
  EXPECT_EQ(judged.doubt, "");
  EXPECT_EQ(judged.now, kNow - milliseconds(300));
  EXPECT_EQ(judged.ahead, milliseconds(300));
  EXPECT_EQ(judged.believed->wall, kNow);
}

TEST(ClockInDoubt, AheadOfTheServicePlansWithTheServicesTime) {
  auto facts = Facts();
  facts.skew = -days(15);
  const auto judged = JudgeClock(facts);
  EXPECT_EQ(judged.now, kNow - days(15));
  EXPECT_EQ(judged.doubt, "this machine's clock is 15 days ahead of the service's");
}

TEST(ClockInDoubt, BehindTheServicePlansWithLocalTime) {
  auto facts = Facts();
  facts.skew = minutes(6);
  const auto judged = JudgeClock(facts);
  EXPECT_EQ(judged.now, kNow);
  EXPECT_EQ(judged.ahead, milliseconds(0));
  EXPECT_EQ(judged.doubt, "this machine's clock is 6 minutes behind the service's");
}

TEST(ClockInDoubt, FiveMinutesApartIsStillFine) {
  for (const auto skew : {minutes(5), minutes(-5)}) {
    auto facts = Facts();
    facts.skew = skew;
    EXPECT_EQ(JudgeClock(facts).doubt, "") << skew.count();
    facts.skew = *facts.skew + (skew.count() > 0 ? milliseconds(1) : milliseconds(-1));
    EXPECT_NE(JudgeClock(facts).doubt, "") << skew.count();
  }
}

ClockFacts Jumped(milliseconds jump) {
  auto facts = Facts();
  facts.before = {{.wall = kNow - minutes(5) - jump, .monotonic = kMonotonic - minutes(5)}};
  return facts;
}

TEST(ClockInDoubt, AJumpBetweenTwoCyclesEitherWay) {
  EXPECT_EQ(JudgeClock(Jumped(minutes(5))).doubt, "");
  EXPECT_EQ(JudgeClock(Jumped(minutes(-5))).doubt, "");
  EXPECT_EQ(JudgeClock(Jumped(days(15))).doubt,
            "this machine's clock jumped 15 days ahead since the last cycle");
  EXPECT_EQ(JudgeClock(Jumped(minutes(-6))).doubt,
            "this machine's clock jumped 6 minutes back since the last cycle");
}

TEST(ClockInDoubt, AJumpThatNothingBearsOutIsNeverForgotten) {
  const auto facts = Jumped(days(15));
  const auto judged = JudgeClock(facts);
  EXPECT_EQ(judged.believed->wall, facts.before->wall);
  auto next = Facts();
  next.now = {.wall = kNow + minutes(5), .monotonic = kMonotonic + minutes(5)};
  next.before = judged.believed;
  EXPECT_NE(JudgeClock(next).doubt, "") << "it did not become right by standing for a while";
  next.now.wall -= days(15);
  EXPECT_EQ(JudgeClock(next).doubt, "") << "set right again";
}

TEST(ClockInDoubt, AJumpThatTheServiceBearsOutHoldsOnce) {
  auto facts = Jumped(days(15));  // A machine that slept, or was set right.
  facts.skew = milliseconds(0);
  const auto judged = JudgeClock(facts);
  EXPECT_NE(judged.doubt, "");
  EXPECT_EQ(judged.believed->wall, kNow);
}

TEST(ClockInDoubt, EarlierThanTheLastCycle) {
  auto facts = Facts();
  facts.last_heard = kNow + minutes(5);
  EXPECT_EQ(JudgeClock(facts).doubt, "");
  facts.last_heard = kNow + hours(1);
  EXPECT_EQ(JudgeClock(facts).doubt,
            "it is 2026-01-05T08:00:00Z, but a cycle was recorded at 2026-01-05T09:00:00Z already");
}

TEST(Doubts, SayWhatReleasesThem) {
  const auto silent = StoreHolds("contoso", {.kind = Kind::kSilent, .since = kNow});
  EXPECT_NE(silent.value.find("2026-01-05T08:00:00Z"), std::string::npos);
  EXPECT_NE(silent.release.find("`seatkeeper resume --tenant contoso`"), std::string::npos);
  EXPECT_NE(silent.release.find("`interval`"), std::string::npos);
  const auto fresh = StoreHolds("contoso", {.kind = Kind::kNew});
  EXPECT_NE(fresh.release.find("`apply`"), std::string::npos);
}

TEST(Doubts, AConfirmedApplyIsEnoughForANewStoreAlone) {
  const auto clock = JudgeClock(Facts());
  const auto of = [&](const StoreStanding& standing, Kind kind, bool confirmable) {
    return DoubtsOf("contoso", standing, StoreDoubt{.kind = kind, .since = kNow}, clock,
                    confirmable);
  };
  EXPECT_EQ(of({}, Kind::kNew, false).holding.size(), 1U);
  EXPECT_EQ(of({}, Kind::kNew, true).holding.size(), 0U);
  EXPECT_EQ(of({}, Kind::kNew, true).told.size(), 1U);
  EXPECT_EQ(of(Heard(kNow), Kind::kSilent, true).holding.size(), 1U);
  EXPECT_EQ(of(Heard(kNow), Kind::kFuture, true).holding.size(), 1U);
}

TEST(Doubts, TheAllowanceIsSpentForADayAfterSomebodyStoodUp) {
  auto standing = Heard(kNow);
  const auto spent = [&](hours ago) {
    standing.trusted_at = kNow - ago;
    return DoubtsOf("contoso", standing, std::nullopt, JudgeClock(Facts()), false)
        .allowance_spent_until;
  };
  EXPECT_EQ(spent(hours(0)), kNow + hours(24));
  EXPECT_EQ(spent(hours(23)), kNow + hours(1));
  EXPECT_EQ(spent(hours(24)), std::nullopt);
}

// The plan: ada gains E5, bob loses E3, cleo loses a service plan of E3.
class DoubtedPlan : public testing::Test {
 protected:
  Plan Make(const Doubts& doubts, const std::string& limit = "{seats: 5, percent: 100}") {
    const auto observed = tenant_.Read();
    const auto policies = test::Policies(
        {test::Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]"),
         test::Grants("q", "{users: [cleo@contoso.com]}", "[{product: E3, disabledPlans: [P1]}]"),
         test::Manages("E3", "full"), test::Limits("limits", limit)});
    PlanInput input{.tenant = "contoso",
                    .policies = policies,
                    .policy_revision = "sha256:test",
                    .observed = observed,
                    .now = kNow};
    input.doubts = doubts;
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  static Doubts Holding(const HeldBy& why) {
    Doubts doubts;
    doubts.holding = {why};
    return doubts;
  }

  void SetUp() override {
    tenant_.products = {{.name = "E5", .seats = 10},
                        {.name = "E3", .seats = 10, .plans = {"P1", "P2"}}};
    tenant_.users = {{.name = "ada"},
                     {.name = "bob", .licenses = {{"E3"}}},
                     {.name = "cleo", .licenses = {{"E3"}}}};
  }

  test::TestTenant tenant_;
};

TEST_F(DoubtedPlan, HoldsEveryRemovalAndNothingElse) {
  ASSERT_EQ(test::Brief(Make({})), "go 1 ada +E5\ngo 1 bob -E3\ngo 1 cleo ~E3(-P1)");
  const auto store = StoreHolds("contoso", {.kind = Kind::kNew});
  const auto plan = Make(Holding(store));
  EXPECT_EQ(test::Brief(plan),
            "go 1 ada +E5\nheld bob -E3 [store-in-doubt]\nheld cleo ~E3(-P1) [store-in-doubt]");
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kHeld) continue;
    ASSERT_EQ(change.held.size(), 1U);
    EXPECT_EQ(change.held[0].guardrail, "store-in-doubt");
    EXPECT_EQ(change.held[0].release, store.release);
  }
}

TEST_F(DoubtedPlan, LiftingTheAmountDoesNotLiftTheDoubt) {
  EXPECT_EQ(test::Brief(Make(Holding(StoreHolds("contoso", {.kind = Kind::kNew})), "off")),
            "go 1 ada +E5\nheld bob -E3 [store-in-doubt]\nheld cleo ~E3(-P1) [store-in-doubt]");
}

TEST_F(DoubtedPlan, IsToldEvenWhereThereIsNothingToHold) {
  tenant_.users = {{.name = "ada"}, {.name = "cleo"}};
  const auto plan = Make(Holding(StoreHolds("contoso", {.kind = Kind::kNew})));
  EXPECT_FALSE(plan.has_held());
  ASSERT_EQ(plan.doubts.size(), 1U);
  EXPECT_TRUE(std::ranges::any_of(plan.warnings, [](const std::string& warning) {
    return warning.starts_with("store-in-doubt: the store is new for this tenant; removals are");
  })) << plan.warnings.size();
}

TEST_F(DoubtedPlan, WhatIsOnlyToldHoldsNothing) {
  Doubts doubts;
  doubts.told = {StoreHolds("contoso", {.kind = Kind::kNew})};
  const auto plan = Make(doubts);
  EXPECT_FALSE(plan.has_held());
  EXPECT_EQ(plan.doubts.size(), 1U);
}

TEST_F(DoubtedPlan, ASpentAllowanceHoldsRemovalsByMaxUnassign) {
  Doubts doubts;
  doubts.allowance_spent_until = kNow + hours(3);
  const auto plan = Make(doubts);
  EXPECT_EQ(test::Brief(plan),
            "go 1 ada +E5\nheld bob -E3 [maxUnassign]\nheld cleo ~E3(-P1) [maxUnassign]");
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kHeld) continue;
    ASSERT_EQ(change.held.size(), 1U);
    EXPECT_EQ(change.held[0].guardrail, "maxUnassign");
    EXPECT_EQ(change.held[0].limit, "0 until 2026-01-05T11:00:00Z");
    EXPECT_NE(change.held[0].value.find("in doubt"), std::string::npos);
  }
}

TEST_F(DoubtedPlan, WhereNoLimitIsSetNoAllowanceIsSpent) {
  Doubts doubts;
  doubts.allowance_spent_until = kNow + hours(3);
  EXPECT_FALSE(Make(doubts, "off").has_held());
}

}  // namespace
}  // namespace seatkeeper
