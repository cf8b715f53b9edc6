// Groups that carry licences themselves.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

// Licences that come from a group cannot be taken from its members one by one.
class InheritedLicence : public Incident {};

TEST_F(InheritedLicence, ALeaverHasItFromAGroup) {
  Owns("POWER_BI_PRO", 40);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts, {"POWER_BI_PRO"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: finance}
spec:
  subjects:
    rule: user.department -eq "Finance"
    where: user.accountEnabled -eq true
  licenses: [{product: POWER_BI_PRO}]
---
)" + kPowerBiGoesAtOnce);
  Disables({"fin-002"});
  Days(2);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_EQ(Writes(), 0) << "no request that the service would refuse, cycle after cycle";
  const auto& drift = LastPlan().drift;
  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].kind, Drift::Kind::kInherited);
  EXPECT_TRUE(drift[0].group) << "the plan names the group";
}

const std::string kDashboardsThroughTheGroup = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: dashboards}
spec:
  subjects: {groups: [Dashboards]}
  licenses: [{product: POWER_BI_PRO}]
  delivery: group
---
)";

TEST_F(InheritedLicence, TheGroupGoesOnWithoutAPolicyThatOmitsIt) {
  Owns("POWER_BI_PRO", 40);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts);
  PolicySays(kDashboardsThroughTheGroup + kPowerBiGoesAtOnce + kNoLimits);
  Days(1);
  ASSERT_EQ(HoldersOf("POWER_BI_PRO"), analysts);

  // Somebody shortens the file: the group's licence is not mentioned any more.
  PolicySays(kEngineersHaveE5 + kPowerBiGoesAtOnce + kNoLimits);
  Owns("SPE_E5", 10);
  Days(30);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts) << "omitted is not empty";
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(InheritedLicence, AGroupLosesWhatAPolicyStillGrantsItsMembers) {
  Owns("POWER_BI_PRO", 40);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts, {"POWER_BI_PRO"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: no-dashboards}
spec:
  subjects: {groups: [Dashboards]}
  revoke: [POWER_BI_PRO]
  delivery: group
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: finance}
spec:
  subjects: {rule: user.department -eq "Finance"}
  licenses: [{product: POWER_BI_PRO}]
---
)" + kPowerBiGoesAtOnce +
             kNoLimits);
  Days(3);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_THAT(Losses(), IsEmpty());
  EXPECT_THAT(Guardrails(), Contains("still-granted"));
}

TEST_F(InheritedLicence, AGroupLosesItsLicenceAndNobodyKnowsWhoHasItFromThere) {
  Owns("POWER_BI_PRO", 40);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts, {"POWER_BI_PRO"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: no-dashboards}
spec:
  subjects: {groups: [Dashboards]}
  revoke: [POWER_BI_PRO]
  delivery: group
---
)" + kPowerBiGoesAtOnce +
             kNoLimits);
  ServiceFails(R"([{"match": {"path": "/users"},
                    "fault": {"kind": "omit", "property": "licenseAssignmentStates"}}])");
  Days(3);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_THAT(Guardrails(), Contains("unknown-source"));

  ServiceFails("");
  Days(1);
  EXPECT_THAT(HoldersOf("POWER_BI_PRO"), IsEmpty()) << "a reading that says it is all it takes";
}

TEST_F(InheritedLicence, AGroupRunsOutOfSeats) {
  Owns("POWER_BI_PRO", 2);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts);
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: dashboards}
spec:
  subjects: {groups: [Dashboards]}
  licenses: [{product: POWER_BI_PRO}]
  delivery: group
)");
  Days(2);
  EXPECT_THAT(HoldersOf("POWER_BI_PRO"), IsEmpty()) << "the service would pass somebody over";
  EXPECT_EQ(LastPlan().products.at(0).short_by, 1) << "and it is said how many are missing";

  SeatsBecome("POWER_BI_PRO", 3);
  Days(1);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
}

TEST_F(InheritedLicence, ASeatIsBoughtForSomebodyWhomTheServicePassedOver) {
  Owns("POWER_BI_PRO", 3);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts);
  PolicySays(kDashboardsThroughTheGroup + kNoLimits);
  Days(1);
  ASSERT_EQ(HoldersOf("POWER_BI_PRO"), analysts);

  const auto late = Employ(1, "Finance");
  Joins(late, "Dashboards");
  Days(1);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts) << "there was no seat, and the service gave up";
  SeatsBecome("POWER_BI_PRO", 4);
  Days(1);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts + late);
  EXPECT_THAT(DirectHoldersOf("POWER_BI_PRO"), IsEmpty()) << "it came through the group";
  EXPECT_TRUE(LastPlan().changes.empty());
  EXPECT_EQ(Journal()[ChangeState::kConfirmed], 2) << "the group's licence, and one more user";
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(InheritedLicence, TheProgramDiesWhileUsersAreProcessedAgain) {
  Owns("POWER_BI_PRO", 3);
  auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts);
  PolicySays(kDashboardsThroughTheGroup + kNoLimits);
  Days(1);
  const auto late = Employ(5, "Finance");
  Joins(late, "Dashboards");
  Days(1);
  ASSERT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  SeatsBecome("POWER_BI_PRO", 8);
  for (const int steps : {10, 25, 40, 55, 70}) {
    CrashesAfter(steps);
    EXPECT_EQ(HoldersOf("POWER_BI_PRO") - late, analysts) << "nobody loses anything";
  }
  Days(5);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts + late);
  EXPECT_THAT(DirectHoldersOf("POWER_BI_PRO"), IsEmpty());
  for (const auto state :
       {ChangeState::kIntended, ChangeState::kAmbiguous, ChangeState::kAccepted}) {
    EXPECT_EQ(Journal()[state], 0) << ToString(state);
  }
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(InheritedLicence, TheServiceSaysYesAndDoesNothing) {
  Owns("POWER_BI_PRO", 10);
  MakeGroup("Dashboards", Employ(3, "Finance"));
  GroupsAreProcessed(false);
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: dashboards}
spec:
  subjects: {groups: [Dashboards]}
  licenses: [{product: POWER_BI_PRO}]
  delivery: group
)");
  Cycles(1);
  EXPECT_EQ(Journal()[ChangeState::kAccepted], 1) << "accepted is not confirmed";
  EXPECT_EQ(Journal()[ChangeState::kConfirmed], 0);
  EXPECT_THAT(HoldersOf("POWER_BI_PRO"), IsEmpty());

  GroupsAreProcessed(true);
  Days(1);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO").size(), 3U);
  EXPECT_EQ(Journal()[ChangeState::kConfirmed], 1);
  EXPECT_EQ(Writes(), 1) << "asked for once";
}

TEST_F(InheritedLicence, AProtectedMemberKeepsTheWholeGroupLicensed) {
  Owns("POWER_BI_PRO", 10);
  const auto analysts = Employ(3, "Finance");
  MakeGroup("Dashboards", analysts, {"POWER_BI_PRO"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: no-dashboards}
spec:
  subjects: {groups: [Dashboards]}
  revoke: [POWER_BI_PRO]
  delivery: group
---
)" + kPowerBiGoesAtOnce +
             Limits("{maxUnassign: off, protected: {users: [fin-003@contoso.example]}}"));
  Days(3);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_THAT(Guardrails(), Contains("protected"));
  EXPECT_THAT(Losers(), Not(Contains("fin-003")));
}

}  // namespace
}  // namespace seatkeeper::test
