// The service answers late, partly, wrongly or not at all.

#include "tests/incidents/incident.h"
#include "tests/incidents/policies.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Readings that lack something. One engineer has left, so that there is something to do; the
// others must not lose anything because they, or what is known of them, are missing.
class ReadingIncident : public Incident, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    Owns("SPE_E5", 60);
    engineers_ = Employ(40, "Engineering", {"SPE_E5"});
    PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
    Days(1);
  }
  People engineers_;
};

TEST_P(ReadingIncident, APartOfTheTenantIsMissingFromTheReading) {
  Disables({"eng-001"});
  ServiceFails(GetParam());
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers_);
  EXPECT_EQ(Writes(), 0);
  EXPECT_TRUE(LastReport().error) << "there is no plan, and it is said why";
  EXPECT_EQ(ResultOf(LastReport()), "failed");

  ServiceFails("");
  Days(1);
  EXPECT_THAT(Losses(), ElementsAre("eng-001 SPE_E5")) << "no limit was in the way";
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ReadingIncident,
    testing::Values(
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "missingValue"}}])",
        R"([{"match": {"path": "/users", "page": 1}, "fault": {"kind": "missingValue"}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "dropRows", "rows": 5}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "status", "status": 503}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "status", "status": 429}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "status", "status": 403}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "malformed"}}])",
        R"([{"match": {"path": "/users", "page": 2}, "fault": {"kind": "truncate"}}])",
        R"([{"match": {"path": "/subscribedSkus"}, "fault": {"kind": "missingValue"}}])",
        R"([{"match": {"path": "/subscribedSkus"}, "fault": {"kind": "malformed"}}])"),
    [](const auto& test) { return "Fault" + std::to_string(test.index + 1); });

class ServiceIncident : public Incident {
 protected:
  People Engineers(int count, const Products& hold = {}) {
    Owns("SPE_E5", 60);
    return Employ(count, "Engineering", hold);
  }
};

TEST_F(ServiceIncident, WhereAssignmentsComeFromIsNotSaid) {
  const auto engineers = Engineers(10, {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Days(1);
  Disables({"eng-001"});
  ServiceFails(R"([{"match": {"path": "/users"},
                    "fault": {"kind": "omit", "property": "licenseAssignmentStates"}}])");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(ServiceIncident, APropertyThatARuleNeedsIsLeftOut) {
  const auto engineers = Engineers(10, {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Days(1);
  ServiceFails(R"([{"match": {"path": "/users"},
                    "fault": {"kind": "omit", "property": "department"}}])");
  Days(3);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers) << "left out is not null, with no limit in the way";
  EXPECT_EQ(Writes(), 0);
  ASSERT_TRUE(LastReport().error);
  EXPECT_THAT(LastReport().error->message, HasSubstr("department"));
}

TEST_F(ServiceIncident, MembersOfAGroupArePartlyMissing) {
  Owns("POWER_BI_PRO", 60);
  const auto analysts = Employ(40, "Finance", {"POWER_BI_PRO"});
  MakeGroup("Analysts", analysts);
  PolicySays(kAnalystsHavePowerBi + kPowerBiGoesAtOnce + kNoLimits);
  Days(1);
  ServiceFails(R"([{"match": {"path": "/members*"}, "fault": {"kind": "missingValue"}},
                   {"match": {"path": "embers"}, "fault": {"kind": "dropRows", "rows": 3}}])");
  Days(3);
  EXPECT_EQ(HoldersOf("POWER_BI_PRO"), analysts);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(ServiceIncident, AnAnswerIsLostAfterTheChangeTookEffect) {
  const auto engineers = Engineers(5);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  ServiceFails(R"([{"match": {"path": "$batch"}, "fault": {"kind": "resetAfterEffect"},
                    "count": 1}])");
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 5) << "nothing is repeated blindly";
  EXPECT_EQ(Journal()[ChangeState::kMatched], 5) << "and what two readings show is written down";
}

TEST_F(ServiceIncident, ReadingsLagBehindWhatWasWritten) {
  const auto engineers = Engineers(5);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  ServiceFails(R"({"lag": 43200000, "faults": []})");  // Lists are twelve hours old.
  Days(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 5) << "who does not show up yet is not given it again";
}

TEST_F(ServiceIncident, TheProgramDiesInTheMiddleOfAnApply) {
  const auto engineers = Engineers(30);
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Restarts();
  for (int step = 10; step < 80; step += 7) CrashesAfter(step);
  Days(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 30) << "no change twice, none lost";
  EXPECT_THAT(world().OpenChanges(), IsEmpty());
}

TEST_F(ServiceIncident, SeveralProductsOfOneUserChangeAtOnce) {
  Owns("SPE_E5", 10);
  Owns("SPE_E3", 10);
  Owns("POWER_BI_PRO", 10);
  Owns("VISIOCLIENT", 10);
  Employ(1, "Engineering", {"SPE_E3", "POWER_BI_PRO"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kE5AboveE3 + kPowerBiGoesAtOnce + kNoLimits + R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: drawings}
spec:
  subjects: {rule: user.department -eq "Engineering"}
  licenses: [{product: VISIOCLIENT}]
---
)");
  Cycles(1);
  EXPECT_THAT(HoldersOf("SPE_E5"), ElementsAre("eng-001"));
  EXPECT_THAT(HoldersOf("VISIOCLIENT"), ElementsAre("eng-001"));
  EXPECT_THAT(HoldersOf("SPE_E3"), IsEmpty());
  EXPECT_THAT(HoldersOf("POWER_BI_PRO"), IsEmpty());
  EXPECT_EQ(Writes(), 1) << "all of it is one request: two at once would lose one";
}

TEST_F(ServiceIncident, OneUserIsRefusedAndTheOthersAreServed) {
  const auto engineers = Engineers(30);
  Blanks({"eng-004"}, "usageLocation");
  ServiceFails(R"([{"match": {"user": "a0000000-0000-4000-8000-000000000009",
                              "method": "POST", "path": "assignLicense"},
                    "fault": {"kind": "status", "status": 400, "code": "SomethingNobodyHasHeardOf",
                              "message": "No."}}])");
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), (engineers - People{"eng-004", "eng-009"}));
  EXPECT_GE(Journal()[ChangeState::kRefused], 1) << "with the service's own words";
  EXPECT_EQ(ResultOf(LastReport()), "partial") << "and nobody calls it a success";
}

TEST_F(ServiceIncident, TheServiceThrottles) {
  const auto engineers = Engineers(50);
  ServiceFails(R"([{"match": {"method": "POST", "path": "assignLicense"},
                    "fault": {"kind": "status", "status": 429, "retryAfter": "20"},
                    "count": 60}])");
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Days(1);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(Writes(), 50);
}

TEST_F(ServiceIncident, FourHundredPeopleAreGivenAProductInOneGo) {
  Owns("SPE_E5", 500);
  Owns("VISIOCLIENT", 500);
  const auto engineers = Employ(400, "Engineering", {"VISIOCLIENT"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce);
  Cycles(2);
  EXPECT_EQ(HoldersOf("SPE_E5"), engineers);
  EXPECT_EQ(HoldersOf("VISIOCLIENT"), engineers) << "and nothing else of theirs is touched";
}

TEST_F(ServiceIncident, WhoLostWhatCanBeTold) {
  Engineers(5, {"SPE_E5"});
  PolicySays(kEngineersHaveE5 + kE5GoesAtOnce + kNoLimits);
  Days(1);
  Disables({"eng-002"});
  Days(1);
  EXPECT_THAT(Losses(), ElementsAre("eng-002 SPE_E5"));
  const auto history = world().History();
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].entry.user_principal_name, "eng-002@contoso.example");
  EXPECT_EQ(history[0].entry.state, ChangeState::kConfirmed);
  EXPECT_EQ(history[0].entry.policy, "e5");
  EXPECT_THAT(history[0].entry.policy_position, HasSubstr("policy.yaml:"));
}

}  // namespace
}  // namespace seatkeeper::test
