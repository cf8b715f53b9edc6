#include "reconciler/plan/suspension.h"

#include <gmock/gmock.h>

#include "reconciler/plan/explain.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/render_json.h"
#include "reconciler/plan/render_text.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::Limits;
using test::Manages;
using test::TestTenant;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kMonday{std::chrono::milliseconds(1'767'600'000'000)};

SuspendedBy Word(std::string who, std::string reason, int hours = 0) {
  return {.who = std::move(who),
          .reason = std::move(reason),
          .at = kMonday + std::chrono::hours(hours)};
}

const Suspension kMigration{Word("ada@ops", "migration")};

// ada gains E5, bob waits for a seat of it, cleo loses E3, and mail is safe.
TestTenant Three() {
  return {.users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo", .licenses = {{"E3"}}}},
          .products = {{.name = "E5", .seats = 1}, {.name = "E3"}},
          .groups = {{.name = "all", .members = {"cleo"}}}};
}

std::vector<std::string> Documents() {
  return {Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]"),
          Manages("E3", "full"), Limits("none", "off"),
          "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: g}\n"
          "spec: {subjects: {groups: [all]}, licenses: [{product: E5}], delivery: group}\n"};
}

struct Case {
  ObservedState observed;
  PolicySet policies;
  PlanInput input;

  Case(const TestTenant& tenant, const std::vector<std::string>& documents, Suspension suspension)
      : observed(tenant.Read()),
        policies(test::Policies(documents)),
        input{.tenant = "contoso",
              .policies = policies,
              .policy_revision = "sha256:test",
              .observed = observed,
              .now = observed.read_at} {
    input.suspended = std::move(suspension);
  }

  Plan Make() const {
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }
};

Plan PlanWhile(Suspension suspension) {
  return Case(Three(), Documents(), std::move(suspension)).Make();
}

TEST(Suspension, TellsTheFirstWordAndTheNewest) {
  EXPECT_EQ(Describe(kMigration), "suspended by ada@ops since 2026-01-05T08:00:00Z: migration");
  auto more = kMigration;
  more.push_back(Word("bob@ops", "audit", 1));
  EXPECT_EQ(Describe(more),
            "suspended by ada@ops since 2026-01-05T08:00:00Z: migration; again by bob@ops at "
            "2026-01-05T09:00:00Z: audit");
  more.push_back(Word("cron@ops", "nightly", 2));
  more.push_back(Word("cron@ops", "nightly", 3));
  EXPECT_EQ(Describe(more),
            "suspended by ada@ops since 2026-01-05T08:00:00Z: migration; again by cron@ops at "
            "2026-01-05T11:00:00Z: nightly (and 2 between)");
}

TEST(Suspension, HoldsEverythingAlsoWhatIsGivenOrWaits) {
  const auto free = PlanWhile({});
  EXPECT_EQ(free.CountWith(Verdict::kHeld), 0U) << Brief(free);
  const auto plan = PlanWhile(kMigration);
  EXPECT_EQ(plan.changes.size(), free.changes.size()) << "it is planned all the same";
  for (const auto& change : plan.changes) {
    EXPECT_EQ(change.verdict, Verdict::kHeld) << change.subject_name();
    EXPECT_EQ(change.wave, 0);
    EXPECT_EQ(change.until, "");
    ASSERT_FALSE(change.held.empty());
    const auto& why = change.held.back();
    EXPECT_EQ(why.guardrail, "suspended");
    EXPECT_EQ(why.value, "suspended by ada@ops since 2026-01-05T08:00:00Z: migration");
    EXPECT_EQ(why.limit, "nothing is changed while the tenant is suspended");
    EXPECT_EQ(why.release, "`seatkeeper resume --tenant contoso`");
  }
  EXPECT_EQ(plan.digest, "") << "there is nothing to apply";
}

TEST(Suspension, NobodyLosesTheirPlaceInTheQueue) {
  const auto waiting = [](const Plan& plan) {
    std::string names;
    for (const auto& entry : plan.waiting) names += entry.user_principal_name + " ";
    return names;
  };
  EXPECT_EQ(waiting(PlanWhile(kMigration)), waiting(PlanWhile({})));
  EXPECT_NE(waiting(PlanWhile(kMigration)), "");
}

TEST(Suspension, IsNamedBesideWhatElseHolds) {
  auto documents = Documents();
  documents[2] = Limits("none", "{seats: 0}");
  const auto plan = Case(Three(), documents, kMigration).Make();
  const auto cleo = std::find_if(plan.changes.begin(), plan.changes.end(), [](const auto& change) {
    return change.user_principal_name == "cleo@contoso.com";
  });
  ASSERT_NE(cleo, plan.changes.end());
  ASSERT_EQ(cleo->held.size(), 2U);
  EXPECT_EQ(cleo->held[0].guardrail, "maxUnassign");
  EXPECT_EQ(cleo->held[1].guardrail, "suspended");
}

TEST(Suspension, HoldsPlansHoweverTheyCameAbout) {
  Plan plan;
  plan.tenant = "contoso";
  plan.changes = {test::Assign(1, test::Sku(1)), test::Swap(2, test::Sku(1), test::Sku(2)),
                  test::AssignGroup(3, test::Sku(1), 5)};
  plan.changes[1].verdict = Verdict::kDeferred;
  plan.changes[1].until = "a seat is free";
  GuardInput input;
  input.suspended = kMigration;
  const auto guarded = Guard(std::move(plan), input);
  for (const auto& change : guarded.plan().changes) {
    EXPECT_EQ(change.verdict, Verdict::kHeld);
    EXPECT_EQ(change.until, "");
    ASSERT_EQ(change.held.size(), 1U);
    EXPECT_EQ(change.held[0].guardrail, "suspended");
  }
  EXPECT_EQ(guarded.plan().suspended, kMigration);
}

TEST(Suspension, StandsAtTheTopOfThePlanAlsoOfAnEmptyOne) {
  const auto text = RenderPlanText(PlanWhile(kMigration), {});
  EXPECT_THAT(text, HasSubstr("suspended by ada@ops since 2026-01-05T08:00:00Z: migration"));
  EXPECT_THAT(text, HasSubstr("`seatkeeper resume`"));
  EXPECT_THAT(RenderPlanText(PlanWhile({}), {}), Not(HasSubstr("suspended")));
  Plan nothing;
  nothing.suspended = kMigration;
  EXPECT_THAT(RenderPlanText(nothing, {}), HasSubstr("suspended by ada@ops"));
  EXPECT_THAT(RenderPlanJson(nothing),
              HasSubstr(R"({"at":"2026-01-05T08:00:00Z","by":"ada@ops","reason":"migration"})"));
}

TEST(Suspension, IsExplainedToWhomeverItConcerns) {
  const Case suspended(Three(), Documents(), kMigration);
  const auto explained = Explain(suspended.input, suspended.Make(), 0);
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->suspended, kMigration);
}

}  // namespace
}  // namespace seatkeeper
