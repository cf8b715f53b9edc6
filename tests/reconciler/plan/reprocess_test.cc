#include "reconciler/plan/reprocess.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/change_action.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/render_text.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Manages;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string ToGroup(std::string_view group, std::string_view product) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {0} {1}}}\n"
      "spec: {{subjects: {{groups: [{0}]}}, licenses: [{{product: {1}}}], delivery: group}}\n",
      group, product);
}

// STAFF gives E3 to ada and bob, and the service had no seat for bob. OLD gives F1 to whoever a
// test says.
class ReprocessTest : public testing::Test {
 protected:
  ReprocessTest() {
    test::Process("STAFF", tenant_);
    Fail("bob", "E3", "CountViolation");
  }

  test::TestLicense& Inherited(std::string_view user, std::string_view product) {
    auto& licenses = tenant_.User(user).licenses;
    return *std::ranges::find(licenses, product, &test::TestLicense::product);
  }
  void Fail(std::string_view user, std::string_view product, std::string error) {
    auto& row = Inherited(user, product);
    row.state = AssignmentState::kError;
    row.error = std::move(error);
  }
  // A row of OLD, whether or not the user is a member of it.
  void InheritFromOld(std::string_view user) {
    tenant_.User(user).licenses.push_back({"F1", {}, AssignmentSource::kGroup, "OLD"});
  }

  Plan PlanWith(const std::vector<std::string>& documents) const {
    return PlanOf(tenant_.Read(), documents);
  }
  Plan PlanOf(const ObservedState& observed, const std::vector<std::string>& documents) const {
    const auto policies = test::Policies(documents);
    PlanInput input{.tenant = "contoso",
                    .policies = policies,
                    .policy_revision = "sha256:test",
                    .observed = observed,
                    .now = observed.read_at};
    input.can_reprocess = can_reprocess_;
    input.reprocessed = past_;
    input.suspended = suspended_;
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  // bob is left alone, and the plan says why.
  void ExpectLeftAlone(const Plan& plan, const std::string& why) {
    EXPECT_EQ(Brief(plan), "");
    EXPECT_THAT(plan.warnings, Contains(AllOf(HasSubstr("1 user could be processed again"),
                                              HasSubstr(why), HasSubstr("bob@contoso.com"))));
  }
  // Nothing is to be said of bob: what kept the licence from him is there still.
  static void ExpectNothing(const Plan& plan) {
    EXPECT_EQ(Brief(plan), "");
    EXPECT_THAT(plan.warnings, Not(Contains(HasSubstr("processed again"))));
  }

  // As if the plan's only change had been carried out so long before the reading.
  void Tried(const Change& change, std::chrono::milliseconds ago) {
    past_[change.user] = {.last = tenant_.Read().read_at - ago, .change_ids = {change.id}};
  }

  test::TestTenant tenant_{
      .users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo"}},
      .products = {{.name = "E3", .seats = 3}, {.name = "F1", .plans = {"P1", "P2"}}},
      .groups = {{.name = "STAFF", .members = {"ada", "bob"}, .licenses = {{"E3"}}},
                 {.name = "OLD", .members = {"bob"}, .licenses = {{"F1"}}}}};
  bool can_reprocess_ = true;
  ReprocessPast past_;
  Suspension suspended_;
};

const std::vector<std::string> kStaff = {ToGroup("STAFF", "E3")};
const std::vector<std::string> kBoth = {ToGroup("STAFF", "E3"), ToGroup("OLD", "F1")};

TEST_F(ReprocessTest, ASeatIsFreeAgain) {
  const auto plan = PlanWith(kStaff);
  ASSERT_EQ(Brief(plan), "go 1 bob again +E3");
  const auto& change = plan.changes[0];
  EXPECT_EQ(ActionOf(change), "reprocess");
  EXPECT_EQ(change.reason, Reason::kReprocessed);
  EXPECT_EQ(change.origin.policy, "STAFF E3");
  EXPECT_TRUE(change.usage_location.empty());
  EXPECT_FALSE(change.takes_away());
  ASSERT_EQ(change.reprocess->products.size(), 1U);
  const auto& given = change.reprocess->products[0];
  EXPECT_EQ(given.group, IdOf<GroupId>("STAFF"));
  EXPECT_EQ(given.blocker, Blocker::kNoSeat);
  EXPECT_EQ(plan.products[0].assigned, 1);
  EXPECT_EQ(plan.products[0].assigned_after, 2);
  EXPECT_THAT(RenderPlanText(plan, {}), AllOf(HasSubstr("+ E3: 1 user is processed again"),
                                              HasSubstr("granted through a group by STAFF E3"),
                                              HasSubstr("group `STAFF`: a seat is free")));
  EXPECT_EQ(DescribeChange(plan, change),
            "processed again for E3 through group `STAFF`: a seat is free");

  test::Carry(change, tenant_);
  EXPECT_EQ(Brief(PlanWith(kStaff)), "");
  EXPECT_TRUE(PlanWith(kStaff).drift.empty());
}

TEST_F(ReprocessTest, IsNotPlannedWhereTheServiceWouldNotTakeIt) {
  can_reprocess_ = false;
  ExpectNothing(PlanWith(kStaff));
}

TEST_F(ReprocessTest, WithoutAFreeSeatNothingHasChanged) {
  tenant_.Product("E3").seats = 1;
  ExpectNothing(PlanWith(kStaff));
  tenant_.Product("E3").seats = 3;
  ExpectNothing(
      PlanWith({ToGroup("STAFF", "E3"), Manages("E3", "assign-only") + "  reserve: 2\n"}));
}

TEST_F(ReprocessTest, EverybodyElseComesFirst) {
  tenant_.Product("E3").seats = 2;
  const auto cleo = Grants("cleo", "{users: [cleo@contoso.com]}", "[{product: E3}]");
  EXPECT_EQ(Brief(PlanWith({ToGroup("STAFF", "E3"), cleo})), "go 1 cleo +E3");
  tenant_.Product("E3").seats = 3;
  EXPECT_EQ(Brief(PlanWith({ToGroup("STAFF", "E3"), cleo})), "go 1 bob again +E3\ngo 1 cleo +E3");
}

TEST_F(ReprocessTest, OneSeatIsForOneUser) {
  Fail("ada", "E3", "CountViolation");
  tenant_.Product("E3").seats = 1;
  EXPECT_EQ(Brief(PlanWith(kStaff)), "go 1 ada again +E3");
}

TEST_F(ReprocessTest, AUsageLocationIsThereNow) {
  Fail("bob", "E3", "ProhibitedInUsageLocationViolation");
  const auto plan = PlanWith(kStaff);
  ASSERT_EQ(Brief(plan), "go 1 bob again +E3");
  EXPECT_EQ(plan.changes[0].reprocess->products[0].blocker, Blocker::kLocation);
  tenant_.User("bob").usage_location = "";
  ExpectNothing(PlanWith(kStaff));
}

TEST_F(ReprocessTest, ASeatNeedsNoUsageLocationAndNoneIsSet) {
  tenant_.User("bob").usage_location = "";
  EXPECT_EQ(Brief(PlanWith(kStaff)), "go 1 bob again +E3");
}

TEST_F(ReprocessTest, OtherErrorsAreLeftToAPerson) {
  for (const auto* error : {"MutuallyExclusiveViolation", "DependencyViolation",
                            "UniquenessViolation", "Other", "Unknown", "SomethingNew", ""}) {
    Fail("bob", "E3", error);
    ExpectNothing(PlanWith(kStaff));
  }
}

TEST_F(ReprocessTest, WhatFailedWithItComesWithIt) {
  tenant_.Group("STAFF").licenses.push_back({"F1"});
  test::Process("STAFF", tenant_);
  Fail("bob", "E3", "CountViolation");
  Fail("bob", "F1", "Other");
  const std::vector<std::string> documents = {ToGroup("STAFF", "E3"), ToGroup("STAFF", "F1")};
  const auto plan = PlanWith(documents);
  ASSERT_EQ(Brief(plan), "go 1 bob again +E3 +F1");
  EXPECT_EQ(plan.changes[0].reprocess->products[1].blocker, Blocker::kSibling);
  tenant_.Product("F1").seats = 1;
  EXPECT_EQ(Brief(PlanWith(documents)), "") << "all of it or nothing";
  tenant_.Product("F1").seats = 100;
  ExpectLeftAlone(PlanWith(kStaff), "no policy grants them");
}

TEST_F(ReprocessTest, WhatTheUserHasOfTheSameGroupIsMarkedWithIt) {
  tenant_.Group("STAFF").licenses.push_back({"F1"});
  test::Process("STAFF", tenant_);
  Fail("bob", "E3", "CountViolation");
  Inherited("bob", "F1").state = AssignmentState::kActiveWithError;
  Inherited("bob", "F1").error = "Other";
  EXPECT_EQ(Brief(PlanWith(kStaff)), "go 1 bob again +E3");
  Inherited("bob", "F1").error = "DependencyViolation";
  ExpectLeftAlone(PlanWith(kStaff), "a person must look at it");
}

TEST_F(ReprocessTest, WhatIsAssignedDirectlyIsNoneOfIt) {
  const auto direct = Grants("direct", "{users: [bob@contoso.com]}", "[{product: E3}]", 5);
  EXPECT_EQ(Brief(PlanWith({ToGroup("STAFF", "E3"), direct})), "go 1 bob +E3");
}

TEST_F(ReprocessTest, AnObservedProductIsLeftAsItIs) {
  ExpectNothing(PlanWith({ToGroup("STAFF", "E3"), Manages("E3", "observe")}));
}

TEST_F(ReprocessTest, AnotherChangeOfTheUserGoesFirst) {
  const auto f1 = Grants("f1", "{users: [bob@contoso.com]}", "[{product: F1}]");
  EXPECT_EQ(Brief(PlanWith({ToGroup("STAFF", "E3"), f1})), "go 1 bob +F1");
}

TEST_F(ReprocessTest, ALowerRungStaysUntilTheGroupHasGivenTheHigherOne) {
  tenant_.User("bob").licenses.push_back({"F1"});
  const auto ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E3, F1]}\n";
  const std::vector<std::string> documents = {ToGroup("STAFF", "E3"), ladder,
                                              Manages("F1", "full")};
  const auto plan = PlanWith(documents);
  EXPECT_THAT(Brief(plan), HasSubstr("go 1 bob again +E3"));
  EXPECT_THAT(Brief(plan),
              AllOf(HasSubstr("deferred bob -F1 [E3]"), Not(HasSubstr("go 1 bob -F1"))));
  test::Carry(plan.changes.at(0), tenant_);
  EXPECT_EQ(Brief(PlanWith(documents)), "go 1 bob -F1");
}

TEST_F(ReprocessTest, WhoHasLeftAnotherGroupIsLeftAlone) {
  InheritFromOld("bob");
  EXPECT_EQ(Brief(PlanWith(kBoth)), "go 1 bob again +E3");
  tenant_.Group("OLD").members = {};
  ExpectLeftAlone(PlanWith(kBoth), "no direct members any more");
}

TEST_F(ReprocessTest, WhoHasLeftTheVeryGroupIsNotGrantedItAnyMore) {
  tenant_.Group("STAFF").members = {"ada"};
  ExpectNothing(PlanWith(kStaff));
}

TEST_F(ReprocessTest, AGroupWhoseMembersWereNotReadMayHaveLostTheUser) {
  InheritFromOld("bob");
  auto observed = tenant_.Read();
  std::erase_if(observed.linked, [](const LinkedUsers& linked) {
    return linked.link.of == IdOf<GroupId>("OLD").guid;
  });
  ExpectLeftAlone(PlanOf(observed, kStaff), "`delivery: group`");

  observed = tenant_.Read();
  for (auto& linked : observed.linked) {
    if (linked.link.of == IdOf<GroupId>("OLD").guid) {
      linked.status = GroupReading::Status::kUnreadable;
    }
  }
  ExpectLeftAlone(PlanOf(observed, kStaff), "direct members are not known");
}

TEST_F(ReprocessTest, WhatAGroupDoesNotGiveAnyMoreWouldGo) {
  InheritFromOld("bob");
  tenant_.Group("OLD").licenses = {};
  ExpectLeftAlone(PlanWith(kStaff), "does not give any more");
  tenant_.Group("OLD").licenses = {{"F1", {"P1"}}};
  ExpectLeftAlone(PlanWith(kStaff), "with other service plans");
  tenant_.Product("F1").plans.clear();
  ExpectLeftAlone(PlanWith(kStaff), "with other service plans");
}

TEST_F(ReprocessTest, AGroupThatIsWorkedThroughIsWaitedFor) {
  tenant_.Group("STAFF").processing_state = "ProcessingInProgress";
  ExpectLeftAlone(PlanWith(kStaff), "works through the members");
}

TEST_F(ReprocessTest, ARemovalThatIsStuckIsForAPersonToLookAt) {
  InheritFromOld("bob");
  Inherited("bob", "F1").state = AssignmentState::kActiveWithError;
  Inherited("bob", "F1").error = "DependencyViolation";
  ExpectLeftAlone(PlanWith(kStaff), "a person must look at it");
}

TEST_F(ReprocessTest, ASecondErrorIsForAPersonToLookAt) {
  InheritFromOld("bob");
  Fail("bob", "F1", "MutuallyExclusiveViolation");
  ExpectLeftAlone(PlanWith(kBoth), "a person must look at it");
}

TEST_F(ReprocessTest, WhoIsProtectedIsLeftAlone) {
  ExpectLeftAlone(
      PlanWith({ToGroup("STAFF", "E3"), Guards("g", "protected: {users: [bob@contoso.com]}")}),
      "Guardrails protect them");
}

TEST_F(ReprocessTest, WhileTheTenantIsSuspendedItIsHeld) {
  suspended_ = {{.who = "ada@ops", .reason = "migration", .at = tenant_.Read().read_at}};
  const auto plan = PlanWith(kStaff);
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].verdict, Verdict::kHeld);
}

TEST_F(ReprocessTest, LimitsOnAssignmentsCountIt) {
  Fail("ada", "E3", "CountViolation");
  const auto plan = PlanWith({ToGroup("STAFF", "E3"), Guards("g", "maxAssign: {seats: 1}")});
  ASSERT_EQ(plan.changes.size(), 2U);
  for (const auto& change : plan.changes) {
    EXPECT_EQ(change.verdict, Verdict::kHeld) << Brief(plan);
    EXPECT_TRUE(change.reprocesses());
  }
}

TEST_F(ReprocessTest, WhatWasTriedIsNotTriedAgainBeforeSomethingChanges) {
  const auto first = PlanWith(kStaff).changes.at(0);
  Tried(first, hours(1));
  ExpectLeftAlone(PlanWith(kStaff), "it was tried");
  Tried(first, hours(25));
  ExpectLeftAlone(PlanWith(kStaff), "nothing has changed since");

  tenant_.Product("E3").seats = 4;
  EXPECT_EQ(Brief(PlanWith(kStaff)), "go 1 bob again +E3") << "one more seat is free";
  Tried(first, hours(23));
  ExpectLeftAlone(PlanWith(kStaff), "less than 24 hours ago");
}

TEST_F(ReprocessTest, WhatFailsAnewIsTriedAnew) {
  const auto read_at = tenant_.Read().read_at;
  const auto first = PlanWith(kStaff).changes.at(0);
  Tried(first, hours(30));
  auto& row = Inherited("bob", "E3");
  row.updated = FormatTime(read_at - hours(30) + minutes(1));
  ExpectLeftAlone(PlanWith(kStaff), "it was tried");
  row.updated = FormatTime(read_at - hours(20));
  EXPECT_EQ(Brief(PlanWith(kStaff)), "go 1 bob again +E3");
}

TEST_F(ReprocessTest, WhoIsLeftAloneIsCountedOnce) {
  tenant_.Product("E3").seats = 50;
  for (int i = 0; i < 9; ++i) {
    const auto name = fmt::format("user{}", i);
    tenant_.users.push_back({.name = name,
                             .licenses = {{"E3",
                                           {},
                                           AssignmentSource::kGroup,
                                           "STAFF",
                                           AssignmentState::kError,
                                           "CountViolation"},
                                          {"F1", {}, AssignmentSource::kGroup, "OLD"}}});
    tenant_.Group("STAFF").members.push_back(name);
  }
  const auto plan = PlanWith(kStaff);
  EXPECT_EQ(Brief(plan), "go 1 bob again +E3");
  EXPECT_THAT(plan.warnings, Contains(AllOf(HasSubstr("9 users could be processed again"),
                                            HasSubstr("user2@contoso.com and 6 more"))));
}

TEST_F(ReprocessTest, ASecondPlanOfTheSameSaysTheSame) {
  const auto plan = PlanWith(kStaff);
  const auto again = PlanWith(kStaff);
  EXPECT_EQ(plan.digest, again.digest);
  tenant_.Product("E3").seats = 9;
  EXPECT_NE(PlanWith(kStaff).changes.at(0).id, plan.changes.at(0).id)
      << "it rests on something else";
}

}  // namespace
}  // namespace seatkeeper
