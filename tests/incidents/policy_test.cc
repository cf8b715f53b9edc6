// The policy files themselves are what goes wrong.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Forty engineers with E5, seen for a day; what is unwanted goes at once.
class PolicyIncident : public Incident {
 protected:
  void SetUp() override {
    Owns("SPE_E5", 60);
    engineers_ = Employ(40, "Engineering", {"SPE_E5"});
    PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
    Days(1);
  }
  People engineers_;
};

// Nothing was in force before.
class FirstPolicyIncident : public Incident {};

TEST_F(PolicyIncident, AnEmptyCommitIsForcePushed) {
  PolicyFilesAreGone();
  Disables({"eng-001"});
  const auto newcomer = Employ(1, "Engineering");
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ + newcomer) << "the last good policy still gives";
  EXPECT_THAT(Losses(), IsEmpty());
  EXPECT_EQ(HeldBy("policy-not-loading"), People{"eng-001"});
}

TEST_F(PolicyIncident, TheFilesAreThereButEmpty) {
  PolicySays("# moved to another repository\n");
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(PolicyIncident, AFileDoesNotLoad) {
  PolicySays(kEngineersHaveE5 + "licences: [what, is, this\n");
  Disables({"eng-001"});
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("policy-not-loading"), People{"eng-001"});

  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - People{"eng-001"}) << "repaired, it goes on";
}

TEST_F(PolicyIncident, WhoIsToHaveItIsLeftOutButNotThatItIsManaged) {
  PolicySays(kE5GoesAtOnce + kNoLimits);
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("no-policy"), engineers_) << "even with every limit off";
}

TEST_F(PolicyIncident, AProductIsNoLongerManaged) {
  Disables({"eng-001"});
  PolicySays(kEngineersHaveE5 + kNoLimits);
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_) << "to let go of a product is not to take it away";
  EXPECT_EQ(Writes(), 0);
}

TEST_F(PolicyIncident, ARuleIsMistypedAndMatchesNobody) {
  auto mistyped = kEngineersHaveE5;
  mistyped.replace(mistyped.find("\"Engineering\""), 13, "\"Enginering\"");
  PolicySays(mistyped + kE5GoesAtOnce + kMailboxesMayGo);
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("maxUnassign"), engineers_);
}

TEST_F(PolicyIncident, ARuleIsMistypedAndMatchesEverybody) {
  Employ(60, "Retail");
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.department -ne "Enginering"}
  licenses: [{product: SPE_E5}]
---
)" + kE5GoesAtOnce +
             Limits("{maxAssign: {seats: 10}}"));
  Days(10);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0) << "all of it is held, not only what is beyond the limit";
  EXPECT_THAT(Guardrails(), ElementsAre("maxAssign"));
}

TEST_F(FirstPolicyIncident, APolicyWouldTouchTheWholeTenantInOneCycle) {
  Owns("SPE_E5", 80);
  Employ(40, "Engineering", {"SPE_E5"});
  Employ(30, "Retail");
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.accountEnabled -eq true}
  licenses: [{product: SPE_E5, disabledPlans: [SWAY]}]
---
)" + kE5GoesAtOnce +
             Limits("{maxAssign: off, maxUnassign: off, maxChanges: 50}"));
  Days(5);
  EXPECT_EQ(Writes(), 0);
  EXPECT_THAT(Guardrails(), ElementsAre("maxChanges"));
}

TEST_F(PolicyIncident, SomebodySwitchesAllLimitsOff) {
  Ceilings ceilings;
  ceilings.max_unassign = AmountLimit{.seats = 5, .percent = {}};
  world().SetCeilings(ceilings);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  const People leavers{"eng-001", "eng-002", "eng-003", "eng-004", "eng-005", "eng-006"};
  Disables(leavers);
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("maxUnassign"), leavers);
  EXPECT_THAT(Says("maxUnassign"), HasSubstr("ceilings.maxUnassign in the config"));
}

TEST_F(PolicyIncident, TwoDocumentsLimitAndTheStricterHolds) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits + Limits("{maxUnassign: {seats: 1}}"));
  Disables({"eng-001", "eng-002"});
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("maxUnassign"), (People{"eng-001", "eng-002"}));
}

TEST_F(PolicyIncident, ChangesAreDueOnAWeekend) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo +
             Limits(R"({windows: [{days: [mon], from: "09:00", to: "17:00", timezone: UTC}]})"));
  Disables({"eng-001"});
  const auto newcomer = Employ(1, "Engineering");
  Days(5);  // From Tuesday to Sunday.
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ + newcomer) << "what only gives goes on";
  EXPECT_EQ(Deferred(), People{"eng-001"});
  Days(2);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5")) << "on Monday";
}

TEST_F(PolicyIncident, ChangesAreDueOverTheHolidays) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo +
             Limits("{freezes: [{from: 2026-01-05, to: 2026-01-12, reason: holidays}]}"));
  Disables({"eng-001"});
  Days(6);  // Up to the 12th.
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Deferred(), People{"eng-001"});
  Days(2);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5"));
}

TEST_F(PolicyIncident, SomebodySeesItComingAndStopsEverything) {
  Suspend("the HR feed looks wrong");
  Disables({"eng-001"});
  const auto newcomer = Employ(1, "Engineering");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0) << "nothing is given either";
  EXPECT_THAT(Says("suspended"), HasSubstr("the HR feed looks wrong"));
  Restarts();
  Days(1);
  EXPECT_EQ(Writes(), 0) << "a restart is no resume";

  Resume();
  Days(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - People{"eng-001"} + newcomer);
}

TEST_F(PolicyIncident, OnlyAReportIsWanted) {
  world().SetMode(CycleRequest::Mode::kObserve);
  Disables({"eng-001"});
  Employ(1, "Engineering");
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0);
  EXPECT_EQ(LastPlan().CountWith(Verdict::kGo), 2U) << "the plan says what would be done";
}

TEST_F(PolicyIncident, APolicyOfOneTenantSaysNothingAboutAnother) {
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers, tenants: [contoso]}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  licenses: [{product: SPE_E5}]
---
)" + kE5GoesAtOnce +
             kMailboxesMayGo);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0);
}

// The first days of a tenant.
class NewTenantIncident : public Incident {};

TEST_F(NewTenantIncident, ATenantIsAddedWithEnforceByMistake) {
  begins.trusted = false;
  Owns("SPE_E5", 60);
  Owns("SPE_E3", 60);
  const auto teachers = Employ(50, "Teaching", {"SPE_E5"});
  // Policy that was written for another tenant: here it fits nobody.
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kE5AboveE3 + kNoLimits);
  Days(30);
  EXPECT_EQ(HoldersOf("SPE_E5"), teachers);
  EXPECT_EQ(Writes(), 0);
  EXPECT_EQ(HeldBy("store-in-doubt"), teachers);
  EXPECT_THAT(Says("store-in-doubt"), HasSubstr("seatkeeper resume"));
}

TEST_F(NewTenantIncident, NothingHappensWithoutAPolicyThatEverLoaded) {
  Owns("SPE_E5", 60);
  const auto engineers = Employ(50, "Engineering", {"SPE_E5"});
  PolicySays("kind: [");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(NewTenantIncident, AProductIsAssignedAndNeverTakenUnlessAFileSaysSo) {
  Owns("SPE_E5", 60);
  const auto teachers = Employ(10, "Teaching", {"SPE_E5"});
  const auto engineers = Employ(10, "Engineering");
  PolicySays(kEngineersHaveE5);
  Days(30);
  EXPECT_EQ(HoldersOf("SPE_E5"), teachers + engineers);
  EXPECT_THAT(Losses(), IsEmpty()) << "`assign-only` is the default";
}

}  // namespace
}  // namespace seatkeeper::test
