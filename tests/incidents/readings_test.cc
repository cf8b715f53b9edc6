// Readings that are whole, of a tenant that is not as it should be; and policy that is loosened.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// No limit on amounts is in the way of any of these.
class ReadingIncident : public Incident {
 protected:
  void SetUp() override {
    Owns("SPE_E5", 60);
    engineers_ = Employ(40, "Engineering", {"SPE_E5"});
    salespeople_ = Employ(40, "Sales");
    PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
    Days(1);
  }
  People First(int count, const People& of) { return {of.begin(), std::next(of.begin(), count)}; }
  People engineers_;
  People salespeople_;
};

TEST_F(ReadingIncident, AThirdOfTheDirectoryIsGone) {
  Deletes(First(27, salespeople_));
  Disables({"eng-001"});
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("maxUserLoss"), People{"eng-001"});

  Approves("maxUserLoss");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - People{"eng-001"}) << "they had really left";
}

TEST_F(ReadingIncident, HrBlanksADepartment) {
  Blanks(engineers_, "department");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("attribute-changed"), engineers_);
  EXPECT_THAT(Says("attribute-changed"), HasSubstr("department"));

  Sets(engineers_, "department", "Engineering");
  Days(3);
  EXPECT_THAT(Guardrails(), IsEmpty()) << "it is right again, and nobody had to say so";
  EXPECT_THAT(Losses(), IsEmpty());
}

TEST_F(ReadingIncident, FewerUnitsArePurchasedThanAreInUse) {
  SeatsBecome("SPE_E5", 0, 0, 60);
  Disables({"eng-001"});
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("units-fallen"), People{"eng-001"});

  SeatsBecome("SPE_E5", 60);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - People{"eng-001"}) << "it was renewed";
}

TEST_F(ReadingIncident, SomebodyLoosensALimitInPassing) {
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo +
             Limits("{maxUnassign: {seats: 2}}"));
  Days(1);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kMailboxesMayGo + Limits("{maxUnassign: off}"));
  const People leavers{"eng-001", "eng-002", "eng-003"};
  Disables(leavers);
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(HeldBy("suspicious-revision"), leavers);
  EXPECT_THAT(Says("suspicious-revision"), HasSubstr("maxUnassign"));

  Approves("suspicious-revision");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_ - leavers);
}

class GroupReadingIncident : public Incident {
 protected:
  void SetUp() override {
    Owns("POWER_BI_PRO", 40);
    analysts_ = Employ(20, "Finance", {"POWER_BI_PRO"});
    MakeGroup("Analysts", analysts_);
    PolicySays(kAnalystsHavePowerBi + kPowerBiGoesAtOnce + kNoLimits);
    Days(1);
  }
  People analysts_;
};

TEST_F(GroupReadingIncident, SomebodyEmptiesAGroup) {
  Leaves(analysts_, "Analysts");
  Days(30);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts_);
  EXPECT_EQ(HeldBy("group-shrunk"), analysts_);

  Joins(analysts_, "Analysts");
  Days(1);
  EXPECT_THAT(Guardrails(), IsEmpty());
}

TEST_F(GroupReadingIncident, AGroupIsMadeAgainUnderItsName) {
  DeletesGroup("Analysts");
  MakeGroup("Analysts", {"fin-001"});
  Days(30);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts_);
  EXPECT_EQ(HeldBy("reference-changed"), analysts_ - People{"fin-001"});
}

}  // namespace
}  // namespace seatkeeper::test
