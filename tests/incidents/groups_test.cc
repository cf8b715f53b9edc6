// Groups that policies name, and licences that are held twice.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GroupIncident : public Incident {
 protected:
  // Twenty people hold Power BI because they are in the group Analysts.
  People Analysts() {
    Owns("POWER_BI_PRO", 40);
    const auto analysts = Employ(20, "Finance", {"POWER_BI_PRO"});
    MakeGroup("Analysts", analysts);
    PolicySays(kAnalystsHavePowerBi + kPowerBiGoesAtOnce);
    Days(1);
    return analysts;
  }
};

TEST_F(GroupIncident, ANamedGroupIsDeleted) {
  const auto analysts = Analysts();

  DeletesGroup("Analysts");
  Days(30);

  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_EQ(HeldBy("reference"), analysts);
  EXPECT_THAT(Says("reference"), HasSubstr("Analysts"));
}

TEST_F(GroupIncident, ANamedGroupIsCreatedAgainWithAnotherId) {
  const auto analysts = Analysts();

  DeletesGroup("Analysts");
  MakeGroup("Analysts", {"fin-001"});  // The same name, another id, and only one member yet.
  Days(30);

  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_EQ(HeldBy("maxUnassign"), analysts - People{"fin-001"});

  Joins(analysts - People{"fin-001"}, "Analysts");
  Days(1);
  EXPECT_THAT(Guardrails(), IsEmpty()) << "once it is filled again, all is well";
  EXPECT_EQ(Writes(), 0);
}

TEST_F(GroupIncident, ANamedGroupIsEmptied) {
  const auto analysts = Analysts();

  Leaves(analysts, "Analysts");
  Days(30);

  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_THAT(Losses(), IsEmpty());
  EXPECT_EQ(HeldBy("maxUnassign"), analysts);
}

TEST_F(GroupIncident, TwoGroupsOfOneName) {
  const auto analysts = Analysts();

  MakeGroup("Analysts", {});
  Days(30);

  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(GroupIncident, AGroupInExceptIsDeletedAndNobodyIsGivenAnything) {
  Owns("POWER_BI_PRO", 40);
  Employ(5, "Finance");
  MakeGroup("External Auditors", {"fin-001", "fin-002"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: finance}
spec:
  subjects:
    rule: user.department -eq "Finance"
    except: {groups: [External Auditors]}
  licenses: [{product: POWER_BI_PRO}]
)");
  DeletesGroup("External Auditors");
  Days(2);
  EXPECT_THAT(HoldersOf("POWER_BI_PRO"), IsEmpty())
      << "unknown is not absent: nobody knows who must not have it";
  EXPECT_THAT(Guardrails(), ElementsAre("reference"));
}

// The group gives the product, and some members hold it directly as well.
class DoubledLicence : public Incident {
 protected:
  void Begin() {
    Owns("POWER_BI_PRO", 40);
    everybody_ = Employ(4, "Finance");
    MakeGroup("Analysts", everybody_, {"POWER_BI_PRO"});
    Assigns(everybody_, "POWER_BI_PRO");
    PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: finance}
spec:
  subjects: {rule: user.department -eq "Finance"}
  licenses: [{product: POWER_BI_PRO}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: power-bi}
spec:
  product: POWER_BI_PRO
  management: full
  unassign: {after: 7d, removeRedundantDirect: true}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {maxUnassign: off}
)");
  }
  People everybody_;
};

TEST_F(DoubledLicence, TheGroupIsUnlicensedWhileTheDirectLicencesWaitToGo) {
  Begin();
  Days(6);
  ASSERT_EQ(Deferred(), everybody_) << "the direct licences are on their way out";

  LicensesGroup("Analysts", {});
  Days(9);

  EXPECT_EQ(DirectHoldersOf("POWER_BI_PRO"), everybody_) << "they are needed after all";
  EXPECT_EQ(Writes(), 0);
}

TEST_F(DoubledLicence, TheGroupIsUnlicensedAfterTheDirectLicencesHaveGone) {
  Begin();
  Days(9);
  ASSERT_THAT(DirectHoldersOf("POWER_BI_PRO"), IsEmpty());
  ASSERT_EQ(HoldersOf("POWER_BI_PRO"), everybody_);

  LicensesGroup("Analysts", {});
  Days(1);

  EXPECT_EQ(DirectHoldersOf("POWER_BI_PRO"), everybody_) << "in the next cycle, while data is kept";
}

TEST_F(DoubledLicence, TheGroupIsUnlicensedBetweenThePlanAndTheRequest) {
  Begin();
  Days(7);
  ASSERT_EQ(Deferred(), everybody_);
  // In the cycle in which the direct licences are to go, the group loses its own right after the
  // tenant was read: when the users are read again, they hold less than the plan says.
  AfterReading([this] { LicensesGroup("Analysts", {}); });
  Days(1);
  EXPECT_EQ(DirectHoldersOf("POWER_BI_PRO"), everybody_);
  EXPECT_THAT(Losses(), IsEmpty());
}

}  // namespace
}  // namespace seatkeeper::test
