#include "reconciler/plan/diff.h"

#include <gtest/gtest.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Manages;
using test::PlanOf;
using test::TestLicense;
using test::TestTenant;

constexpr auto kGroup = AssignmentSource::kGroup;
constexpr auto kUnknown = AssignmentSource::kUnknown;
constexpr auto kError = AssignmentState::kError;

const char* const kWithoutP1 = "[{product: E5, disabledPlans: [P1]}]";

TestTenant With(std::vector<TestLicense> licenses) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P1", "P2"}, .company_plans = {"CO"}},
                     {.name = "E3"}};
  tenant.users = {{.name = "ada", .licenses = std::move(licenses)}, {.name = "zoe"}};
  return tenant;
}

// Ada is granted E5 without P1, or nobody is granted anything.
Plan Diffed(const TestTenant& tenant, const std::string& management, bool granted) {
  std::vector<std::string> documents = {Manages("E5", management)};
  documents.push_back(granted ? Grants("p", "{users: [ada@contoso.com]}", kWithoutP1)
                              : Grants("p", "{rule: user.department -eq \"x\"}", kWithoutP1));
  return PlanOf(tenant, documents).plan();
}

struct Row {
  const char* what;
  bool granted;
  std::vector<TestLicense> licenses;
  const char* drift;        ///< Part of it; empty: none.
  const char* full;         ///< The plan under `full` ...
  const char* assign_only;  ///< ... and under `assign-only`; `observe` never changes anything.
};

TEST(Diff, DecidesByTheTable) {
  const Row rows[] = {
      {"missing", true, {}, "missing: ", "go 1 ada +E5(-P1)", "go 1 ada +E5(-P1)"},
      {"held as wanted", true, {{"E5", {"P1"}}}, "", "", ""},
      {"company plans have no effect", true, {{"E5", {"P1", "CO"}}}, "", "", ""},
      {"unknown plans have no effect", true, {{"E5", {"P1", "GONE"}}}, "", "", ""},
      {"plans differ", true, {{"E5", {"P2"}}}, "plans: ", "go 1 ada ~E5(-P1)", ""},
      {"plan goes on only", true, {{"E5", {"P1", "P2"}}}, "plans: ", "go 1 ada ~E5(-P1)", ""},
      {"from a group as wanted", true, {{"E5", {"P1"}, kGroup, "g"}}, "", "", ""},
      {"from a group, plans differ",
       true,
       {{"E5", {}, kGroup, "g"}},
       "plans: service plans differ, but the product does not come directly",
       "",
       ""},
      {"from a group without a seat",
       true,
       {{"E5", {}, kGroup, "g", kError}},
       "missing: granted by p; a group gives it, too",
       "go 1 ada +E5(-P1)",
       "go 1 ada +E5(-P1)"},
      {"twice alike", true, {{"E5", {"P1"}}, {"E5", {"P1"}, kGroup, "g"}}, "redundant: ", "", ""},
      {"twice, unlike", true, {{"E5", {"P1"}}, {"E5", {}, kGroup, "g"}}, "", "", ""},
      {"unknown source", true, {{"E5", {"P1"}, kUnknown}}, "", "", ""},
      {"direct without a seat",
       true,
       {{"E5", {"P1"}, AssignmentSource::kDirect, "", kError}},
       "unknown: assigned, but in state Error",
       "",
       ""},
      {"direct without a seat, plans differ",
       true,
       {{"E5", {}, AssignmentSource::kDirect, "", kError}},
       "plans: service plans differ, but the user has no seat",
       "",
       ""},
      {"extra", false, {{"E5"}}, "extra: no policy grants it", "go 1 ada -E5", ""},
      {"extra without a seat",
       false,
       {{"E5", {}, AssignmentSource::kDirect, "", kError}},
       "extra: ",
       "go 1 ada -E5",
       ""},
      {"extra, and from a group",
       false,
       {{"E5"}, {"E5", {}, kGroup, "g"}},
       "extra: ",
       "go 1 ada -E5",
       ""},
      {"inherited", false, {{"E5", {}, kGroup, "g"}}, "inherited: ", "", ""},
      {"inherited without a seat", false, {{"E5", {}, kGroup, "g", kError}}, "", "", ""},
      {"unwanted, unknown source", false, {{"E5", {}, kUnknown}}, "unknown: ", "", ""},
      {"unwanted, unknown source beside direct",
       false,
       {{"E5", {}, kUnknown}, {"E5"}},
       "unknown: ",
       "",
       ""},
      {"nothing at all", false, {}, "", "", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    const auto tenant = With(row.licenses);
    for (const auto* management : {"full", "assign-only", "observe"}) {
      SCOPED_TRACE(management);
      const auto plan = Diffed(tenant, management, row.granted);
      const std::string wanted = management == std::string("full")          ? row.full
                                 : management == std::string("assign-only") ? row.assign_only
                                                                            : "";
      EXPECT_EQ(Brief(plan), wanted);
      const auto drift = BriefDrift(plan);
      if (*row.drift == '\0') {
        EXPECT_EQ(drift, "");
      } else if (management == std::string("full")) {
        EXPECT_NE(drift.find(row.drift), std::string::npos) << drift;
      } else {
        EXPECT_NE(drift, "");
      }
    }
  }
}

TEST(Diff, CountsOnlySeatsThatAreReallyFreed) {
  const auto freed = [](std::vector<TestLicense> licenses) {
    const auto plan = Diffed(With(std::move(licenses)), "full", false);
    return plan.changes.at(0).frees_seats.size();
  };
  EXPECT_EQ(freed({{"E5"}}), 1U);
  EXPECT_EQ(freed({{"E5"}, {"E5", {}, kGroup, "g"}}), 0U);
  EXPECT_EQ(freed({{"E5"}, {"E5", {}, kGroup, "g", kError}}), 0U) << "the waiting group takes it";
  EXPECT_EQ(freed({{"E5", {}, AssignmentSource::kDirect, "", kError}}), 0U);
}

TEST(Diff, NamesTheGroupThatGivesWhatIsNotWanted) {
  const auto plan = Diffed(With({{"E5", {}, kGroup, "g7"}}), "full", false);
  ASSERT_EQ(plan.drift.size(), 1U);
  EXPECT_EQ(plan.drift[0].group, IdOf<GroupId>("g7"));
}

TEST(Diff, TurningAPlanOffIsARemovalAndOnIsNot) {
  const auto off = Diffed(With({{"E5", {"P2"}}}), "full", true);
  EXPECT_TRUE(off.changes.at(0).takes_away());
  const auto on = Diffed(With({{"E5", {"P1", "P2"}}}), "full", true);
  EXPECT_FALSE(on.changes.at(0).takes_away());
  EXPECT_TRUE(on.changes.at(0).takes_seats.empty());
}

TEST(Diff, LeavesWhatNoDocumentNames) {
  auto tenant = With({{"E3"}, {"XX"}});
  EXPECT_EQ(BriefDrift(Diffed(tenant, "full", false)), "");
  EXPECT_EQ(Brief(Diffed(tenant, "full", false)), "");
}

TEST(Diff, ReportsUsersWhoseAssignmentsWereNotRead) {
  auto tenant = With({{"E5"}});
  tenant.users[0].assignments_known = false;
  EXPECT_EQ(Brief(Diffed(tenant, "full", true)), "");
  EXPECT_NE(BriefDrift(Diffed(tenant, "full", true)).find("ada E5 unknown: "), std::string::npos);
}

TEST(Diff, GivesNothingThatCannotBeAssigned) {
  const auto why = [](auto alter) {
    auto tenant = With({});
    alter(tenant);
    const auto plan = Diffed(tenant, "full", true);
    EXPECT_EQ(Brief(plan), "");
    return BriefDrift(plan);
  };
  EXPECT_NE(why([](TestTenant& t) { t.User("ada").usage_location = ""; }).find("no usage location"),
            std::string::npos);
  EXPECT_NE(why([](TestTenant& t) {
              t.Product("E5").applies_to = "Company";
            }).find("cannot be assigned to users"),
            std::string::npos);
  EXPECT_NE(why([](TestTenant& t) {
              t.Product("E5").status = "Suspended";
            }).find("the subscription is suspended"),
            std::string::npos);
}

TEST(Diff, GivesNothingOfAProductThatTheTenantDoesNotOwn) {
  const auto tenant = With({});
  const auto plan =
      PlanOf(tenant, {Grants("p", "{users: [ada@contoso.com]}", "[{product: SPE_E5}]")}).plan();
  EXPECT_EQ(Brief(plan), "");
  ASSERT_EQ(plan.drift.size(), 1U);
  EXPECT_EQ(plan.drift[0].cause, "the tenant does not own this product");
}

TEST(Diff, SuspendedProductsKeepTheirServicePlans) {
  auto tenant = With({{"E5", {"P2"}}});
  tenant.Product("E5").status = "Suspended";
  EXPECT_EQ(Brief(Diffed(tenant, "full", true)), "");
}

TEST(Diff, TakesNothingFromWhoCannotBeGivenWhatIsGranted) {
  const std::vector<std::string> documents = {
      Manages("E3", "full"), Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]")};
  auto tenant = With({{"E3"}});
  EXPECT_EQ(Brief(PlanOf(tenant, documents).plan()), "go 1 ada +E5 -E3");
  tenant.Product("E5").status = "Suspended";
  EXPECT_EQ(Brief(PlanOf(tenant, documents).plan()), "deferred ada -E3 [E5]");
  tenant = With({{"E3"}, {"E5", {}, AssignmentSource::kDirect, "", kError}});
  EXPECT_EQ(Brief(PlanOf(tenant, documents).plan()), "deferred ada -E3 [E5]");
  const auto held =
      PlanOf(With({{"E3"}}), {Manages("E3", "full"), Grants("p",
                                                            "{users: [ada@contoso.com], "
                                                            "except: {groups: [nobody]}}",
                                                            "[{product: E5}]")});
  EXPECT_EQ(Brief(held.plan()), "held ada +E5 -E3 [reference]");
}

TEST(Diff, LeavesBusyUsersAlone) {
  const auto policies = test::Policies(
      {Manages("E5", "full"), Grants("p", "{users: [zoe@contoso.com]}", "[{product: E5}]")});
  const auto observed = With({{"E5"}}).Read();
  const auto desired = ResolveDesired(policies, "contoso", observed, WallTime{});
  ASSERT_TRUE(desired);
  const PlanConflicts conflicts({}, *desired, observed);
  const auto diff =
      ComputeDiff(*desired, observed, {IdOf<UserId>("ada"), IdOf<UserId>("zoe")}, conflicts);
  EXPECT_TRUE(diff.draft.parts.empty());
  ASSERT_EQ(diff.drift.size(), 2U);
  for (const auto& drift : diff.drift) {
    EXPECT_NE(drift.cause.find("still being confirmed"), std::string::npos) << drift.cause;
  }
}

TEST(Diff, PutsOneUsersProductsIntoOneChange) {
  const auto plan =
      PlanOf(With({{"E3"}}),
             {Manages("E3", "full"), Grants("p", "{users: [ada@contoso.com]}", kWithoutP1, 7)})
          .plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  const auto& change = plan.changes[0];
  EXPECT_EQ(change.reason, Reason::kCombined);
  EXPECT_EQ(change.origin.policy, "p");
  EXPECT_EQ(change.takes_seats, std::vector{IdOf<SkuId>("E5")});
  EXPECT_EQ(change.frees_seats, std::vector{IdOf<SkuId>("E3")});
  ASSERT_EQ(change.before.size(), 1U);
  EXPECT_EQ(change.before[0].product, IdOf<SkuId>("E3"));
}

}  // namespace
}  // namespace seatkeeper
