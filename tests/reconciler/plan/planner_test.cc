#include "reconciler/plan/planner.h"

#include <gtest/gtest.h>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/reading_needs.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::IdOf;
using test::Manages;
using test::PlanOf;
using test::TestTenant;

const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

TestTenant Contoso(int e5_seats) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = e5_seats}, {.name = "E3"}};
  tenant.users = {{.name = "ada", .licenses = {{"E3"}}}, {.name = "bob"}, {.name = "cleo"}};
  return tenant;
}

TEST(Planner, CountsSeatsBeforeAndAfter) {
  const auto plan =
      PlanOf(Contoso(2), {Grants("p", kEverybody, "[{product: E5}]"), Manages("E3", "full")})
          .plan();
  EXPECT_EQ(Brief(plan), "go 1 ada +E5 -E3\ngo 1 bob +E5");
  ASSERT_EQ(plan.products.size(), 2U);
  EXPECT_EQ(plan.products[0].part_number, "E3");
  EXPECT_EQ(plan.products[0].assigned, 1);
  EXPECT_EQ(plan.products[0].assigned_after, 0);
  EXPECT_EQ(plan.products[1].assigned_after, 2);
  EXPECT_EQ(plan.products[1].short_by, 1);
  EXPECT_EQ(plan.warnings, std::vector<std::string>{
                               "E5 is short of 1 seat: that many users are granted it and get "
                               "none"});
}

TEST(Planner, SeatsThatTheReadingDoesNotShowAreNotFree) {
  auto tenant = Contoso(3);
  tenant.Product("E5").consumed_elsewhere = 1;
  const auto policies = test::Policies({Grants("p", kEverybody, "[{product: E5}]")});
  const auto observed = tenant.Read();
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .unseen_seats = {{IdOf<SkuId>("E5"), 1}}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(Brief(plan->plan()), "go 1 ada +E5");
  EXPECT_EQ(plan->free_seats().at(IdOf<SkuId>("E5")), 1);
}

TEST(Planner, FewerPurchasedSeatsThanHoldersMoveNobody) {
  auto tenant = Contoso(0);
  for (auto& user : tenant.users) user.licenses = {{"E5"}};
  const auto guarded =
      PlanOf(tenant, {Grants("p", kEverybody, "[{product: E5}]"), Manages("E5", "full")});
  EXPECT_EQ(Brief(guarded.plan()), "");
  EXPECT_EQ(guarded.free_seats().at(IdOf<SkuId>("E5")), -3);
}

TEST(Planner, SeatsInUseBeyondWhatWasBoughtAreMadeGoodFirst) {
  auto tenant = Contoso(1);
  for (auto* name : {"ada", "bob"}) tenant.User(name).licenses = {{"E5"}};
  const std::vector<std::string> documents = {
      Grants("p", "{users: [bob@contoso.com, cleo@contoso.com]}", "[{product: E5}]"),
      Manages("E5", "full")};
  EXPECT_EQ(Brief(PlanOf(tenant, documents).plan()), "go 1 ada -E5");
  tenant.Product("E5").seats = 2;
  EXPECT_EQ(Brief(PlanOf(tenant, documents).plan()), "go 1 ada -E5\ngo 2 cleo +E5");
}

TEST(Planner, CountsAUserWithSeveralSourcesOnce) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = 2}};
  tenant.users = {{.name = "ada",
                   .licenses = {{"E5"},
                                {"E5", {}, AssignmentSource::kGroup, "g1"},
                                {"E5", {}, AssignmentSource::kGroup, "g2"}}},
                  {.name = "bob"}};
  EXPECT_EQ(Brief(PlanOf(tenant, {Grants("p", kEverybody, "[{product: E5}]")}).plan()),
            "go 1 bob +E5");
}

TEST(Planner, CountsHoldersWhereTheServiceCountsLess) {
  auto tenant = Contoso(2);
  tenant.users[0].licenses = {{"E5"}};
  tenant.users[1].licenses = {{"E5"}};
  tenant.Product("E5").consumed_elsewhere = -2;
  EXPECT_EQ(Brief(PlanOf(tenant, {Grants("p", kEverybody, "[{product: E5}]")}).plan()), "");
}

TEST(Planner, HoldsSwapsWhoseProductIsHeldAndKeepsTheirSeats) {
  auto tenant = Contoso(10);
  tenant.Product("E3").seats = 2;
  tenant.users[1].licenses = {{"E3"}};
  // Both E3 holders lose it: more than this small tenant may lose in a day, so cleo gets no seat.
  const auto guarded = PlanOf(
      tenant,
      {Grants("p", "{users: [cleo@contoso.com]}", "[{product: E3}]"), Manages("E3", "full")});
  EXPECT_EQ(Brief(guarded.plan()), "held ada -E3 [maxUnassign]\nheld bob -E3 [maxUnassign]");
  EXPECT_EQ(guarded.plan().products[0].short_by, 1);
}

TEST(Planner, WarnsOfUsersWhoAreLeftAlone) {
  const auto policies = test::Policies({Grants("p", kEverybody, "[{product: E5}]")});
  const auto observed = Contoso(9).Read();
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .busy = {IdOf<UserId>("ada")}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(Brief(plan->plan()), "go 1 bob +E5\ngo 1 cleo +E5");
  ASSERT_EQ(plan->plan().warnings.size(), 1U);
  EXPECT_EQ(plan->plan().warnings[0].find("1 user changed earlier"), 0U);
}

TEST(Planner, PlansNothingWithoutPolicies) {
  EXPECT_EQ(Brief(PlanOf(Contoso(9), {}).plan()), "");
  EXPECT_EQ(PlanOf(Contoso(9), {}).plan().digest, "");
}

TEST(Planner, NamesMailboxAndPlanRisks) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"EXCHANGE_S_ENT"}},
                     {.name = "E3", .plans = {"EXCHANGE_S_STD"}}};
  tenant.users = {{.name = "ada", .licenses = {{"E3"}}}, {.name = "zoe"}};
  const auto lost = PlanOf(tenant, {Manages("E3", "full")}).plan();
  EXPECT_EQ(lost.changes.at(0).risk, std::vector<Risk>{"mailbox"});
  const auto swapped =
      PlanOf(tenant,
             {Manages("E3", "full"), Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]")})
          .plan();
  EXPECT_TRUE(swapped.changes.at(0).risk.empty());
  const auto off =
      PlanOf(tenant, {Manages("E3", "full"), Grants("p", "{users: [ada@contoso.com]}",
                                                    "[{product: E3, enabledPlans: []}]")})
          .plan();
  EXPECT_EQ(off.changes.at(0).risk, (std::vector<Risk>{"mailbox", "service-plan-off"}));
}

TEST(ReadingNeeds, NamesPropertiesAndGroupsOfTheTenantsPoliciesOnly) {
  auto other = Grants("other", "{groups: [theirs]}", "[{product: E5}]");
  other.replace(other.find("name: other"), 11, "name: other, tenants: [fabrikam]");
  auto mine = Grants("mine",
                     R"({rule: user.city -eq "x", groups: [b, a], where: user.state -eq "y", )"
                     R"(except: {rule: user.country -eq "z", groups: [c, a]}})",
                     "[{product: E5}]");
  mine.replace(mine.find("name: mine"), 10, "name: mine, tenants: [contoso]");
  const auto needs = ReadingNeeds(test::Policies({mine, other}), "contoso");
  EXPECT_EQ(needs.groups, (std::vector<std::string>{"a", "b", "c"}));
  auto wanted = PlanningProperties();
  for (const auto property :
       {rule::Property::kCity, rule::Property::kState, rule::Property::kCountry}) {
    wanted.Add(property);
  }
  EXPECT_EQ(needs.properties, wanted);
}

}  // namespace
}  // namespace seatkeeper
