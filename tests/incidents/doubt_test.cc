// The store or the clock cannot be believed.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DoubtIncident : public Incident {
 protected:
  void SetUp() override {
    Owns("SPE_E5", 60);
    engineers_ = Employ(40, "Engineering", {"SPE_E5"});
    PolicySays(kEngineersHaveE5 + kE5IsManaged + kMailboxesMayGo);
    Days(1);
  }
  People engineers_;
};

TEST_F(DoubtIncident, TheStoreIsRestoredFromLastWeeksBackup) {
  world().BackUpStore();
  Disables({"eng-001"});
  Days(8);
  ASSERT_THAT(Losses(), ElementsAre("eng-001 SPE_E5"));
  Disables({"eng-002"});
  world().RestoreStore();
  Days(20);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5"));
  EXPECT_EQ(HeldBy("store-in-doubt") + Deferred(), People{"eng-002"});
  EXPECT_THAT(Says("store-in-doubt"), HasSubstr("seatkeeper resume"));

  Resume();
  Days(9);
  EXPECT_EQ(HoldersOf("SPE_E5"), (engineers_ - People{"eng-001", "eng-002"}));
}

TEST_F(DoubtIncident, AfterResumeTheDaysAllowanceCountsAsSpent) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Sleeps(std::chrono::hours(72));
  Disables({"eng-001"});
  Cycles(1);
  ASSERT_EQ(HeldBy("store-in-doubt"), People{"eng-001"});
  Resume();
  Cycles(1);
  Approves("suspicious-revision");  // It is meant that E5 goes at once.
  Cycles(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "what was removed before, nobody knows";
  EXPECT_EQ(HeldBy("maxUnassign"), People{"eng-001"});
  Days(1);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5"));
}

TEST_F(DoubtIncident, TheClockJumps15DaysAhead) {
  Disables({"eng-001"});
  Days(1);
  world().JumpClock(std::chrono::days(15));
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "a week has not passed";

  world().JumpClock(-std::chrono::days(15));
  Days(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  Days(3);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5")) << "now it has";
}

TEST_F(DoubtIncident, TheClockJumpsWhileARemovalIsDue) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  world().JumpClock(std::chrono::days(15));
  Disables({"eng-001"});
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("clock-in-doubt"), People{"eng-001"});
}

TEST_F(DoubtIncident, TheClockGoesBackAYear) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  world().JumpClock(-std::chrono::days(365));
  Disables({"eng-001"});
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_THAT(Guardrails(), testing::Contains("clock-in-doubt"));
}

TEST_F(DoubtIncident, AGrantExpiresEarlyBecauseTheClockIsWrong) {
  auto until_february = kEngineersHaveE5;
  until_february.insert(until_february.find("---"), "  expires: 2026-01-31\n");
  PolicySays(until_february + kE5GoesAtOnce + kNoLimits);
  Days(1);
  world().JumpClock(std::chrono::days(60));
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(DoubtIncident, TheProgramWasAwayForAWeek) {
  Disables({"eng-001"});
  Days(1);
  Sleeps(std::chrono::hours(24 * 8));
  Cycles(4);
  EXPECT_EQ(HeldBy("store-in-doubt") + Deferred(), People{"eng-001"});
  Resume();
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "nobody looked: that week does not count";
  Days(4);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5"));
}

}  // namespace
}  // namespace seatkeeper::test
