#include "reconciler/plan/deliver.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::PlanOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A policy that licenses STAFF itself; `says` is what else stands in its spec.
std::string ToStaff(std::string_view name, std::string_view says) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {}}}\n"
      "spec: {{subjects: {{groups: [STAFF]}}, delivery: group, {}}}\n",
      name, says);
}
std::string StaffGets(std::string_view licenses, int priority = 0) {
  return ToStaff("staff", fmt::format("priority: {}, licenses: {}", priority, licenses));
}

// STAFF are ada and bob; cleo is not.
class DeliverTest : public testing::Test {
 protected:
  Plan PlanWith(const std::vector<std::string>& documents) const {
    return PlanOf(tenant_, documents).plan();
  }

  void License(const std::string& product) {
    tenant_.Group("STAFF").licenses.push_back({product});
    test::Process("STAFF", tenant_);
  }

  test::TestTenant tenant_{
      .users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo"}},
      .products = {{.name = "E3", .seats = 3, .plans = {"P1", "P2"}}, {.name = "F1"}},
      .groups = {{.name = "STAFF", .members = {"ada", "bob"}}}};
};

const std::vector<std::string> kStaffGetsE3 = {StaffGets("[{product: E3}]")};
const auto kStaffLosesE3 = ToStaff("no E3", "revoke: [E3]");

TEST_F(DeliverTest, TheGroupIsLicensedAndNobodyElse) {
  const auto plan = PlanWith(kStaffGetsE3);
  EXPECT_EQ(Brief(plan), "go 1 group STAFF +E3*2");
  EXPECT_EQ(plan.changes[0].group->members, 2);
  EXPECT_EQ(BriefDrift(plan),
            "ada E3 missing: granted by staff through group STAFF, which is not licensed yet\n"
            "bob E3 missing: granted by staff through group STAFF, which is not licensed yet");
  EXPECT_EQ(plan.products[0].assigned_after, 2);
}

TEST_F(DeliverTest, NothingIsDoneWhileTheServiceProcesses) {
  test::Carry(PlanWith(kStaffGetsE3).changes[0], tenant_);
  const auto waiting = PlanWith(kStaffGetsE3);
  EXPECT_EQ(Brief(waiting), "");
  EXPECT_THAT(BriefDrift(waiting), HasSubstr("which the service has not brought to this user yet"));
  test::Process("STAFF", tenant_);
  const auto done = PlanWith(kStaffGetsE3);
  EXPECT_EQ(Brief(done), "");
  EXPECT_EQ(BriefDrift(done), "");
}

TEST_F(DeliverTest, AMemberWhomTheServiceCouldNotServeIsNamedWithTheReason) {
  License("E3");
  auto& row = tenant_.User("bob").licenses.front();
  row.state = AssignmentState::kError;
  row.error = "CountViolation";
  EXPECT_EQ(BriefDrift(PlanWith(kStaffGetsE3)),
            "bob E3 missing: granted by staff through group STAFF, whose licence failed for this "
            "user: CountViolation");
}

TEST_F(DeliverTest, AGroupGetsSeatsForAllItsMembersOrNone) {
  tenant_.Product("E3").seats = 1;
  const auto plan = PlanWith(kStaffGetsE3);
  EXPECT_EQ(Brief(plan), "deferred group STAFF +E3*2 [E3]");
  EXPECT_EQ(plan.products[0].short_by, 1);
  EXPECT_EQ(plan.products[0].assigned_after, 0);
}

TEST_F(DeliverTest, OnlyMembersWithoutASeatNeedOne) {
  tenant_.Product("E3").seats = 2;
  tenant_.User("ada").licenses = {{"E3"}};
  EXPECT_EQ(Brief(PlanWith(kStaffGetsE3)), "go 1 group STAFF +E3");
}

TEST_F(DeliverTest, UsersOfTheSamePriorityComeFirst) {
  tenant_.Product("E3").seats = 2;
  const auto cleo = Grants("cleo", "{users: [cleo@contoso.com]}", "[{product: E3}]", 5);
  EXPECT_EQ(Brief(PlanWith({StaffGets("[{product: E3}]", 5), cleo})),
            "go 1 cleo +E3\ndeferred group STAFF +E3*2 [E3]");
  const auto plan = PlanWith({StaffGets("[{product: E3}]", 6), cleo});
  EXPECT_EQ(Brief(plan), "go 1 group STAFF +E3*2");
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.waiting[0].user_principal_name, "cleo@contoso.com");
}

TEST_F(DeliverTest, WhatRanksHigherForAMemberIsTheirs) {
  const auto own = Grants("own", "{users: [ada@contoso.com]}", "[{product: E3}]", 1);
  EXPECT_EQ(Brief(PlanWith({StaffGets("[{product: E3}]"), own})),
            "go 1 group STAFF +E3*2\ngo 1 ada +E3")
      << "and the seat that the group would take for ada is counted twice rather than not at all";
  const auto revoked =
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: not bob}\n"
      "spec: {priority: 1, subjects: {users: [bob@contoso.com]}, revoke: [E3]}\n";
  License("E3");
  EXPECT_THAT(BriefDrift(PlanWith({StaffGets("[{product: E3}]"), revoked, Manages("E3", "full")})),
              HasSubstr("bob E3 inherited: not bob revokes it"));
}

TEST_F(DeliverTest, ALowerRungStaysUntilTheHigherOneHasArrived) {
  tenant_.User("ada").licenses = {{"F1"}};
  const auto ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E3, F1]}\n";
  const std::vector<std::string> documents = {StaffGets("[{product: E3}]"), ladder,
                                              Manages("F1", "full")};
  EXPECT_EQ(Brief(PlanWith(documents)), "go 1 group STAFF +E3*2\ndeferred ada -F1 [E3]");
  License("E3");
  EXPECT_EQ(Brief(PlanWith(documents)), "go 1 ada -F1");
}

TEST_F(DeliverTest, ARevocationTakesItFromTheGroupAndCountsItsMembers) {
  License("E3");
  const std::vector<std::string> documents = {kStaffLosesE3, Manages("E3", "full"),
                                              Limits("limits", "{seats: 2}")};
  const auto plan = PlanWith(documents);
  EXPECT_EQ(Brief(plan), "go 1 group STAFF -E3");
  EXPECT_THAT(plan.changes[0].group->losses, ElementsAre(std::pair(IdOf<SkuId>("E3"), 2)));
  EXPECT_EQ(plan.products[0].assigned_after, 2) << "no seat is free before the service is done";
  EXPECT_EQ(Brief(PlanWith({kStaffLosesE3, Manages("E3", "full"), Limits("limits", "{seats: 1}")})),
            "held group STAFF -E3 [maxUnassign]");
  tenant_.User("ada").licenses.push_back({"E3"});
  auto and_ada = documents;
  and_ada.push_back(Grants("ada", "{users: [ada@contoso.com]}", "[{product: E3}]"));
  EXPECT_EQ(PlanWith(and_ada).changes[0].group->LossesOf(IdOf<SkuId>("E3")), 1)
      << "ada keeps her own";
}

// Each by itself would leave the member what the other gives.
TEST_F(DeliverTest, TwoGroupsThatLoseItTogetherAreNoReserveForEachOther) {
  License("E3");
  tenant_.groups.push_back({.name = "CREW", .members = {"ada", "bob"}, .licenses = {{"E3"}}});
  test::Process("CREW", tenant_);
  const auto crew_loses =
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: crew}\n"
      "spec: {subjects: {groups: [CREW]}, delivery: group, revoke: [E3]}\n";
  const auto plan =
      PlanWith({kStaffLosesE3, crew_loses, Manages("E3", "full"), Limits("limits", "{seats: 1}")});
  EXPECT_EQ(Brief(plan), "held group CREW -E3 [maxUnassign]\nheld group STAFF -E3 [maxUnassign]");
  EXPECT_EQ(plan.changes[0].UsersLosing(IdOf<SkuId>("E3")), 2);
  const auto alone = PlanWith({kStaffLosesE3, Grants("p", "{groups: [CREW]}", "[{product: F1}]"),
                               Manages("E3", "full"), Limits("limits", "{seats: 1}")});
  EXPECT_THAT(Brief(alone), HasSubstr("group STAFF -E3")) << "CREW is read, and keeps its licence";
  EXPECT_EQ(alone.changes.front().UsersLosing(IdOf<SkuId>("E3")), 0);
}

// A group whose removal the service is still working through gives nothing for long.
TEST_F(DeliverTest, AGroupThatIsLosingItIsNoReserve) {
  License("E3");
  tenant_.groups.push_back({.name = "CREW", .members = {"ada", "bob"}, .licenses = {{"E3"}}});
  test::Process("CREW", tenant_);
  tenant_.Group("CREW").licenses.clear();
  tenant_.Group("CREW").processing_state = "ProcessingInProgress";
  const auto crew = Grants("crew", "{groups: [CREW]}", "[{product: F1}]");
  EXPECT_THAT(
      Brief(PlanWith({kStaffLosesE3, crew, Manages("E3", "full"), Limits("limits", "{seats: 1}")})),
      HasSubstr("held group STAFF -E3 [maxUnassign]"));
}

TEST_F(DeliverTest, TheDirectCopyStaysWhereTheGroupsGoes) {
  License("E3");
  tenant_.User("ada").licenses.push_back({"E3"});
  auto redundant = Manages("E3", "full");
  redundant.replace(redundant.find("confirmations: 1"), 16,
                    "confirmations: 1, removeRedundantDirect: true");
  const auto ada = Grants("ada", "{users: [ada@contoso.com]}", "[{product: E3}]");
  EXPECT_EQ(Brief(PlanWith({ada, StaffGets("[{product: E3}]"), redundant})), "go 1 ada -E3");
  EXPECT_EQ(Brief(PlanWith({ada, kStaffLosesE3, redundant, Limits("limits", "off")})),
            "go 1 group STAFF -E3")
      << "ada's own is all that she keeps";
  tenant_.Group("STAFF").processing_state = "QueuedForProcessing";
  EXPECT_EQ(Brief(PlanWith({ada, StaffGets("[{product: E3}]"), redundant})), "");
}

TEST_F(DeliverTest, ADirectCopyThatGoesAsWellIsNoReserve) {
  License("E3");
  tenant_.User("ada").licenses.push_back({"E3"});
  const auto plan =
      PlanWith({kStaffLosesE3, Manages("E3", "full"), Limits("limits", "{seats: 2}")});
  EXPECT_EQ(Brief(plan), "held group STAFF -E3 [maxUnassign]\nheld ada -E3 [maxUnassign]")
      << "ada counts with either, bob with the group";
}

TEST_F(DeliverTest, NobodyLosesThroughAGroupWhatAPolicyGrantsThem) {
  License("E3");
  const auto ada = Grants("ada", "{users: [ada@contoso.com]}", "[{product: E3}]");
  EXPECT_EQ(Brief(PlanWith({kStaffLosesE3, Manages("E3", "full"), Limits("limits", "off"), ada})),
            "held group STAFF -E3 [still-granted]");
  tenant_.User("ada").licenses.push_back({"E3"});
  EXPECT_EQ(Brief(PlanWith({kStaffLosesE3, Manages("E3", "full"), Limits("limits", "off"), ada})),
            "go 1 group STAFF -E3");
}

TEST_F(DeliverTest, NothingGoesBeforeWhatIsGrantedHasCome) {
  License("F1");
  const std::vector<std::string> documents = {StaffGets("[{product: E3}]"),
                                              ToStaff("no F1", "revoke: [F1]"),
                                              Manages("F1", "full"), Limits("limits", "off")};
  const auto plan = PlanWith(documents);
  EXPECT_EQ(Brief(plan), "go 1 group STAFF +E3*2\ndeferred group STAFF -F1");
  EXPECT_EQ(plan.changes[1].until, "the group's members hold what policies grant them");
  test::Carry(plan.changes[0], tenant_);
  EXPECT_EQ(Brief(PlanWith(documents)), "deferred group STAFF -F1");
  test::Process("STAFF", tenant_);
  EXPECT_EQ(Brief(PlanWith(documents)), "go 1 group STAFF -F1");
}

TEST_F(DeliverTest, SeatsThatTheServiceIsAboutToTakeAreNotFree) {
  tenant_.Group("STAFF").licenses.push_back({"E3"});
  tenant_.Group("STAFF").processing_state = "ProcessingInProgress";
  tenant_.users.push_back({.name = "dan"});
  const auto others =
      Grants("others", "{users: [cleo@contoso.com, dan@contoso.com]}", "[{product: E3}]");
  EXPECT_EQ(Brief(PlanWith({StaffGets("[{product: E3}]"), others})), "go 1 cleo +E3")
      << "of three seats the group's members take two";
}

TEST_F(DeliverTest, NothingGoesWhileItIsUnknownWhereMembersHaveItFrom) {
  License("E3");
  const std::vector<std::string> documents = {kStaffLosesE3, Manages("E3", "full"),
                                              Limits("limits", "off")};
  tenant_.User("cleo").licenses = {{.product = "E3", .source = AssignmentSource::kUnknown}};
  EXPECT_EQ(Brief(PlanWith(documents)), "held group STAFF -E3 [unknown-source]");
  tenant_.User("cleo").licenses.clear();
  tenant_.User("ada").assignments_known = false;
  EXPECT_EQ(Brief(PlanWith(documents)), "held group STAFF -E3 [unknown-source]");
}

TEST_F(DeliverTest, NothingGoesWhileAMemberIsMissingFromTheListOfUsers) {
  License("E3");
  tenant_.Group("STAFF").members.push_back("newcomer");
  const std::vector<std::string> documents = {kStaffLosesE3, Manages("E3", "full"),
                                              Limits("limits", "off")};
  EXPECT_EQ(Brief(PlanWith(documents)), "held group STAFF -E3 [unknown-source]");
  tenant_.users.push_back({.name = "newcomer"});
  EXPECT_EQ(Brief(PlanWith(documents)), "go 1 group STAFF -E3");
}

TEST_F(DeliverTest, WhatHasExpiredGoes) {
  License("E3");
  const auto until_1969 = ToStaff("staff", "licenses: [{product: E3}], expires: 1969-12-31");
  const std::vector<std::string> documents = {until_1969, Manages("E3", "full"),
                                              Limits("limits", "off")};
  const auto plan = PlanWith(documents);
  EXPECT_EQ(Brief(plan), "go 1 group STAFF -E3");
  EXPECT_EQ(plan.changes[0].reason, Reason::kNotGranted);
  auto granted_again = documents;
  granted_again.push_back(ToStaff("again", "priority: -5, licenses: [{product: E3}]"));
  EXPECT_EQ(Brief(PlanWith(granted_again)), "");
}

TEST_F(DeliverTest, WhatNoPolicySpeaksOfStays) {
  License("E3");
  tenant_.groups.push_back({.name = "OTHERS", .members = {"cleo"}, .licenses = {{"E3"}}});
  test::Process("OTHERS", tenant_);
  const auto plan = PlanWith({StaffGets("[{product: F1}]"), Manages("E3", "full")});
  EXPECT_EQ(Brief(plan), "go 1 group STAFF +F1*2");
  EXPECT_THAT(BriefDrift(plan), HasSubstr("ada E3 inherited: no policy grants it"));
}

TEST_F(DeliverTest, ServicePlansAreSwitchedOnTheGroup) {
  License("E3");
  const auto without_p1 = StaffGets("[{product: E3, disabledPlans: [P1]}]");
  const auto kept = PlanWith({without_p1});
  EXPECT_EQ(Brief(kept), "");
  EXPECT_THAT(kept.warnings, Contains(HasSubstr("group STAFF keeps the service plans of E3: "
                                                "assign-only leaves present holders")));
  const auto plan = PlanWith({without_p1, Manages("E3", "full"), Limits("limits", "{seats: 2}")});
  EXPECT_EQ(Brief(plan), "go 1 group STAFF ~E3(-P1)");
  EXPECT_EQ(plan.changes[0].group->LossesOf(IdOf<SkuId>("E3")), 2);
  EXPECT_THAT(plan.changes[0].plans_off, ElementsAre(IdOf<SkuId>("E3")));
  EXPECT_EQ(Brief(PlanWith({without_p1, Manages("E3", "full"), Limits("limits", "{seats: 1}")})),
            "held group STAFF ~E3(-P1) [maxUnassign]");
  test::Carry(plan.changes[0], tenant_);
  test::Process("STAFF", tenant_);
  EXPECT_EQ(BriefDrift(PlanWith({without_p1, Manages("E3", "full")})), "");
}

TEST_F(DeliverTest, ANewGroupGetsItsServicePlansAtOnce) {
  EXPECT_EQ(Brief(PlanWith({StaffGets("[{product: E3, enabledPlans: [P1]}]")})),
            "go 1 group STAFF +E3*2(-P2)");
}

TEST_F(DeliverTest, AGroupThatTheServiceCannotLicenseIsExplained) {
  tenant_.Group("STAFF").security_enabled = false;
  const auto plan = PlanWith(kStaffGetsE3);
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(
      plan.warnings,
      Contains(HasSubstr("group STAFF is not given E3: the group is not security-enabled")));
}

TEST_F(DeliverTest, ObservedProductsAreOnlyObserved) {
  const auto plan = PlanWith({StaffGets("[{product: E3}]"), Manages("E3", "observe")});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(plan.warnings, Contains(HasSubstr("only observed")));
}

TEST_F(DeliverTest, ATieLeavesTheGroupAsItIs) {
  const auto others = fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: others}}\n"
      "spec: {{subjects: {{groups: [{}]}}, delivery: group, revoke: [E3]}}\n",
      IdOf<GroupId>("STAFF").ToString());
  auto observed = tenant_.Read();
  observed.references.push_back({.reference = IdOf<GroupId>("STAFF").ToString(),
                                 .status = GroupReading::Status::kFound,
                                 .id = IdOf<GroupId>("STAFF")});
  std::ranges::sort(observed.references, {}, &GroupReading::reference);
  const auto plan =
      PlanOf(observed,
             test::Policies({StaffGets("[{product: E3}]"), others, Manages("E3", "full")}))
          .plan();
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(plan.warnings, Contains(HasSubstr("group STAFF is left as it is: staff (")));
}

TEST_F(DeliverTest, AGroupWithAnOpenChangeIsLeftAlone) {
  const auto observed = tenant_.Read();
  const auto policies = test::Policies(kStaffGetsE3);
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .busy_groups = {IdOf<GroupId>("STAFF")}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->plan().changes, IsEmpty());
  EXPECT_THAT(plan->plan().warnings, Contains(HasSubstr("group STAFF changed earlier")));
}

TEST_F(DeliverTest, WithoutItsDirectMembersAGroupIsLeftAlone) {
  auto observed = tenant_.Read();
  observed.linked.clear();
  const auto plan = PlanOf(observed, test::Policies(kStaffGetsE3)).plan();
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_THAT(plan.warnings, Contains(HasSubstr("was read without its direct members")));
}

TEST_F(DeliverTest, TheReadingCoversTheGroupsThemselves) {
  const auto needs = ReadingNeeds(test::Policies({StaffGets("[{product: E3}]")}), "contoso");
  EXPECT_THAT(needs.groups, ElementsAre("STAFF"));
  EXPECT_THAT(needs.licensed_groups, ElementsAre("STAFF"));
  const auto to_users = Grants("p", "{groups: [STAFF]}", "[{product: E3}]");
  EXPECT_THAT(ReadingNeeds(test::Policies({to_users}), "contoso").licensed_groups, IsEmpty());
}

}  // namespace
}  // namespace seatkeeper
