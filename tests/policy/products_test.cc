#include "policy/products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "policy/text.h"

namespace seatkeeper {
namespace {

TEST(Products, FindsByPartNumberIdAndName) {
  const auto* e5 = FindProductFact("spe_e5");
  ASSERT_NE(e5, nullptr);
  EXPECT_EQ(e5->id.ToString(), "06ebc4ee-1bb5-47dd-8120-11324bc54e06");
  EXPECT_EQ(FindProductFact("MICROSOFT 365 E5"), e5);
  EXPECT_EQ(FindProductFact("06EBC4EE-1BB5-47DD-8120-11324BC54E06"), e5);
  EXPECT_EQ(FindProductFact(e5->id), e5);
  EXPECT_EQ(FindProductFact("SPE_E55"), nullptr);
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
    const auto* fact = FindProductFact(part_number);
    ASSERT_NE(fact, nullptr) << part_number;
    EXPECT_EQ(fact->id.ToString(), id) << part_number;
  }
}

TEST(Products, TableIsCleanOrderedAndUnique) {
  std::set<SkuId> ids;
  std::set<std::string> part_numbers;
  std::set<std::string> names;
  const auto facts = ProductFacts();
  EXPECT_GE(facts.size(), 45u);
  for (const auto& fact : facts) {
    EXPECT_TRUE(ids.insert(fact.id).second) << fact.part_number;
    EXPECT_TRUE(part_numbers.insert(AsciiLower(fact.part_number)).second) << fact.part_number;
    EXPECT_TRUE(names.insert(AsciiLower(fact.display_name)).second) << fact.display_name;
    EXPECT_FALSE(fact.plans.empty()) << fact.part_number;
    std::set<PlanId> plans;
    for (const auto& plan : fact.plans) {
      EXPECT_TRUE(plans.insert(plan.id).second) << fact.part_number << " " << plan.name;
      EXPECT_EQ(plan.name.find_first_of("\t\n"), std::string_view::npos) << plan.name;
      EXPECT_FALSE(plan.name.empty() || plan.name.front() == ' ' || plan.name.back() == ' ');
    }
  }
  EXPECT_TRUE(std::is_sorted(facts.begin(), facts.end(), [](const auto& a, const auto& b) {
    return a.part_number < b.part_number;
  }));
}

TEST(Products, PlansAreFoundByNameAndId) {
  const auto* exchange = FindPlanFact("exchange_s_enterprise");
  ASSERT_NE(exchange, nullptr);
  EXPECT_EQ(exchange->id.ToString(), "efb87545-963c-4e0d-99df-69c6916d9eb0");
  EXPECT_EQ(FindPlanFact("EFB87545-963C-4E0D-99DF-69C6916D9EB0"), exchange);
  EXPECT_EQ(FindPlanFact("no such plan"), nullptr);
  const auto* e5 = FindProductFact("SPE_E5");
  EXPECT_TRUE(std::any_of(e5->plans.begin(), e5->plans.end(),
                          [](const auto& plan) { return plan.name == "TEAMS1"; }));
}

}  // namespace
}  // namespace seatkeeper
