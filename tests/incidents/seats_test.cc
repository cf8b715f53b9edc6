// Seats run out, subscriptions end, vendors change what a product contains.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSubsetOf;
using testing::SizeIs;

class SeatIncident : public Incident {};

TEST_F(SeatIncident, E5RunsOutWhilePeopleMoveUpToIt) {
  Owns("SPE_E5", 12);
  Owns("SPE_E3", 20);
  const auto engineers = Employ(8, "Engineering", {"SPE_E5"});
  const auto salespeople = Employ(10, "Sales", {"SPE_E3"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kE5AboveE3 + kNoLimits);
  Days(1);

  Sets(salespeople, "department", "Engineering");
  Days(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), SizeIs(12));
  EXPECT_EQ(HoldersOf("SPE_E5") + HoldersOf("SPE_E3"), engineers + salespeople)
      << "who gets no seat loses nothing for it";
  EXPECT_EQ(HoldersOf("SPE_E3").size(), 6U) << "and nobody holds both";
  EXPECT_THAT(LastPlan().waiting, SizeIs(6));
  EXPECT_EQ(Writes(), 4) << "each swap is one request";

  SeatsBecome("SPE_E5", 18);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers + salespeople);
  EXPECT_THAT(HoldersOf("SPE_E3"), IsEmpty());
}

TEST_F(SeatIncident, SwapsInACircleWithoutAFreeSeat) {
  Owns("SPE_E5", 2);
  Owns("SPE_E3", 2);
  const auto engineers = Employ(2, "Engineering", {"SPE_E3"});
  const auto salespeople = Employ(2, "Sales", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kE5AboveE3 + kNoLimits);
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E3"), engineers);
  EXPECT_EQ(HoldersOf("SPE_E5"), salespeople) << "nothing is taken away to make room";
  ASSERT_THAT(LastPlan().circles, SizeIs(1)) << "and the plan says how many seats would help";

  SeatsBecome("SPE_E5", 3);
  Days(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(HoldersOf("SPE_E3"), salespeople);
}

TEST_F(SeatIncident, ASubscriptionGoesIntoWarningAndIsThenSuspended) {
  Owns("SPE_E5", 10);
  const auto engineers = Employ(8, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(1);

  SeatsBecome("SPE_E5", 0, /*warning=*/10);
  const auto newcomer = Employ(1, "Engineering");
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "seats of a subscription that ends are not planned";

  SeatsBecome("SPE_E5", 0, 0, /*suspended=*/10);
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "nobody is unlicensed for it: it may be renewed";
  EXPECT_EQ(Writes(), 0) << "and nothing is tried that the service would refuse";

  SeatsBecome("SPE_E5", 10);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers + newcomer);
}

TEST_F(SeatIncident, MoreSeatsAreInUseThanPurchased) {
  Owns("SPE_E5", 10);
  const auto engineers = Employ(8, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(1);
  SeatsBecome("SPE_E5", 5);
  Days(5);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "who is to go is for people to say";
  EXPECT_EQ(Writes(), 0);
}

TEST_F(SeatIncident, ThereAreMoreUsersThanSeats) {
  Owns("SPE_E5", 5);
  const auto engineers = Employ(8, "Engineering");
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Days(2);
  EXPECT_THAT(HoldersOf("SPE_E5"), SizeIs(5));
  EXPECT_THAT(LastPlan().waiting, SizeIs(3)) << "it is said who waits";
  EXPECT_EQ(LastPlan().products.at(0).short_by, 3);
  EXPECT_EQ(Writes(), 5) << "no request is sent that must fail";
}

TEST_F(SeatIncident, AProductLeavesTheTenantWhileSomebodyHoldsIt) {
  Owns("SPE_E5", 10);
  Owns("POWER_BI_PRO", 10);
  const auto analysts = Employ(4, "Finance", {"POWER_BI_PRO"});
  const auto engineers = Employ(4, "Engineering", {"SPE_E5"});
  MakeGroup("Analysts", analysts);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kAnalystsHavePowerBi + kPowerBiGoesAtOnce);
  Days(1);
  // The list of products comes without it.
  ServiceFails(R"([{"match": {"path": "/subscribedSkus"},
                    "fault": {"kind": "dropRows", "rows": 1}}])");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_EQ(Writes(), 0);
}

// What the vendor adds to a product, and service plans that somebody switched off.
class PlanIncident : public Incident {
 protected:
  static constexpr const char* kAssistant = "c0000000-0000-4000-8000-000000000001";
};

TEST_F(PlanIncident, TheVendorAddsAServicePlan) {
  Owns("SPE_E5", 10);
  const auto engineers = Employ(3, "Engineering");
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  licenses: [{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE]}]
---
)" + kE5GoesAtOnce);
  Days(1);
  ASSERT_EQ(HoldersOf("SPE_E5"), engineers);

  AddsServicePlan("SPE_E5", "ASSISTANT", kAssistant);
  Days(2);
  EXPECT_EQ(Writes(), 3) << "what people have is left as it is";
  EXPECT_THAT(Warnings(), HasSubstr("ASSISTANT"));

  const auto newcomer = Employ(1, "Engineering");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers + newcomer);
  EXPECT_EQ(UsersOf("SPE_E5", kAssistant), engineers) << "off for who is new, until a file decides";
  EXPECT_THAT(UsersOf("SPE_E5", "YAMMER_ENTERPRISE"), IsEmpty());
}

TEST_F(PlanIncident, SwitchesThatNoFileNamesStayAsTheyAre) {
  Owns("SPE_E5", 10);
  const auto engineers = Employ(3, "Engineering", {"SPE_E5"});
  Assigns({"eng-002"}, "SPE_E5", {"YAMMER_ENTERPRISE", "SWAY"});  // By hand, for a reason.
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Days(2);
  EXPECT_EQ(UsersOf("SPE_E5", "SWAY"), (engineers - People{"eng-002"}));
  EXPECT_EQ(Writes(), 0) << "a grant without a list of plans is not a grant of all plans";
}

TEST_F(PlanIncident, OneSwitchIsChangedForEverybodyAndTheOthersStay) {
  Owns("SPE_E5", 200);
  const auto engineers = Employ(100, "Engineering", {"SPE_E5"});
  Assigns({"eng-007"}, "SPE_E5", {"SWAY"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  licenses: [{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE, SWAY]}]
---
)" + kE5GoesAtOnce +
             kNoLimits);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "nobody is unlicensed on the way";
  EXPECT_THAT(UsersOf("SPE_E5", "YAMMER_ENTERPRISE"), IsEmpty());
  EXPECT_EQ(UsersOf("SPE_E5", "CLIPCHAMP"), engineers);
  EXPECT_EQ(Writes(), 100);
  Days(1);
  EXPECT_EQ(Writes(), 100) << "and then there is nothing left to do, in whatever order lists come";
  EXPECT_THAT(LastPlan().drift, IsEmpty());
}

TEST_F(PlanIncident, ManyServicePlansGoOffAtOnce) {
  Owns("SPE_E5", 100);
  const auto engineers = Employ(40, "Engineering", {"SPE_E5"});
  PolicySays(R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  licenses: [{product: SPE_E5, enabledPlans: [TEAMS1, SHAREPOINTENTERPRISE]}]
---
)" + kE5GoesAtOnce);
  Days(2);
  EXPECT_EQ(UsersOf("SPE_E5", "EXCHANGE_S_ENTERPRISE"), engineers);
  EXPECT_EQ(Writes(), 0) << "a service plan that goes off is a removal like any other";
  EXPECT_EQ(HeldBy("maxUnassign") + HeldBy("mailboxLoss"), engineers);
}

}  // namespace
}  // namespace seatkeeper::test
