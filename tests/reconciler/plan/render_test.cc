#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reconciler/plan/render_json.h"
#include "reconciler/plan/render_text.h"
#include "tests/support/golden.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Manages;
using test::PlanOf;
using test::TestTenant;

// One of everything: two waves, held, deferred, drift, a shortage, warnings, risks.
Plan OneOfEverything() {
  TestTenant tenant;
  tenant.products = {{.name = "SPE_E5", .seats = 1, .plans = {"EXCHANGE_S_ENT", "YAMMER_ENT"}},
                     {.name = "SPE_E3", .seats = 9, .plans = {"EXCHANGE_S_STD"}},
                     {.name = "VISIOCLIENT", .seats = 2},
                     {.name = "POWER_BI_PRO", .seats = 9}};
  tenant.users = {
      {.name = "ada", .licenses = {{"SPE_E3"}}},
      {.name = "bob", .licenses = {{"SPE_E3"}}},
      {.name = "cleo", .licenses = {{"VISIOCLIENT"}}},
      {.name = "dan", .licenses = {{"VISIOCLIENT"}}},
      {.name = "eve", .licenses = {{"POWER_BI_PRO", {}, AssignmentSource::kGroup, "finance"}}},
      {.name = "fay", .licenses = {{"SPE_E3"}}, .usage_location = ""},
      {.name = "gus", .licenses = {{"SPE_E5"}}},
  };
  return PlanOf(
             tenant,
             {Grants("engineering", "{users: [ada@contoso.com, bob@contoso.com, fay@contoso.com]}",
                     "[{product: SPE_E5, disabledPlans: [YAMMER_ENT]}]", 10),
              Grants("visio", "{groups: [Visio Users]}", "[{product: VISIOCLIENT}]"),
              Manages("SPE_E5", "full"), Manages("SPE_E3", "full"), Manages("VISIOCLIENT", "full"),
              Manages("POWER_BI_PRO", "full"), test::Limits("default", "{seats: 3}")})
      .plan();
}

Plan ManyChanges(int count) {
  TestTenant tenant;
  tenant.products = {{.name = "SPE_E5", .seats = 1000}};
  for (int i = 0; i < count; ++i) tenant.users.push_back({.name = fmt::format("user{:03}", i)});
  return PlanOf(tenant,
                {Grants("all", "{rule: user.accountEnabled -eq true}", "[{product: SPE_E5}]")})
      .plan();
}

std::size_t LongestLine(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

TEST(RenderPlan, TextMatchesTheGoldenFile) {
  test::ExpectGolden("plan_text.txt", RenderPlanText(OneOfEverything(), {}));
}

TEST(RenderPlan, ColoredTextMatchesTheGoldenFile) {
  test::ExpectGolden("plan_text_color.txt", RenderPlanText(OneOfEverything(), {.color = true}));
}

TEST(RenderPlan, JsonMatchesTheGoldenFile) {
  test::ExpectGolden("plan_json.json", RenderPlanJson(OneOfEverything()));
}

TEST(RenderPlan, TextFitsEightyColumns) {
  EXPECT_LE(LongestLine(RenderPlanText(OneOfEverything(), {.full = true})), 80U);
  EXPECT_LE(LongestLine(RenderPlanText(ManyChanges(30), {})), 80U);
}

TEST(RenderPlan, SaysWhenThereIsNothingToChange) {
  EXPECT_NE(RenderPlanText(ManyChanges(0), {}).find("Nothing to change."), std::string::npos);
  EXPECT_NE(RenderPlanText(Plan{}, {}).find("No policy of this tenant names a product."),
            std::string::npos);
}

TEST(RenderPlan, FoldsLongListsUnlessAskedForAll) {
  EXPECT_EQ(RenderPlanText(ManyChanges(20), {}).find("more (--full"), std::string::npos);
  const auto folded = RenderPlanText(ManyChanges(21), {});
  EXPECT_NE(folded.find("... and 1 more (--full shows all)"), std::string::npos);
  EXPECT_EQ(folded.find("user020@"), std::string::npos);
  const auto full = RenderPlanText(ManyChanges(21), {.full = true});
  EXPECT_EQ(full.find("more (--full"), std::string::npos);
  EXPECT_NE(full.find("user020@"), std::string::npos);
}

TEST(RenderPlan, LetsNoControlCharacterReachTheTerminal) {
  auto plan = OneOfEverything();
  const std::string bad =
      "\x1b[31m\r\n\x07\x7f\xC2\x9B"
      "31m\xE2\x80\xAE\xFF";
  plan.tenant += bad;
  plan.policy_revision = bad;
  for (auto& change : plan.changes) {
    change.user_principal_name += bad;
    change.origin.policy += bad;
    change.origin.at.file += bad;
    for (auto& held : change.held) held.value += bad;
    for (auto& held : change.held) held.limit += bad;
  }
  for (auto& drift : plan.drift) {
    drift.user_principal_name += bad;
    drift.cause += bad;
  }
  for (auto& product : plan.products) product.part_number += bad;
  for (auto& [id, name] : plan.product_names) name += bad;
  for (auto& [id, name] : plan.plan_names) name += bad;
  for (auto& warning : plan.warnings) warning += bad;
  const auto text = RenderPlanText(plan, {.full = true});
  for (const auto* piece : {"\x1b", "\r", "\x07", "\x7f", "\xC2\x9B", "\xE2\x80\xAE", "\xFF"}) {
    EXPECT_EQ(text.find(piece), std::string::npos) << static_cast<int>(piece[0]);
  }
  const auto json = RenderPlanJson(plan);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  EXPECT_EQ(json.find('\xFF'), std::string::npos);
}

TEST(Printable, KeepsWhatPeopleAreCalled) {
  EXPECT_EQ(Printable("Zo\xC3\xAB O'Neil <b>"), "Zo\xC3\xAB O'Neil <b>");
  EXPECT_EQ(Printable("\xE5\xB1\xB1\xE7\x94\xB0 \xF0\x9F\x98\x80"),
            "\xE5\xB1\xB1\xE7\x94\xB0 \xF0\x9F\x98\x80");
  EXPECT_EQ(Printable("a\xE2\x81\xA6"
                      "b\xE2\x80\x8F\xD8\x9C\xC2\x85"),
            "a?b???");
  EXPECT_EQ(Printable("\xC3"), "?");
  EXPECT_EQ(Printable(""), "");
}

}  // namespace
}  // namespace seatkeeper
