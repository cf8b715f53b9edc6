// Administrators and other tools work on the same tenant.

#include <map>

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AdministratorIncident : public Incident {
 protected:
  // Somebody in Sales, whom no policy grants E5, is given it by hand.
  void AssignByHandUnder(const std::string& management) {
    Owns("SPE_E5", 20);
    Employ(1, "Sales");
    Employ(3, "Engineering");
    PolicySays(kEngineersHaveE5 + R"(
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: )" +
               management + "}\n---\n" + kMailboxesMayGo);
    Days(1);
    Assigns({"sal-001"}, "SPE_E5");
    Days(10);
  }
};

TEST_F(AdministratorIncident, AssignsByHandUnderObserve) {
  AssignByHandUnder("observe");
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("sal-001"));
  EXPECT_EQ(Writes(), 0) << "under `observe` nothing is given either";
}

TEST_F(AdministratorIncident, AssignsByHandUnderAssignOnly) {
  AssignByHandUnder("assign-only");
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002", "eng-003", "sal-001"));
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(AdministratorIncident, AssignsByHandUnderOwned) {
  AssignByHandUnder("owned");
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002", "eng-003", "sal-001"));
  Disables({"eng-002"});
  Days(9);
  EXPECT_THAT(Losses(), ElementsAre("eng-002 SPE_E5")) << "only what seatkeeper gave itself";
}

TEST_F(AdministratorIncident, AssignsByHandUnderFull) {
  AssignByHandUnder("full");
  EXPECT_THAT(Losses(), ElementsAre("sal-001 SPE_E5")) << "after a week, as the file says";
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002", "eng-003"));
}

TEST_F(AdministratorIncident, GivesBackWhatWasTakenAndMeansIt) {
  begins.interval = std::chrono::hours(1);
  Owns("SPE_E5", 20);
  Employ(1, "Sales", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo + Limits("{maxUnassign: off}"));
  for (int round = 0; round < 4; ++round) {
    Hours(2);
    if (HoldersOf("SPE_E5").empty()) Assigns({"sal-001"}, "SPE_E5");
  }
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("sal-001"));
  EXPECT_THAT(Losses(), ElementsAre("sal-001 SPE_E5", "sal-001 SPE_E5")) << "twice, not for ever";
  EXPECT_EQ(HeldBy("reversed"), People{"sal-001"});
}

TEST_F(AdministratorIncident, AnotherToolGivesBackWhateverIsTaken) {
  begins.interval = std::chrono::hours(1);
  Owns("SPE_E5", 20);
  const auto salespeople = Employ(5, "Sales", {"SPE_E5"});
  const auto engineers = Employ(1, "Engineering");
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  for (int round = 0; round < 4; ++round) {
    Hours(2);
    Assigns(salespeople - HoldersOf("SPE_E5"), "SPE_E5");
  }
  const auto newcomer = Employ(1, "Engineering");
  Hours(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), salespeople + engineers);
  EXPECT_EQ(HeldBy("reversed"), salespeople + newcomer) << "five such changes stop the tenant";
}

TEST_F(AdministratorIncident, ProductsThatNoFileNamesAreNeverTouched) {
  Owns("SPE_E5", 20);
  Owns("VISIOCLIENT", 20);
  Owns("EMS", 20);
  const auto leavers = Employ(3, "Engineering", {"SPE_E5", "VISIOCLIENT", "EMS"});
  Employ(10, "Sales");
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Days(1);
  Disables(leavers);
  Days(3);
  EXPECT_THAT(HoldersOf("SPE_E5"), IsEmpty());
  EXPECT_EQ(HoldersOf("VISIOCLIENT"), leavers);
  EXPECT_EQ(HoldersOf("EMS"), leavers) << "a removal is of one product, never of all that is there";
}

TEST_F(AdministratorIncident, AUserIsChangedBetweenThePlanAndTheRequest) {
  Owns("SPE_E5", 20);
  Employ(3, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Days(1);
  Disables({"eng-002"});
  // While the cycle is under way somebody finds out that it was the wrong one.
  AfterReading([this] { Enables({"eng-002"}); });
  Cycles(1);
  EXPECT_EQ(LastReport().CountOutcomes(ChangeState::kWithdrawn), 1) << "and it is said so";
  Days(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002", "eng-003"));
  EXPECT_EQ(Writes(), 0);
}

TEST_F(AdministratorIncident, BreakGlassAccountsAreInNobodysGroup) {
  Owns("POWER_BI_PRO", 20);
  const auto analysts = Employ(19, "Finance", {"POWER_BI_PRO"});
  Employ(1, "Emergency", {"POWER_BI_PRO"});
  MakeGroup("Analysts", analysts);
  PolicySays(kAnalystsHavePowerBi + kPowerBiGoesAtOnce +
             Limits("{maxUnassign: off, protected: {users: [eme-001@contoso.example]}}"));
  Days(3);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts + People{"eme-001"});
  EXPECT_EQ(HeldBy("protected"), People{"eme-001"});
}

TEST_F(AdministratorIncident, TheGroupOfProtectedPeopleIsDeleted) {
  Owns("SPE_E5", 20);
  const auto engineers = Employ(4, "Engineering", {"SPE_E5"});
  MakeGroup("Board", {"eng-001"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo +
             Limits("{maxUnassign: off, protected: {groups: [Board]}}"));
  Days(1);
  DeletesGroup("Board");
  Disables({"eng-001", "eng-003"});
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "nobody knows any more who was protected";
  EXPECT_EQ(HeldBy("protected"), (People{"eng-001", "eng-003"}));
}

// Two daemons, each with a store of its own, that know nothing of each other.
class RivalIncident : public Incident {
 protected:
  // Each runs until `rounds` are over; the other always undoes what the one has done.
  void Fight(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      Cycles(1);
      RivalCycles(1);
    }
  }
};

TEST_F(RivalIncident, TwoDaemonsWithTwoStoresOnOneTenant) {
  begins.interval = std::chrono::minutes(30);
  begins.rival_policy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  revoke: [SPE_E5]
---
)" + kE5GoesAtOnce + kNoLimits;
  Owns("SPE_E5", 20);
  const auto engineers = Employ(4, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Fight(4);
  const int writes = Writes();
  Fight(8);
  EXPECT_EQ(Writes(), writes) << "within hours they come to rest";
  std::map<std::string, int> times;
  for (const auto& loss : Losses()) ++times[loss];
  for (const auto& [loss, count] : times) EXPECT_LE(count, 2) << loss;
  EXPECT_FALSE(times.empty());
}

TEST_F(RivalIncident, ASecondDaemonStartsWithANewStoreAndTakesNothing) {
  begins.trusted = false;
  Owns("SPE_E5", 60);
  const auto engineers = Employ(50, "Engineering", {"SPE_E5"});
  Disables({"eng-001"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(20);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_THAT(Guardrails(), ElementsAre("store-in-doubt"));
}

TEST_F(RivalIncident, TwoPoliciesGrantOneProductToDifferentPeople) {
  Owns("SPE_E5", 20);
  Employ(2, "Engineering");
  Employ(2, "Sales");
  PolicySays(kEngineersHaveE5 + R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: sales}
spec:
  subjects: {rule: user.department -eq "Sales"}
  licenses: [{product: SPE_E5}]
---
)" + kE5GoesAtOnce +
             kNoLimits);
  Days(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002", "sal-001", "sal-002"));
  EXPECT_EQ(Writes(), 4) << "neither takes away what the other gives";
}

TEST_F(RivalIncident, TwoPoliciesContradictEachOtherAboutSomebody) {
  Owns("SPE_E5", 20);
  Employ(2, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: trainees}
spec:
  subjects: {rule: user.jobTitle -eq "Trainee"}
  revoke: [SPE_E5]
---
)" + kE5GoesAtOnce +
             kNoLimits);
  Sets({"eng-002"}, "jobTitle", "Trainee");
  Days(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001", "eng-002"));
  EXPECT_EQ(HeldBy("contradiction"), People{"eng-002"});
  EXPECT_THAT(Says("contradiction"), HasSubstr("trainees"));
}

TEST_F(RivalIncident, NobodyIsRemovedAndAddedAgainInOneRun) {
  Owns("SPE_E5", 1);
  Employ(1, "Sales", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Sets({"sal-001"}, "department", "Engineering");
  Days(1);
  EXPECT_EQ(Writes(), 0);
  EXPECT_THAT(HoldersOf("SPE_E5"), Not(IsEmpty()));
}

}  // namespace
}  // namespace seatkeeper::test
