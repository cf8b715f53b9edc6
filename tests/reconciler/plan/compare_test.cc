#include "reconciler/plan/compare.h"

#include <gmock/gmock.h>

#include <string>

#include "reconciler/plan/compare_groups.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Guards;
using test::Manages;
using test::PlanOf;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Documents = std::vector<std::string>;

TestTenant Tenant() {
  return {.users = {{.name = "ada", .department = "Sales", .licenses = {{.product = "E3"}}},
                    {.name = "bo", .department = "IT", .licenses = {{.product = "E3"}}},
                    {.name = "cy", .department = "Sales"}},
          .products = {{.name = "E3", .seats = 10, .plans = {"P1", "P2"}},
                       {.name = "E5", .seats = 10, .plans = {"P1", "P2"}}}};
}

const std::string kAll = "{rule: user.accountEnabled -eq true}";
const std::string kSales = "{rule: user.department -eq \"Sales\"}";

PlanComparison Compare(const TestTenant& tenant, const Documents& base, const Documents& policy) {
  const auto before = PlanOf(tenant, base);
  const auto after = PlanOf(tenant, policy);
  return ComparePlans(&before.plan(), after.plan());
}

// "ada gains E5" and so on, a difference a line; "held" where a guardrail holds it.
std::string Brief(const PlanComparison& comparison) {
  std::string text;
  for (const auto& subject : comparison.subjects) {
    for (const auto& part : subject.parts) {
      text += subject.name().substr(0, subject.name().find('@')) + " " +
              std::string(ToString(part.difference)) + " " +
              comparison.product_names.at(part.product);
      if (part.instead)
        text += (part.upward ? " up to " : " for ") + comparison.product_names.at(*part.instead);
      text += part.held.empty() ? "\n" : " held\n";
    }
  }
  return text;
}

TEST(Compare, OnlyWhatDiffersIsADifference) {
  const Documents base{Grants("a", kAll, "[{product: E3}]")};
  EXPECT_EQ(Brief(Compare(Tenant(), base, base)), "");
  EXPECT_FALSE(Compare(Tenant(), base, base).has_differences());
  EXPECT_EQ(Brief(Compare(Tenant(), base, {Grants("a", kAll, "[{product: E3}, {product: E5}]")})),
            "ada gains E5\nbo gains E5\ncy gains E5\n");
}

TEST(Compare, WhatTheBaseWouldDoAndThePolicyDoesNotIsADifferenceToo) {
  const Documents base{Grants("a", kSales, "[{product: E3}]"), Manages("E3", "full")};
  const Documents policy{Grants("a", "{rule: user.department -eq \"IT\"}", "[{product: E3}]"),
                         Manages("E3", "full"),
                         Guards("g", "mailboxLoss: allow, maxUnassign: off")};
  EXPECT_EQ(Brief(Compare(Tenant(), base, policy)),
            "ada loses E3\nbo stays E3\ncy no-longer-given E3\n");
}

TEST(Compare, SwapsSayWhichRungComes) {
  const std::string ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: l}\n"
      "spec: {products: [E5, E3]}\n";
  const Documents base{Grants("a", kSales, "[{product: E3}]"), ladder, Manages("E3", "full")};
  const Documents policy{Grants("a", kSales, "[{product: E5}]"), ladder, Manages("E3", "full")};
  const auto comparison = Compare(Tenant(), base, policy);
  EXPECT_THAT(Brief(comparison), HasSubstr("ada loses E3 up to E5\nada gains E5\n"));
  const auto groups = GroupComparison(comparison);
  const auto swap = std::find_if(groups.begin(), groups.end(),
                                 [](const auto& group) { return group.what == "E3 -> E5"; });
  ASSERT_NE(swap, groups.end());
  EXPECT_EQ(swap->section, CompareSection::kGains) << "nothing is lost";
  EXPECT_THAT(swap->names, ElementsAre("ada@contoso.com"));
}

TEST(Compare, WhatAGuardrailHoldsAndHoldsNoMoreIsADifference) {
  const Documents open{Grants("a", kSales, "[{product: E3}]"), Manages("E3", "full"),
                       Guards("g", "maxUnassign: off, mailboxLoss: allow")};
  auto guarded = open;
  guarded.back() =
      Guards("g", "maxUnassign: off, mailboxLoss: allow, protected: {users: [bo@contoso.com]}");
  EXPECT_EQ(Brief(Compare(Tenant(), open, guarded)), "bo held-back E3 held\n");
  EXPECT_TRUE(Compare(Tenant(), open, guarded).has_held());
  EXPECT_EQ(Brief(Compare(Tenant(), guarded, open)), "bo no-longer-held E3\n");
  EXPECT_FALSE(Compare(Tenant(), guarded, open).has_held());
}

TEST(Compare, ServicePlansAreSwitched) {
  const Documents base{Grants("a", kSales, "[{product: E3}]")};
  const Documents policy{Grants("a", kSales, "[{product: E3, disabledPlans: [P1]}]"),
                         Manages("E3", "full")};
  const auto comparison = Compare(Tenant(), base, policy);
  EXPECT_THAT(Brief(comparison), HasSubstr("ada switches-plans E3"));
  EXPECT_THAT(Brief(comparison), HasSubstr("cy gains E3\n")) << "with other service plans";
}

TEST(Compare, SeatsAndCostAreOnceAllHasGone) {
  const auto priced = [](const std::string& price) {
    return "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: E5}\n"
           "spec: {product: E5, unitPrice: {amount: " +
           price + ", currency: EUR, per: month}}\n";
  };
  const Documents base{Grants("a", kSales, "[{product: E5}]"), priced("50")};
  const Documents policy{Grants("a", kAll, "[{product: E5}, {product: E3}]"), priced("60")};
  const auto comparison = Compare(Tenant(), base, policy);
  ASSERT_EQ(comparison.products.size(), 2U);
  EXPECT_EQ(comparison.products[0].base, 2) << "E3, which the base does not name";
  EXPECT_EQ(comparison.products[0].after, 3);
  EXPECT_EQ(comparison.products[1].base, 2);
  EXPECT_EQ(comparison.products[1].after, 3);
  ASSERT_EQ(comparison.costs.size(), 1U);
  EXPECT_EQ(comparison.costs[0].base.ToString(), "100.00");
  EXPECT_EQ(comparison.costs[0].after.ToString(), "180.00");
  EXPECT_EQ(comparison.costs[0].Change(false), "+80.00");
  EXPECT_THAT(comparison.without_price, ElementsAre(comparison.products[0].id));
  const auto back = Compare(Tenant(), policy, base);
  EXPECT_EQ(back.costs[0].Change(false), "-80.00");
}

TEST(Compare, WarningsThatMovedAreNotNew) {
  auto tenant = Tenant();
  tenant.products[1].seats = 1;
  const Documents base{Grants("a", kSales, "[{product: E5}]")};
  const Documents policy{"# A line more.\n" + Grants("a", kSales, "[{product: E5}]")};
  EXPECT_THAT(Compare(tenant, base, policy).warnings, IsEmpty());
  const Documents none{Grants("a", "{users: [ada@contoso.com]}", "[{product: E5}]")};
  const auto comparison = Compare(tenant, none, base);
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_THAT(comparison.warnings.front(), HasSubstr("short of 1 seat"));
  EXPECT_EQ(comparison.products.back().after_short, 1);
  EXPECT_EQ(Compare(tenant, base, none).settled, comparison.warnings);
}

TEST(Compare, WithoutABaseEverythingIsADifference) {
  const auto plan = PlanOf(Tenant(), {Grants("a", kSales, "[{product: E5}]")});
  const auto comparison = ComparePlans(nullptr, plan.plan());
  EXPECT_EQ(Brief(comparison), "ada gains E5\ncy gains E5\n");
  EXPECT_EQ(comparison.products.at(0).base, 0);
}

}  // namespace
}  // namespace seatkeeper
