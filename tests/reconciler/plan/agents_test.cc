// Accounts that are no person's, from policies to the plan.

#include "reconciler/plan/agents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::Limits;
using test::Manages;
using test::PlanOf;
using test::TestTenant;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const kAgent = "#microsoft.graph.agentUser";
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

// A person and an agent, alike in everything else.
TestTenant Alike(std::vector<test::TestLicense> licenses, std::string type = kAgent) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = 10, .plans = {"P1"}}, {.name = "E3"}, {.name = "PX"}};
  tenant.users = {{.name = "ada", .department = "Sales", .licenses = licenses},
                  {.name = "bot",
                   .department = "Sales",
                   .licenses = std::move(licenses),
                   .type = std::move(type)}};
  tenant.groups = {{.name = "Sales", .members = {"ada", "bot"}}};
  return tenant;
}

std::string GrantsTo(const char* subjects) { return Grants("p", subjects, "[{product: E5}]"); }

TEST(Agents, AreSelectedByNoPolicy) {
  for (const auto* subjects :
       {kEverybody, "{groups: [Sales]}", "{users: [ada@contoso.com, bot@contoso.com]}",
        "{groups: [Sales], where: user.department -eq \"Sales\"}"}) {
    const auto plan = PlanOf(Alike({}), {GrantsTo(subjects)}).plan();
    EXPECT_EQ(Brief(plan), "go 1 ada +E5") << subjects;
    EXPECT_EQ(BriefDrift(plan), "ada E5 missing: granted by p") << subjects;
    EXPECT_THAT(plan.warnings, Contains("1 agent account is left alone: policies are for people"));
  }
}

TEST(Agents, KeepWhatFullManagementTakesFromPeople) {
  const auto plan =
      PlanOf(Alike({{"E3"}}), {Manages("E3", "full"), Limits("limits", "off"),
                               Grants("p", "{rule: user.city -eq \"x\"}", "[{product: E5}]")})
          .plan();
  EXPECT_EQ(Brief(plan), "go 1 ada -E3");
  EXPECT_THAT(BriefDrift(plan), Not(HasSubstr("bot")));
}

TEST(Agents, AreNeitherRevokedNorSwitchedNorSwapped) {
  const std::vector<std::string> documents{
      Manages("E5", "full"),
      Manages("E3", "full"),
      Limits("limits", "off"),
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3]}\n",
      Grants("p", kEverybody, "[{product: E5, disabledPlans: [P1]}]"),
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: leavers}\n"
      "spec: {priority: 9, subjects: {users: [bot@contoso.com]}, revoke: all}\n"};
  EXPECT_EQ(Brief(PlanOf(Alike({{"E5"}}), documents).plan()), "go 1 ada ~E5(-P1)");
  EXPECT_EQ(Brief(PlanOf(Alike({{"E3"}}), documents).plan()), "go 1 ada +E5(-P1) -E3");
}

TEST(Agents, TakeSeatsAsTheTenantCountsThem) {
  auto tenant = Alike({});
  tenant.User("bot").licenses = {{"E5"}};
  tenant.Product("E5").seats = 1;
  const auto plan = PlanOf(tenant, {GrantsTo(kEverybody)}).plan();
  EXPECT_EQ(Brief(plan), "");
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.products.at(0).assigned, 1);
}

TEST(Agents, AreToldOfOnlyWherePolicyTouchesThem) {
  const auto rule = [](const char* city) {
    return Grants("p", fmt::format("{{rule: user.city -eq \"{}\"}}", city), "[{product: E5}]");
  };
  EXPECT_THAT(PlanOf(Alike({{"PX"}}), {rule("Rome")}).plan().warnings, IsEmpty());
  EXPECT_THAT(PlanOf(Alike({{"E5"}}), {rule("Rome")}).plan().warnings,
              ElementsAre("1 agent account is left alone: policies are for people"));
  auto tenant = Alike({});
  for (const auto* name : {"bot2", "bot3"}) tenant.users.push_back({.name = name, .type = kAgent});
  EXPECT_THAT(PlanOf(tenant, {GrantsTo(kEverybody)}).plan().warnings,
              ElementsAre("3 agent accounts are left alone: policies are for people"));
}

TEST(Agents, NamedInAPolicyAreNoUnresolvedReference) {
  const auto plan = PlanOf(Alike({{"E5"}}), {GrantsTo("{users: [bot@contoso.com]}"),
                                             Manages("E5", "full"), Limits("limits", "off")})
                        .plan();
  EXPECT_THAT(plan.warnings,
              ElementsAre("1 agent account is left alone: policies are for people",
                          "policy p: user \"bot@contoso.com\" (p.yaml:6:22) is an agent account "
                          "and left alone: policies are for people"));
  EXPECT_EQ(Brief(plan), "go 1 ada -E5") << "removals are not held";
}

TEST(Agents, ExceptedByNameAreNoWarning) {
  const auto plan =
      PlanOf(Alike({}), {GrantsTo("{groups: [Sales], except: {users: [bot@contoso.com]}}")}).plan();
  EXPECT_EQ(Brief(plan), "go 1 ada +E5");
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(Agents, WhatIsOfAnUnknownTypeIsNotTakenForAPerson) {
  const auto plan = PlanOf(Alike({{"E3"}}, "#microsoft.graph.somethingNew"),
                           {GrantsTo(kEverybody), Manages("E3", "full"), Limits("limits", "off")})
                        .plan();
  EXPECT_EQ(Brief(plan), "go 1 ada +E5 -E3");
  EXPECT_THAT(plan.warnings,
              ElementsAre("1 account of the type \"#microsoft.graph.somethingNew\" is left alone: "
                          "not known to be a person's"));
}

}  // namespace
}  // namespace seatkeeper
