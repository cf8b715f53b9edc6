#include "policy/products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "policy/text.h"

namespace seatkeeper {
namespace {

TEST(Products, FindsByPartNumberIdAndName) {
  const ProductCatalog catalog;
  const auto* e5 = catalog.FindProduct("spe_e5");
  ASSERT_NE(e5, nullptr);
  EXPECT_EQ(e5->id.ToString(), "06ebc4ee-1bb5-47dd-8120-11324bc54e06");
  EXPECT_EQ(catalog.FindProduct("MICROSOFT 365 E5"), e5);
  EXPECT_EQ(catalog.FindProduct("06EBC4EE-1BB5-47DD-8120-11324BC54E06"), e5);
  EXPECT_EQ(catalog.FindProduct(e5->id), e5);
  EXPECT_EQ(catalog.FindProduct("SPE_E55"), nullptr);
}

TEST(Products, KnowsCommonIds) {
  const std::pair<const char*, const char*> rows[] = {
      {"SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965"},
      {"SPE_F1", "66b55226-6b4f-492c-910c-a3b7a3c9d993"},
      {"SPB", "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"},
      {"ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900"},
      {"ENTERPRISEPREMIUM", "c7df2760-2c81-4ef7-b578-5b5392b571df"},
      {"STANDARDPACK", "18181a46-0d4e-45cd-891e-60aabd171b4e"},
      {"AAD_PREMIUM", "078d2b04-f1bd-4111-bbd4-b4b1b354cef4"},
      {"AAD_PREMIUM_P2", "84a661c4-e949-4bd2-a560-ed7766fcaf2b"},
      {"EMS", "efccb6f7-5641-4e0e-bd10-b4976e1bf68e"},
      {"Microsoft_365_Copilot", "639dec6b-bb19-468b-871c-c5c441c4b0cb"},
      {"MCOEV", "e43b5b99-8dfb-405f-9987-dc307f34bcbd"},
      {"VISIOCLIENT", "c5928f49-12ba-48f7-ada3-0d743a3601d5"},
      {"POWER_BI_PRO", "f8a1db68-be16-40ed-86d5-cb42ce701560"},
      {"FLOW_FREE", "f30db892-07e9-47e9-837c-80727f46fd3d"},
  };
  for (const auto& [part_number, id] : rows) {
    const auto* fact = ProductCatalog().FindProduct(part_number);
    ASSERT_NE(fact, nullptr) << part_number;
    EXPECT_EQ(fact->id.ToString(), id) << part_number;
  }
}

TEST(Products, TableIsCleanAndItsNamesAreUnique) {
  const ProductCatalog catalog;
  const auto& names = catalog.product_names();
  EXPECT_GE(names.size(), 90u) << "part numbers and display names";
  for (const auto name : names) {
    const auto* fact = catalog.FindProduct(name);
    ASSERT_NE(fact, nullptr) << name;
    EXPECT_EQ(CollapseSpace(name), name);
    EXPECT_FALSE(fact->plans.empty()) << name;
    std::set<PlanId> plans;
    for (const auto& plan : fact->plans) {
      EXPECT_TRUE(plans.insert(plan.id).second) << name << " " << plan.name;
      EXPECT_EQ(CollapseSpace(plan.name), plan.name);
      EXPECT_FALSE(plan.name.empty()) << name;
    }
  }
}

TEST(Products, PlansAreFoundByNameIdAndFriendlyName) {
  const ProductCatalog catalog;
  const auto* e5 = catalog.FindProduct("SPE_E5");
  const auto find = [&](std::string_view text) {
    std::string ids;
    for (const auto& id : catalog.FindPlans(text, [&](const PlanId& plan) {
           return std::any_of(e5->plans.begin(), e5->plans.end(),
                              [&](const auto& fact) { return fact.id == plan; });
         })) {
      ids += id.ToString() + " ";
    }
    return ids;
  };
  const std::string exchange = "efb87545-963c-4e0d-99df-69c6916d9eb0 ";
  EXPECT_EQ(find("exchange_s_enterprise"), exchange);
  EXPECT_EQ(find("EFB87545-963C-4E0D-99DF-69C6916D9EB0"), exchange);
  EXPECT_EQ(find("exchange online (plan 2)"), exchange);
  EXPECT_EQ(find("no such plan"), "");
  EXPECT_EQ(find("VISIOONLINE"), "") << "a plan, but of another product";
}

}  // namespace
}  // namespace seatkeeper
