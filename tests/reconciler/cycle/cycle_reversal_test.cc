#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;

class CycleReversal : public test::CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    policy_.policies =
        test::Policies({test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]")});
  }
  // An administrator who does not want bob to have it.
  void TakeAway() { provider_.world.User("bob").licenses.clear(); }
  std::string Enforce() {
    const auto report = Run(Mode::kEnforce);
    return report.plan ? Brief(report.plan->plan()) : report.error->message;
  }
};

TEST_F(CycleReversal, AnAdministratorWhoTakesItAwayAgainAndAgainWins) {
  EXPECT_EQ(Enforce(), "go 1 bob +E5");
  TakeAway();
  clock_.Advance(hours(1));
  EXPECT_EQ(Enforce(), "go 1 bob +E5") << "once may have been a mistake";
  TakeAway();
  for (int hour = 2; hour < 24; ++hour) {
    clock_.Advance(hours(1));
    EXPECT_EQ(Enforce(), "held bob +E5 [reversed]");
  }
  EXPECT_EQ(Holds("bob"), "");
  EXPECT_EQ(provider_.written.size(), 2U);

  clock_.Advance(hours(2));
  EXPECT_EQ(Enforce(), "go 1 bob +E5") << "a day after the first";
  TakeAway();
  clock_.Advance(minutes(5));
  EXPECT_EQ(Enforce(), "go 1 bob +E5");
  TakeAway();
  clock_.Advance(minutes(5));
  EXPECT_EQ(Enforce(), "held bob +E5 [reversed]");
  EXPECT_EQ(provider_.written.size(), 4U) << "two a day at most";
}

TEST_F(CycleReversal, WhoeverIsFasterThanOurReadingsWins) {
  provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "down"};
  for (int round = 0; round < 6; ++round) {
    Enforce();
    TakeAway();  // Before any reading has shown it.
    clock_.Advance(minutes(15));
  }
  EXPECT_EQ(Enforce(), "held bob +E5 [reversed]");
  EXPECT_EQ(Journal(), "bob:diverged bob:diverged ");
}

TEST_F(CycleReversal, PolicyThatGoesToAndFroReversesNothing) {
  const auto granted = test::Policies(
      {test::Grants("p", "{users: [bob@contoso.com, dan@contoso.com]}", "[{product: E5}]"),
       test::Manages("E5", "full"), test::Limits("none", "off")});
  const auto revoked =
      test::Policies({test::Grants("p", "{users: [dan@contoso.com]}", "[{product: E5}]"),
                      test::Manages("E5", "full"), test::Limits("none", "off")});
  for (int round = 0; round < 3; ++round) {
    policy_.policies = granted;
    EXPECT_EQ(Enforce(), "go 1 bob +E5");
    clock_.Advance(hours(1));
    policy_.policies = revoked;
    EXPECT_EQ(Enforce(), "go 1 bob -E5");
    clock_.Advance(hours(1));
  }
}

}  // namespace
}  // namespace seatkeeper
