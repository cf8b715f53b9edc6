#include "reconciler/plan/product_overview.h"

#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Manages;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

ProductsOverview Overview(const TestTenant& tenant, const std::vector<std::string>& documents) {
  return OverviewOfProducts(tenant.Read(), test::Policies(documents), "contoso", {});
}

TEST(ProductOverview, CountsSeatsAsPlanningDoes) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = 5, .consumed_elsewhere = 2},
                     {.name = "E3", .seats = 1}};
  tenant.users = {{.name = "ada", .licenses = {{.product = "E5"}, {.product = "E3"}}},
                  {.name = "ben", .licenses = {{.product = "E3"}}}};
  const auto all = Overview(tenant, {});
  ASSERT_EQ(all.products.size(), 2U);
  EXPECT_EQ(all.products[0].name, "E3") << "by name";
  EXPECT_EQ(all.products[0].free(), -1) << "more in use than purchased";
  EXPECT_EQ(all.products[1].assigned, 3);
  EXPECT_EQ(all.products[1].free(), 2);
  EXPECT_FALSE(all.products[1].management) << "nothing names it";
}

TEST(ProductOverview, SaysWhatManagesAProduct) {
  TestTenant tenant;
  tenant.products = {{.name = "E3"}, {.name = "E5"}, {.name = "F1"}, {.name = "VISIO"}};
  const auto all =
      Overview(tenant, {Grants("p", kEverybody, "[{product: e3}]"), Manages("E5", "full"),
                        "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: l}\n"
                        "spec: {products: [E5, F1]}\n"});
  ASSERT_EQ(all.products.size(), 4U);
  EXPECT_EQ(all.products[0].management, Management::kAssignOnly) << "granted, no more is said";
  EXPECT_EQ(all.products[0].managed_by.policy, "");
  EXPECT_EQ(all.products[1].management, Management::kFull);
  EXPECT_GT(all.products[1].managed_by.at.line, 0);
  EXPECT_EQ(all.products[2].management, Management::kAssignOnly) << "a rung is named";
  EXPECT_EQ(all.products[3].management, std::nullopt);
  EXPECT_THAT(all.warnings, IsEmpty());
}

TEST(ProductOverview, ANameThatMeansNothingIsAWarningHere) {
  TestTenant tenant;
  tenant.products = {{.name = "VISIO"}};
  const auto all = Overview(tenant, {Grants("p", kEverybody, "[{product: VISIOO}]")});
  EXPECT_THAT(all.warnings, ElementsAre(HasSubstr("did you mean VISIO?")));
  EXPECT_EQ(all.products.size(), 1U);
}

TEST(ProductOverview, SaysWhatCannotBeAssignedAndWhichPlansCanBeSwitched) {
  TestTenant tenant;
  tenant.products = {{.name = "COMPANY", .applies_to = "Company"},
                     {.name = "E5", .plans = {"B", "A"}, .company_plans = {"C"}},
                     {.name = "GONE", .status = "Suspended"}};
  const auto all = Overview(tenant, {});
  ASSERT_EQ(all.products.size(), 3U);
  EXPECT_EQ(all.products[0].obstacle, "the product cannot be assigned to users");
  EXPECT_EQ(all.products[1].obstacle, "");
  EXPECT_EQ(all.products[2].obstacle, "the subscription is suspended");
  std::vector<std::string> plans;
  for (const auto& plan : all.products[1].plans) {
    plans.push_back(plan.name + (plan.switchable ? "" : " (company)"));
  }
  EXPECT_THAT(plans, ElementsAre("A", "B", "C (company)"));
}

}  // namespace
}  // namespace seatkeeper
