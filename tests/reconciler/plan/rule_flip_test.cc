#include <gtest/gtest.h>

#include <string>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/render_json.h"
#include "reconciler/plan/rule_eval.h"
#include "tests/support/rule_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::Operator;
using rule::Property;
using std::chrono::days;
using std::chrono::milliseconds;
using test::And;
using test::At;
using test::IdOf;
using test::Is;
using test::Not;
using test::Now;
using test::Null;
using test::Or;
using test::Text;

WallTime Day(int day) { return WallTime(days(day)); }

// ada in Sales was hired on day 10, bob in Research on day 20, cleo nobody knows when.
ObservedState Hired() {
  ObservedBuilder builder(AllProperties());
  builder.BeginUser(IdOf<UserId>("ada"));
  builder.SetText(Property::kDepartment, "Sales");
  builder.SetTime(Property::kEmployeeHireDate, Day(10));
  builder.BeginUser(IdOf<UserId>("bob"));
  builder.SetText(Property::kDepartment, "Research");
  builder.SetTime(Property::kEmployeeHireDate, Day(20));
  builder.BeginUser(IdOf<UserId>("cleo"));
  builder.SetText(Property::kDepartment, "Sales");
  return builder.Finish("t", WallTime{});
}

rule::Expression HiredBy(milliseconds offset = {}) {
  return Is(Property::kEmployeeHireDate, Operator::kLe, Now(offset));
}
rule::Expression HiredFrom(milliseconds offset = {}) {
  return Is(Property::kEmployeeHireDate, Operator::kGe, Now(offset));
}

RuleSelection At(const rule::Expression& rule, WallTime now) {
  const auto observed = Hired();
  return RuleEvaluator(observed, now).Evaluate(rule);
}

TEST(RuleFlip, ComesWhenAMomentIsReached) {
  const auto rule = HiredBy(days(3));  // Three days before somebody starts.
  EXPECT_EQ(At(rule, Day(0)).next_flip, Day(7));
  EXPECT_EQ(At(rule, Day(7)).next_flip, Day(17));
  EXPECT_EQ(At(rule, Day(17)).next_flip, std::nullopt);
  EXPECT_EQ(At(rule, Day(7) - milliseconds(1)).rows.Count(), 0U);
  EXPECT_EQ(At(rule, Day(7)).rows.Count(), 1U);
}

TEST(RuleFlip, ComesRightAfterAMomentThatStillCounts) {
  const auto rule = HiredFrom(-days(30));  // In the first thirty days.
  const auto flip = At(rule, Day(0)).next_flip;
  EXPECT_EQ(flip, Day(40) + milliseconds(1));
  EXPECT_EQ(At(rule, Day(40)).rows.Count(), 2U);
  EXPECT_EQ(At(rule, *flip).rows.Count(), 1U);
  EXPECT_EQ(At(Not(rule), Day(0)).next_flip, flip);
}

TEST(RuleFlip, NeverComesWithoutNow) {
  const auto fixed = Is(Property::kEmployeeHireDate, Operator::kGe, test::At(Day(15)));
  EXPECT_EQ(At(fixed, Day(0)).next_flip, std::nullopt);
  EXPECT_EQ(At(Is(Property::kEmployeeHireDate, Operator::kEq, Null()), Day(0)).next_flip,
            std::nullopt);
}

TEST(RuleFlip, CountsOnlyUsersWhomTheDateDecides) {
  const auto research = Is(Property::kDepartment, Operator::kEq, Text("research"));
  EXPECT_EQ(At(And({research, HiredBy()}), Day(0)).next_flip, Day(20));
  EXPECT_EQ(At(Or({research, HiredBy()}), Day(0)).next_flip, Day(10));
  EXPECT_EQ(At(Or({Not(research), HiredBy()}), Day(0)).next_flip, Day(20));
  EXPECT_EQ(At(And({Is(Property::kDepartment, Operator::kEq, Text("Legal")), HiredBy()}), Day(0))
                .next_flip,
            std::nullopt);
}

TEST(RuleFlip, IsTheEarliestOfAllTerms) {
  EXPECT_EQ(At(And({HiredBy(days(1)), HiredFrom(-days(1))}), Day(0)).next_flip, Day(9));
}

PolicySet PolicyWith(rule::Expression rule) {
  auto policies =
      test::Policies({test::Grants("p", "{rule: user.city -eq null}", "[{product: SPE_E5}]")});
  policies.license_policies[0].subjects.of.rule->expression = std::move(rule);
  return policies;
}

TEST(RuleFlip, StandsInThePlan) {
  const auto observed = Hired();
  for (const bool dated : {true, false}) {
    const auto policies =
        PolicyWith(dated ? HiredBy() : Is(Property::kDepartment, Operator::kEq, Text("Sales")));
    const auto plan = MakePlan({.tenant = "contoso",
                                .policies = policies,
                                .policy_revision = "sha256:test",
                                .observed = observed,
                                .now = Day(12)});
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->plan().next_flip, dated ? std::optional(Day(20)) : std::nullopt);
    const auto json = RenderPlanJson(plan->plan());
    EXPECT_EQ(json.find("\"nextFlip\":\"1970-01-21T00:00:00Z\"") != std::string::npos, dated);
    EXPECT_EQ(json.find("nextFlip") != std::string::npos, dated);
  }
}

TEST(RuleNeeds, AreWhatEveryPartOfTheRuleReads) {
  const auto group = IdOf<GroupId>("g1");
  ReadRequest request{.properties = PlanningProperties(), .groups = {}, .links = {}};
  const rule::DirectoryExtension badge{"extension_0123456789abcdef0123456789abcdef_badge"};
  AddNeeds(Or({Not(HiredBy()), Is(badge, Operator::kEq, Null()),
               test::Any(Property::kProxyAddresses,
                         Is(rule::ItemField::kItem, Operator::kEq, Text("x"))),
               Is(Property::kObjectId, Operator::kNe, Null())}),
           request);
  auto wanted = PlanningProperties();
  wanted.Add(Property::kEmployeeHireDate);
  wanted.Add(Property::kProxyAddresses);
  wanted.Add(badge);
  EXPECT_EQ(request.properties, wanted);
  AddNeeds({rule::DirectReports{IdOf<UserId>("boss")}}, request);
  AddNeeds({rule::MemberOf{{group, IdOf<GroupId>("a"), group}}}, request);
  EXPECT_EQ(request.links,
            (std::vector<Link>{{Link::Kind::kDirectMembers, IdOf<GroupId>("a").guid},
                               {Link::Kind::kDirectMembers, group.guid},
                               {Link::Kind::kDirectReports, IdOf<UserId>("boss").guid}}));
}

TEST(RuleNeeds, UnreadLinksHoldRemovals) {
  test::TestTenant tenant;
  tenant.products = {{.name = "E5"}};
  tenant.users = {{.name = "ada", .licenses = {{"E5"}}}};
  auto policies =
      test::Policies({test::Manages("E5", "full"),
                      test::Grants("p", "{rule: user.city -eq null}", "[{product: E5}]")});
  policies.license_policies[0].subjects.of.rule->expression = {
      rule::MemberOf{{IdOf<GroupId>("g1")}}};
  const auto observed = tenant.Read();
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .policy_revision = "sha256:test",
                              .observed = observed});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(test::Brief(plan->plan()), "held ada -E5 [reference]");
}

}  // namespace
}  // namespace seatkeeper
