// What a helpdesk person is told about one user, from policy files to the explanation.

#include "reconciler/plan/explain.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::IdOf;
using test::Manages;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Role = StatementRole::Role;

const char* const kAda = "{users: [ada@contoso.com]}";
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

std::string Revokes(std::string_view name, std::string_view subjects, std::string_view what,
                    int priority) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {}}}\nspec:\n"
      "  priority: {}\n  subjects: {}\n  revoke: {}\n",
      name, priority, subjects, what);
}

std::string Ladder(bool fallback = false) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {{name: suites}}\n"
      "spec: {{products: [E5, E3, F1], fallback: {}}}\n",
      fallback);
}

TestTenant Suites() {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P1", "P2", "P5"}},
                     {.name = "E3", .plans = {"P1", "P2"}},
                     {.name = "F1"},
                     {.name = "VISIO"}};
  tenant.users = {{.name = "ada", .department = "Engineering"}, {.name = "bob"}};
  return tenant;
}

Explanation Explained(const TestTenant& tenant, const std::vector<std::string>& documents,
                      std::set<UserId> busy = {}, std::string_view user = "ada") {
  const auto policies = test::Policies(documents);
  const auto observed = tenant.Read();
  const PlanInput input{.tenant = "contoso",
                        .policies = policies,
                        .policy_revision = "r1",
                        .observed = observed,
                        .now = *ParseTime("2027-01-01T00:00:00Z"),
                        .busy = std::move(busy)};
  const auto plan = MakePlan(input);
  EXPECT_TRUE(plan) << plan.error().message;
  auto explanation = Explain(input, plan->plan(), *observed.users.Find(IdOf<UserId>(user)));
  EXPECT_TRUE(explanation);
  return std::move(explanation).value();
}

const ProductExplanation& Of(const Explanation& explanation, std::string_view product) {
  for (const auto& each : explanation.products) {
    if (each.name == product) return each;
  }
  throw std::out_of_range(fmt::format("nothing is said about {}", product));
}

std::vector<std::string> Names(const std::vector<NamedPlan>& plans) {
  std::vector<std::string> names;
  for (const auto& plan : plans) names.push_back(plan.name);
  return names;
}

TEST(Explain, PoliciesDoNotApplyToAnAgent) {
  auto tenant = Suites();
  tenant.users.push_back({.name = "bot",
                          .licenses = {{.product = "E5"}, {.product = "VISIO"}},
                          .type = "#microsoft.graph.agentUser"});
  const std::vector<std::string> documents{Grants("suite", kEverybody, "[{product: E3}]"),
                                           Manages("E5", "full")};
  const auto all = Explained(tenant, documents, {}, "bot");
  EXPECT_FALSE(all.person);
  EXPECT_EQ(all.account_type, "#microsoft.graph.agentUser");
  EXPECT_EQ(Of(all, "E5").standing, Standing::kNotApplicable);
  EXPECT_EQ(Of(all, "E5").management, Management::kFull);
  EXPECT_FALSE(Of(all, "E5").lets_go);
  EXPECT_EQ(Of(all, "E3").standing, Standing::kNotApplicable);
  EXPECT_THAT(Of(all, "E3").statements, IsEmpty());
  EXPECT_EQ(Of(all, "VISIO").standing, Standing::kUntouched);
  EXPECT_TRUE(Explained(tenant, documents).person);
}

TEST(Explain, NamesTheLineThatDecidesAndWhatItOutranks) {
  const auto all = Explained(
      Suites(),
      {Grants("low", kEverybody, "[{product: E5}]", 1),
       Grants("high", "{rule: user.department -eq \"Engineering\"}", "[{product: E5}]", 9),
       Grants("equal", kAda, "[{product: E5}]", 9)});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kToAdd);
  EXPECT_TRUE(e5.granted);
  EXPECT_FALSE(e5.is_held());
  ASSERT_EQ(e5.statements.size(), 3U);
  EXPECT_EQ(e5.statements[0].role, Role::kDecides);
  EXPECT_EQ(e5.statements[0].origin.policy, "equal") << "equal priorities: by name";
  EXPECT_EQ(e5.statements[0].priority, 9);
  EXPECT_GT(e5.statements[0].origin.at.line, 0);
  EXPECT_EQ(e5.statements[1].role, Role::kAgrees);
  EXPECT_EQ(e5.statements[1].origin.policy, "high");
  EXPECT_EQ(e5.statements[2].role, Role::kOutranked);
  EXPECT_EQ(e5.statements[2].origin.policy, "low");
  ASSERT_EQ(e5.steps.size(), 1U);
  EXPECT_EQ(e5.steps[0].kind, Step::Kind::kAdd);
  EXPECT_EQ(all.changes[e5.steps[0].change].wave, 1);
}

TEST(Explain, SaysWhichPartOfTheSubjectsHolds) {
  auto tenant = Suites();
  tenant.groups = {{.name = "Pilots", .members = {"ada"}}, {.name = "Others", .members = {"bob"}}};
  const auto all = Explained(
      tenant, {Grants("p",
                      "{rule: user.department -eq \"Sales\", groups: [Others, Pilots], users: "
                      "[bob@contoso.com], where: user.accountEnabled -eq true, except: {groups: "
                      "[Others]}}",
                      "[{product: E5}]")});
  std::vector<std::string> parts;
  for (const auto& part : Of(all, "E5").statements.front().subjects) {
    parts.push_back(fmt::format("{} {} {}", static_cast<int>(part.kind), part.written,
                                part.matches ? "yes" : "no"));
    EXPECT_GT(part.at.column, 0);
    EXPECT_THAT(part.unresolved, IsEmpty());
  }
  EXPECT_THAT(parts, ElementsAre("0 user.department -eq \"Sales\" no", "1 Others no",
                                 "1 Pilots yes", "2 bob@contoso.com no",
                                 "3 user.accountEnabled -eq true yes", "5 Others no"));
}

TEST(Explain, SaysWhatKeepsAPolicyFromSelectingTheUser) {
  auto tenant = Suites();
  tenant.groups = {{.name = "Contractors", .members = {"ada"}}};
  const auto all =
      Explained(tenant, {Grants("p",
                                "{rule: user.accountEnabled -eq true, except: {groups: "
                                "[Contractors]}}",
                                "[{product: E5}]"),
                         Grants("q", "{groups: [Nowhere]}", "[{product: VISIO}]")});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kInOrder);
  EXPECT_FALSE(e5.granted);
  ASSERT_EQ(e5.statements.size(), 1U);
  EXPECT_EQ(e5.statements[0].role, Role::kNotSelected);
  ASSERT_EQ(e5.statements[0].subjects.size(), 2U);
  EXPECT_TRUE(e5.statements[0].subjects[0].matches);
  EXPECT_EQ(e5.statements[0].subjects[1].kind, SubjectPart::Kind::kExceptGroup);
  EXPECT_TRUE(e5.statements[0].subjects[1].matches);
  const auto& visio = Of(all, "VISIO");
  EXPECT_THAT(visio.statements[0].subjects[0].unresolved, HasSubstr("Nowhere"));
  ASSERT_TRUE(visio.removals_held);
  EXPECT_EQ(visio.removals_held->guardrail, "reference");
}

TEST(Explain, WhatNoDocumentNamesIsNeverTouched) {
  auto tenant = Suites();
  tenant.User("ada").licenses = {{.product = "VISIO"}};
  const auto all = Explained(tenant, {Grants("p", kAda, "[{product: E5}]")});
  const auto& visio = Of(all, "VISIO");
  EXPECT_FALSE(visio.named);
  EXPECT_EQ(visio.standing, Standing::kUntouched);
  ASSERT_EQ(visio.held.size(), 1U);
  EXPECT_EQ(visio.held[0].source, AssignmentSource::kDirect);
  EXPECT_THAT(visio.statements, IsEmpty());
}

TEST(Explain, TellsSourcesApartAndWhereToRemoveWhatIsInherited) {
  auto tenant = Suites();
  tenant.groups = {{.name = "Sales", .members = {"ada"}}};
  tenant.User("ada").licenses = {
      {.product = "E5", .source = AssignmentSource::kGroup, .group = "Sales"},
      {.product = "E3"},
      {.product = "E3",
       .source = AssignmentSource::kGroup,
       .group = "Elsewhere",
       .state = AssignmentState::kError,
       .error = "CountViolation"}};
  const auto all =
      Explained(tenant, {Grants("names the group", "{groups: [Sales]}", "[{product: VISIO}]"),
                         Revokes("p", kAda, "[E5]", 5), Manages("E5", "full"),
                         Grants("keeps", kAda, "[{product: E3}]")});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kLeft);
  EXPECT_TRUE(e5.revoked);
  ASSERT_EQ(e5.held.size(), 1U);
  EXPECT_EQ(e5.held[0].group, IdOf<GroupId>("Sales"));
  EXPECT_EQ(e5.held[0].group_name, "Sales");
  ASSERT_EQ(e5.drift.size(), 1U);
  EXPECT_EQ(e5.drift[0].kind, Drift::Kind::kInherited);
  EXPECT_THAT(e5.steps, IsEmpty());
  const auto& e3 = Of(all, "E3");
  ASSERT_EQ(e3.held.size(), 2U);
  EXPECT_TRUE(e3.held[0].has_seat);
  EXPECT_FALSE(e3.held[1].has_seat);
  EXPECT_EQ(e3.held[1].error, "CountViolation");
  EXPECT_EQ(e3.held[1].group_name, "") << "nobody read that group";
}

TEST(Explain, ShowsBothRungsOfASwap) {
  auto tenant = Suites();
  tenant.User("ada").licenses = {{.product = "E3"}};
  const auto all = Explained(tenant, {Ladder(), Manages("E5", "full"), Manages("E3", "full"),
                                      Manages("F1", "full"), Grants("p", kAda, "[{product: E5}]")});
  const auto& e5 = Of(all, "E5");
  const auto& e3 = Of(all, "E3");
  EXPECT_EQ(e5.standing, Standing::kToAdd);
  EXPECT_THAT(e5.steps.at(0).against, ElementsAre("E3"));
  EXPECT_EQ(e3.standing, Standing::kToSwap);
  EXPECT_THAT(e3.steps.at(0).against, ElementsAre("E5"));
  EXPECT_EQ(e3.steps.at(0).change, e5.steps.at(0).change) << "one request";
  ASSERT_TRUE(e3.ladder);
  EXPECT_EQ(e3.ladder->number, 2U);
  EXPECT_EQ(e3.ladder->rungs, 3U);
  EXPECT_EQ(e3.ladder->target_name, "E5");
  EXPECT_EQ(Of(all, "F1").standing, Standing::kInOrder);
}

TEST(Explain, WhoWaitsHasAPlaceAndMayHaveALowerRung) {
  auto tenant = Suites();
  tenant.Product("E5").seats = 1;
  tenant.User("bob").licenses = {{.product = "E5"}};
  const auto all = Explained(tenant, {Ladder(true), Grants("p", kEverybody, "[{product: E5}]")});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kWaiting);
  ASSERT_TRUE(e5.waiting);
  EXPECT_EQ(e5.waiting->place, 1);
  EXPECT_TRUE(e5.waiting->served);
  const auto& e3 = Of(all, "E3");
  EXPECT_EQ(e3.standing, Standing::kToAdd);
  EXPECT_EQ(all.changes[e3.steps.at(0).change].reason, Reason::kFallback);
}

TEST(Explain, ATieIsHeldWithBothLines) {
  auto tenant = Suites();
  tenant.User("ada").licenses = {{.product = "E5"}};
  tenant.groups = {{.name = "A", .members = {"ada"}}, {.name = "B", .members = {"ada"}}};
  const auto all =
      Explained(tenant, {Grants("gives", "{groups: [A]}", "[{product: E5}]", 4),
                         Revokes("takes", "{groups: [B]}", "[E5]", 4),
                         Grants("lower", kEverybody, "[{product: E5}]", 1), Manages("E5", "full")});
  const auto& e5 = Of(all, "E5");
  EXPECT_TRUE(e5.tied);
  EXPECT_EQ(e5.standing, Standing::kHeld);
  ASSERT_EQ(e5.statements.size(), 3U);
  EXPECT_EQ(e5.statements[0].role, Role::kTied);
  EXPECT_EQ(e5.statements[1].role, Role::kTied);
  EXPECT_EQ(e5.statements[2].role, Role::kOutranked);
  const auto& change = all.changes[e5.steps.at(0).change];
  ASSERT_EQ(change.held.size(), 1U);
  EXPECT_EQ(change.held[0].guardrail, "contradiction");
  EXPECT_THAT(change.held[0].value, HasSubstr("gives"));
}

TEST(Explain, AGuardrailNamesItsRelease) {
  auto tenant = Suites();
  for (auto& user : tenant.users) user.licenses = {{.product = "E5"}};
  const auto all =
      Explained(tenant, {Grants("p", "{rule: user.department -eq \"x\"}", "[{product: E5}]"),
                         Manages("E5", "full"), test::Limits("tight", "{seats: 1}")});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kHeld);
  const auto& change = all.changes[e5.steps.at(0).change];
  ASSERT_EQ(change.held.size(), 1U);
  EXPECT_EQ(change.held[0].guardrail, "maxUnassign");
  EXPECT_FALSE(change.held[0].release.empty());
}

TEST(Explain, ServicePlansSayWhoShapesThemAndWhatDiffers) {
  auto tenant = Suites();
  tenant.User("ada").licenses = {{.product = "E5", .off = {"P1"}}};
  const std::string wanted = "[{product: E5, disabledPlans: [P2]}]";
  const auto differs = Explained(
      tenant, {Grants("shapes", kAda, wanted, 1), Grants("gives", kAda, "[{product: E5}]", 9),
               Manages("E5", "full"), test::Limits("none", "off")});
  const auto& e5 = Of(differs, "E5");
  EXPECT_EQ(e5.standing, Standing::kToSwitch);
  EXPECT_EQ(e5.statements.at(0).origin.policy, "gives");
  ASSERT_TRUE(e5.plans);
  EXPECT_EQ(e5.plans->shaped_by.policy, "shapes") << "who says nothing of plans shapes none";
  EXPECT_THAT(Names(e5.plans->off), ElementsAre("P1"));
  EXPECT_THAT(Names(e5.plans->turned_off), ElementsAre("P2"));
  EXPECT_THAT(Names(e5.plans->turned_on), ElementsAre("P1"));

  const auto left = Explained(tenant, {Grants("shapes", kAda, wanted)});
  EXPECT_EQ(Of(left, "E5").standing, Standing::kLeft) << "assign-only leaves holders as they are";
  EXPECT_THAT(Names(Of(left, "E5").plans->turned_off), ElementsAre("P2"));

  const auto unmanaged = Explained(tenant, {Grants("gives", kAda, "[{product: E5}]")});
  EXPECT_EQ(Of(unmanaged, "E5").standing, Standing::kInOrder);
  EXPECT_EQ(Of(unmanaged, "E5").plans->shaped_by.policy, "");
  EXPECT_THAT(Of(unmanaged, "E5").plans->turned_on, IsEmpty());
}

TEST(Explain, AGrantThatIsOverIsNamed) {
  auto tenant = Suites();
  tenant.User("ada").licenses = {{.product = "E5"}};
  const auto all = Explained(
      tenant, {"apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: trial}\nspec:\n"
               "  subjects: {users: [ada@contoso.com]}\n  licenses: [{product: E5}]\n"
               "  expires: 2026-12-31\n",
               Manages("E5", "full"), test::Limits("none", "off")});
  const auto& e5 = Of(all, "E5");
  EXPECT_EQ(e5.standing, Standing::kToRemove);
  ASSERT_EQ(e5.statements.size(), 1U);
  EXPECT_EQ(e5.statements[0].role, Role::kExpired);
  EXPECT_EQ(e5.statements[0].expires, "2026-12-31");
}

TEST(Explain, WhoIsBusyOrUnreadIsLeftAloneAndThatIsSaid) {
  auto tenant = Suites();
  const std::vector<std::string> documents{Grants("p", kAda, "[{product: E5}]")};
  const auto busy = Explained(tenant, documents, {IdOf<UserId>("ada")});
  EXPECT_TRUE(busy.busy);
  EXPECT_EQ(Of(busy, "E5").standing, Standing::kLeft);
  EXPECT_THAT(Of(busy, "E5").drift.at(0).cause, HasSubstr("still being confirmed"));
  tenant.User("ada").assignments_known = false;
  const auto unread = Explained(tenant, documents);
  EXPECT_FALSE(unread.assignments_known);
  EXPECT_EQ(Of(unread, "E5").standing, Standing::kLeft);
}

}  // namespace
}  // namespace seatkeeper
