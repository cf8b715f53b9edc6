#include "daemon/plan_file.h"

#include <gmock/gmock.h>

#include "reconciler/plan/render_json.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using test::Assign;
using test::Guarded;
using test::Sku;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Plan PlanOf(std::vector<Change> changes) {
  return Guarded(std::move(changes), {{Sku(1), 100}}).plan();
}

PlanFile Saved(const Plan& plan) {
  auto file = ParsePlanFile("p.json", RenderPlanJson(plan));
  EXPECT_TRUE(file);
  return file ? std::move(file).value() : PlanFile{};
}

TEST(PlanFile, ASavedPlanHoldsWhileNothingChanged) {
  const auto plan = PlanOf({Assign(1, Sku(1)), Assign(2, Sku(1))});
  const auto saved = Saved(plan);
  EXPECT_EQ(saved.tenant, "contoso");
  EXPECT_EQ(saved.go.size(), 2U);
  EXPECT_THAT(DifferencesFrom(saved, plan), IsEmpty());
}

TEST(PlanFile, OnlyWhatIsToBeSentIsCompared) {
  auto held = Assign(2, Sku(1));
  held.verdict = Verdict::kHeld;
  held.wave = 0;
  const auto saved = Saved(PlanOf({Assign(1, Sku(1)), held}));
  ASSERT_EQ(saved.go.size(), 1U);
  EXPECT_EQ(saved.go[0].id, "c1");
  EXPECT_EQ(saved.go[0].subject, "user1@contoso.com");
}

TEST(PlanFile, DifferencesNameTheUsers) {
  const auto saved = Saved(PlanOf({Assign(1, Sku(1)), Assign(2, Sku(1))}));
  const auto differences = DifferencesFrom(saved, PlanOf({Assign(2, Sku(1)), Assign(3, Sku(1))}));
  EXPECT_THAT(differences, ElementsAre(HasSubstr("in the file only: user1@contoso.com"),
                                       HasSubstr("now only: user3@contoso.com")));
}

TEST(PlanFile, SaysWhatIsKeptBackNow) {
  const auto saved = Saved(PlanOf({Assign(1, Sku(1)), Assign(2, Sku(1))}));
  auto held = Assign(1, Sku(1));
  held.verdict = Verdict::kHeld;
  held.wave = 0;
  held.held = {{.guardrail = "maxUnassign"}};
  auto waits = Assign(2, Sku(1));
  waits.verdict = Verdict::kDeferred;
  waits.wave = 0;
  waits.until = "a seat is free";
  EXPECT_THAT(
      DifferencesFrom(saved, PlanOf({held, waits})),
      ElementsAre("in the file only: user1@contoso.com (change c1, held now by maxUnassign)",
                  "in the file only: user2@contoso.com (change c2, deferred now: a seat is free)"));
}

TEST(PlanFile, WhatIsHeldBesideItChangesNothing) {
  auto held = Assign(2, Sku(1));
  held.verdict = Verdict::kHeld;
  held.wave = 0;
  held.held = {{.guardrail = "maxUnassign"}};
  const auto saved = Saved(PlanOf({Assign(1, Sku(1)), held}));
  EXPECT_THAT(DifferencesFrom(saved, PlanOf({Assign(1, Sku(1))})), IsEmpty());
}

TEST(PlanFile, NamesGroups) {
  const auto file = ParsePlanFile("p.json", R"({"apiVersion":"seatkeeper/v1","kind":"Plan",
      "tenant":"contoso","digest":"d","changes":[{"id":"g1","verdict":"go",
      "group":{"id":"00000004-0000-0000-0000-000000000001","displayName":"Sales","members":3}}]})");
  ASSERT_TRUE(file) << file.error().message;
  const auto differences = DifferencesFrom(*file, PlanOf({test::AssignGroup(2, Sku(1), 1)}));
  EXPECT_THAT(differences, ElementsAre(HasSubstr("in the file only: group `Sales` (change g1)"),
                                       HasSubstr("now only: group `Group 2` ")));
}

TEST(PlanFile, TheStateBeforeCountsToo) {
  auto change = Assign(1, Sku(1));
  const auto saved = Saved(PlanOf({change}));
  change.before = {{.product = Sku(2), .disabled_plans = {}}};
  EXPECT_EQ(DifferencesFrom(saved, PlanOf({change})).size(), 1U);
}

TEST(PlanFile, AnotherTenantsPlanNeverHolds) {
  const auto plan = PlanOf({Assign(1, Sku(1))});
  auto saved = Saved(plan);
  saved.tenant = "fabrikam";
  EXPECT_THAT(DifferencesFrom(saved, plan), ElementsAre(HasSubstr("fabrikam")));
}

TEST(PlanFile, RefusesWhatIsNoPlan) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"apiVersion":"seatkeeper/v2","kind":"Plan"})",
                           R"({"apiVersion":"seatkeeper/v1","kind":"Plan","tenant":1})"}) {
    const auto file = ParsePlanFile("p.json", text);
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(file.error().message, HasSubstr("p.json"));
  }
}

}  // namespace
}  // namespace seatkeeper
