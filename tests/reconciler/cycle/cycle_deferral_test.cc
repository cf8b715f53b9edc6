// Removals that wait, over several cycles with a store in a file.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using test::CycleTest;
using test::Grants;
using test::Manages;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kNobody = "{rule: user.accountEnabled -eq false}";

/// cleo is not to have E3 any more; an hour and two readings long she keeps it.
class DeferralCycle : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    provider_.world.users = {{.name = "cleo", .licenses = {{"E3"}}}};
    Say("{after: 1h}");
  }

  void Say(std::string_view waiting, std::string_view granted = kNobody) {
    policy_.policies =
        test::Policies({Grants("p", granted, "[{product: E3}]"), Manages("E3", "full", waiting),
                        test::Limits("limits", "off")});
  }

  /// One cycle that much later, as briefly as Brief does.
  std::string Next(Mode mode = Mode::kEnforce, milliseconds later = minutes(5)) {
    clock_.Advance(later);
    auto request = Request(mode);
    request.interval = interval_;
    const auto report = Run(request);
    EXPECT_FALSE(report.error) << report.error->message;
    if (report.error) return "";
    EXPECT_EQ(ResultOf(report), "ok");
    return test::Brief(report.plan->plan());
  }

  void Restart() {
    runner_.reset();
    store_.reset();
    store_ = *OpenSqliteStore(folder_.File("seatkeeper.db"));
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  }

  milliseconds interval_ = minutes(5);

  std::vector<Deferral> Remembered() { return store_->Memory(key_)->deferrals.entries; }
};

TEST_F(DeferralCycle, GoesInTheCycleInWhichItIsDueWhateverIsRestartedInBetween) {
  EXPECT_EQ(Next(), "deferred cleo -E3 [60 minutes, 1 readings]");
  for (int minute = 5; minute < 60; minute += 5) {
    if (minute % 15 == 0) Restart();
    EXPECT_THAT(Next(), HasSubstr(fmt::format("deferred cleo -E3 [{} minutes", 60 - minute)));
    EXPECT_EQ(Holds("cleo"), "E3") << minute;
  }
  EXPECT_EQ(Next(), "go 1 cleo -E3");
  EXPECT_EQ(Holds("cleo"), "");
  EXPECT_THAT(Remembered(), IsEmpty()) << "two readings have confirmed it";
}

TEST_F(DeferralCycle, WhatSomebodyGivesBackAtOnceWaitsAnew) {
  for (int minute = 0; minute <= 60; minute += 5) Next();
  ASSERT_EQ(Holds("cleo"), "");
  provider_.world.User("cleo").licenses = {{"E3"}};  // Before a full reading saw cleo without it.
  EXPECT_EQ(Next(), "deferred cleo -E3 [60 minutes, 1 readings]");
}

TEST_F(DeferralCycle, ObservingCountsAndPlanningReadsIt) {
  for (int minute = 0; minute < 60; minute += 5) Next(Mode::kObserve);
  const auto before = *store_->Memory(key_);
  EXPECT_EQ(Next(Mode::kPlan), "go 1 cleo -E3");
  EXPECT_EQ(*store_->Memory(key_), before);
  EXPECT_EQ(Next(Mode::kEnforce, {}), "go 1 cleo -E3");
}

TEST_F(DeferralCycle, PlanningAloneBeginsNothing) {
  interval_ = test::kSeldom;  // The store is not to be in doubt.
  for (int hour = 0; hour < 3; ++hour) {
    EXPECT_EQ(Next(Mode::kPlan, hours(1)), "deferred cleo -E3 [60 minutes, 1 readings]");
  }
  EXPECT_THAT(Remembered(), IsEmpty());
}

TEST_F(DeferralCycle, TimeWithoutCyclesDoesNotCount) {
  Next();
  clock_.Advance(hours(24));
  test::TrustStore(*store_, key_, clock_.Now());  // Somebody has stood up for it.
  EXPECT_EQ(Next(Mode::kEnforce, {}), "deferred cleo -E3 [60 minutes, 0 readings]");
  EXPECT_EQ(Next(Mode::kEnforce, minutes(14)), "deferred cleo -E3 [46 minutes, 0 readings]");
}

TEST_F(DeferralCycle, LongerIntervalsCoverMore) {
  auto request = Request(Mode::kEnforce);
  request.interval = hours(1);
  ASSERT_FALSE(Run(request).error);
  clock_.Advance(hours(3));
  EXPECT_EQ(test::Brief(Run(request).plan->plan()), "go 1 cleo -E3");
}

TEST_F(DeferralCycle, AReadingThatFailsAddsNothingAndForgetsNothing) {
  for (int minute = 0; minute < 40; minute += 5) Next();
  const auto before = Remembered();
  provider_.read_error = Error{.kind = ErrorKind::kIncomplete, .message = "page 40 is missing"};
  for (int failed = 0; failed < 4; ++failed) {
    clock_.Advance(minutes(5));
    EXPECT_TRUE(Run(Mode::kEnforce).error);
  }
  EXPECT_EQ(Remembered(), before);
  provider_.read_error.reset();
  EXPECT_EQ(Next(), "deferred cleo -E3 [25 minutes, 0 readings]");
}

TEST_F(DeferralCycle, WantedAgainInOneReadingItStartsAnew) {
  for (int minute = 0; minute < 55; minute += 5) Next();
  Say("{after: 1h}", "{users: [cleo@contoso.com]}");
  EXPECT_EQ(Next(), "");
  EXPECT_THAT(Remembered(), IsEmpty());
  Say("{after: 1h}");
  EXPECT_EQ(Next(), "deferred cleo -E3 [60 minutes, 1 readings]");
}

TEST_F(DeferralCycle, WhatWasRefusedIsTriedAgainAtOnce) {
  provider_.fate = [](const WriteItem&) {
    return test::FakeProvider::Fate{.kind = WriteResult::Kind::kRefused, .happens = false};
  };
  for (int minute = 0; minute < 60; minute += 5) Next();
  clock_.Advance(minutes(5));
  EXPECT_EQ(Run(Mode::kEnforce).failures(), 1);
  provider_.fate = [](const WriteItem&) { return test::FakeProvider::Fate{}; };
  EXPECT_EQ(Next(), "go 1 cleo -E3");
}

TEST_F(DeferralCycle, WhileAnAnswerIsMissingNothingIsForgotten) {
  Say("{after: 1h, confirmations: 1}");
  provider_.world.users[0].licenses.push_back({"E5"});
  policy_.policies = test::Policies({Grants("p", kNobody, "[{product: E3}]"),
                                     Manages("E3", "full", "{after: 1h, confirmations: 1}"),
                                     Manages("E5", "full"), test::Limits("limits", "off")});
  provider_.fate = [](const WriteItem&) {
    return test::FakeProvider::Fate{.kind = WriteResult::Kind::kAmbiguous, .happens = true};
  };
  clock_.Advance(minutes(5));
  Run(Mode::kEnforce);
  provider_.fate = [](const WriteItem&) { return test::FakeProvider::Fate{}; };
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Next(), "");
  ASSERT_EQ(Remembered().size(), 1U);
  EXPECT_TRUE(Remembered()[0].last_seen);
  std::string brief;
  for (int cycle = 0; cycle < 20 && brief.empty(); ++cycle) brief = Next();
  EXPECT_THAT(brief, HasSubstr("deferred cleo -E3 [45 minutes, 0 readings]"))
      << "three intervals later it is settled, which covers the time";
}

}  // namespace
}  // namespace seatkeeper
