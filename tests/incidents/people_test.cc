// What personnel departments do: attributes that vanish, people who leave, a few every day.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PersonnelIncident : public Incident {};

TEST_F(PersonnelIncident, HrBlanksTheDepartmentOf400UsersOvernight) {
  Owns("SPE_E5", 500);
  const auto engineers = Employ(400, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5IsManaged + kMailboxesMayGo);
  Days(1);

  Blanks(engineers, "department");
  Days(6);
  EXPECT_EQ(Deferred(), engineers) << "for a week everybody just waits";
  Days(4);

  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_THAT(Losses(), IsEmpty());
  EXPECT_EQ(HeldBy("maxUnassign"), engineers);
  EXPECT_THAT(Says("maxUnassign"), HasSubstr("400 removals planned"));

  Sets(engineers, "department", "Engineering");
  Days(1);
  EXPECT_EQ(Writes(), 0) << "and when it is repaired, nothing has to be";
  EXPECT_THAT(Guardrails(), IsEmpty());
}

TEST_F(PersonnelIncident, ADepartmentThatIsBlankForOneNightCostsNobodyAnything) {
  Owns("SPE_E5", 20);
  const auto engineers = Employ(10, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5IsManaged + kMailboxesMayGo);
  Days(1);
  const People one{"eng-001"};  // One alone is below every limit.

  for (int week = 0; week < 3; ++week) {
    Blanks(one, "department");
    Days(6);
    EXPECT_EQ(Deferred(), one);
    Sets(one, "department", "Engineering");
    Days(1);
  }

  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(PersonnelIncident, SixtyUsersLoseAProduct20ADay) {
  Owns("SPE_E5", 400);
  const auto engineers = Employ(400, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(1);

  // Five in every cycle: each time far below the limit of 20 a day (5 percent of 400), which three
  // and then two days later would have let 60 go unseen.
  auto next = engineers.begin();
  People leavers;
  for (int cycle = 0; cycle < 12; ++cycle) {
    People five;
    while (five.size() < 5) five.insert(*next++);
    Disables(five);
    leavers = leavers + five;
    Cycles(1);
  }

  EXPECT_EQ(Losers().size(), 20U) << "the first day's; then somebody has to look";
  EXPECT_EQ(HeldBy("maxUnassign"), leavers - Losers());
  Days(5);
  EXPECT_EQ(Losers().size(), 20U) << "what has piled up does not trickle out day by day";
}

TEST_F(PersonnelIncident, RestartsDoNotRenewTheAllowance) {
  Owns("SPE_E5", 100);
  const auto engineers = Employ(100, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Hours(6);

  auto next = engineers.begin();
  for (int cycle = 0; cycle < 3; ++cycle) {
    People two;
    while (two.size() < 2) two.insert(*next++);
    Disables(two);
    Cycles(1);
    Restarts();
  }

  EXPECT_EQ(Losers().size(), 4U) << "5 of 100 a day: four have gone, two more would be too many";
  EXPECT_THAT(Says("maxUnassign"), HasSubstr("2 removals planned, 4 in the last 24 hours"));
}

TEST_F(PersonnelIncident, WhoLeavesLosesTheLicenceInTheEnd) {
  Owns("SPE_E5", 20);
  const auto engineers = Employ(10, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5IsManaged + kMailboxesMayGo);
  Days(1);

  Disables({"eng-004"});
  Days(6);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  Days(2);

  EXPECT_EQ(HoldersOf("SPE_E5"), engineers - People{"eng-004"}) << "the guards let through what is "
                                                                   "meant";
  EXPECT_THAT(Losses(), ElementsAre("eng-004 SPE_E5"));
}

TEST_F(PersonnelIncident, TheLastHolderCanLeave) {
  Owns("SPE_E5", 5);
  Employ(1, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo);
  Days(1);
  Disables({"eng-001"});
  Days(1);
  EXPECT_THAT(HoldersOf("SPE_E5"), IsEmpty()) << "5 percent of one are none, but one may go";
}

TEST_F(PersonnelIncident, AMailboxIsKeptUntilSomebodySaysSo) {
  Owns("SPE_E5", 20);
  const auto engineers = Employ(10, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5IsManaged);
  Days(1);
  Disables({"eng-004"});
  Days(20);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(HeldBy("mailboxLoss"), People{"eng-004"});
}

TEST_F(PersonnelIncident, WhoMovesToAnotherDepartmentKeepsTheMailboxOnTheWay) {
  Owns("SPE_E5", 20);
  Owns("SPE_E3", 20);
  Employ(10, "Engineering", {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kE5AboveE3);
  Days(1);
  Sets({"eng-004"}, "department", "Sales");
  Days(1);
  EXPECT_THAT(HoldersOf("SPE_E5"), Not(Contains("eng-004")));
  EXPECT_THAT(HoldersOf("SPE_E3"), ElementsAre("eng-004"));
  EXPECT_EQ(Writes(), 1) << "one request: there is no moment without a suite";
}

}  // namespace
}  // namespace seatkeeper::test
