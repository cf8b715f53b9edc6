// A policy took what it should not have, and somebody puts it back.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class UndoIncident : public Incident {
 protected:
  // Four engineers lose E5, for their department is mistyped.
  void AWrongRuleTakesE5() {
    begins.interval = std::chrono::hours(1);
    Owns("SPE_E5", 20);
    engineers_ = Employ(4, "Engineering", {"SPE_E5"});
    PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
    Hours(2);
    auto mistyped = kEngineersHaveE5;
    mistyped.replace(mistyped.find("Engineering"), 11, "Enginering");
    PolicySays(mistyped + kE5GoesAtOnce + kNoLimits);
    Hours(2);
    ASSERT_THAT(HoldersOf("SPE_E5"), IsEmpty());
  }

  People engineers_;
};

TEST_F(UndoIncident, AWrongRuleIsUndoneBeforeItIsCorrected) {
  ASSERT_NO_FATAL_FAILURE(AWrongRuleTakesE5());
  Undoes();
  EXPECT_EQ(DirectHoldersOf("SPE_E5"), engineers_);
  Days(1);
  EXPECT_EQ(DirectHoldersOf("SPE_E5"), engineers_) << "the rule is still wrong";
  EXPECT_EQ(HeldBy("pinned"), engineers_);
  EXPECT_THAT(Says("pinned"), HasSubstr("undo --unpin"));
  EXPECT_THAT(Losses(), SizeIs(4)) << "once each";

  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Hours(1);
  EXPECT_THAT(Warnings(), HasSubstr("is pinned no longer"));
  EXPECT_THAT(*world().OpenStore()->Pins(world().key()), IsEmpty());
  Days(1);
  EXPECT_EQ(DirectHoldersOf("SPE_E5"), engineers_);
}

TEST_F(UndoIncident, TheRuleWasRightAfterAll) {
  ASSERT_NO_FATAL_FAILURE(AWrongRuleTakesE5());
  Undoes();
  Hours(2);
  ASSERT_EQ(DirectHoldersOf("SPE_E5"), engineers_);
  Unpins();
  Hours(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), IsEmpty()) << "policy decides again";
}

TEST_F(UndoIncident, SomebodyLeftMeanwhileAndSeatsWereSold) {
  ASSERT_NO_FATAL_FAILURE(AWrongRuleTakesE5());
  Deletes({"eng-001"});
  SeatsBecome("SPE_E5", 2);
  Undoes();
  EXPECT_THAT(HoldersOf("SPE_E5"), SizeIs(2)) << "as far as there are seats";
  const auto& left = LastPlan().undone->not_restored;
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(left[0].why, NotRestored::Why::kSubjectGone);
  EXPECT_EQ(left[1].why, NotRestored::Why::kNoSeat);
}

}  // namespace
}  // namespace seatkeeper::test
