#include "reconciler/plan/closed_times.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <stdexcept>

#include "reconciler/plan/planner.h"
#include "tests/reconciler/plan/random_cases.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::PlannedCase;
using test::TestTenant;
using testing::HasSubstr;

// A Friday; the freeze of these tests covers it, and the window opens on Monday.
const WallTime kNow = *ParseTime("2026-11-20T12:00:00Z");
const std::string kFreeze =
    Guards("calm", "freezes: [{from: 2026-11-19, to: 2026-11-21, reason: audit}]");
const std::string kWindow = Guards(
    "weekly", "windows: [{days: [mon], from: \"09:00\", to: \"17:00\", timezone: Europe/Paris}]");

std::string To(std::string_view user) { return fmt::format("{{users: [{}@contoso.com]}}", user); }

GuardedPlan PlanAt(WallTime now, const TestTenant& tenant, const PolicySet& policies,
                   const std::map<SkuId, int>& removals = {}) {
  const auto observed = tenant.Read();
  PlanInput input{.tenant = "contoso", .policies = policies, .observed = observed, .now = now};
  input.removals_in_window = removals;
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  return *std::move(plan);
}

// Suites fully managed on a ladder, mailboxes free to go, and a freeze.
std::vector<std::string> Documents(std::vector<std::string> more) {
  std::vector<std::string> documents = {
      Manages("E5", "full"), Manages("E3", "full"), Manages("VISIO", "full"),
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3], fallback: true}\n"};
  documents.insert(documents.end(), more.begin(), more.end());
  return documents;
}

Plan Frozen(const TestTenant& tenant, std::vector<std::string> more) {
  more.push_back(kFreeze);
  return PlanAt(kNow, tenant, test::Policies(Documents(std::move(more)))).plan();
}

// ada holds E5, bob E3, cleo nothing.
TestTenant Three() {
  return {.users = {{.name = "ada", .licenses = {{"E5"}}},
                    {.name = "bob", .licenses = {{"E3"}}},
                    {.name = "cleo"}},
          .products = {{.name = "E5", .plans = {"P1", "P2"}},
                       {.name = "E3", .plans = {"P1"}},
                       {.name = "VISIO"}},
          .groups = {{.name = "STAFF", .members = {"ada", "bob"}}}};
}

TEST(ClosedTimes, RemovalsWaitAndAdditionsGoOn) {
  const auto documents = std::vector<std::string>{
      Limits("none", "off"), Grants("p", To("cleo"), "[{product: E5}, {product: E3}]")};
  EXPECT_EQ(Brief(PlanAt(kNow, Three(), test::Policies(Documents(documents))).plan()),
            "go 1 ada -E5\ngo 1 bob -E3\ngo 1 cleo +E5");
  const auto plan = Frozen(Three(), documents);
  EXPECT_EQ(Brief(plan), "go 1 cleo +E5\ndeferred ada -E5\ndeferred bob -E3");
  EXPECT_EQ(plan.changes.at(1).until,
            "2026-11-22T00:00:00Z, freeze of calm from 2026-11-19 to 2026-11-21, audit "
            "(calm.yaml:4:18)");
  EXPECT_TRUE(plan.changes.at(1).waits_for.empty());
}

TEST(ClosedTimes, SwapsWaitWholeUpwardOnesToo) {
  const auto plan = Frozen(Three(), {Grants("up", To("bob"), "[{product: E5}, {product: VISIO}]"),
                                     Grants("down", To("ada"), "[{product: E3}]", 1)});
  EXPECT_EQ(Brief(plan), "go 1 bob +VISIO\ndeferred ada +E3 -E5\ndeferred bob +E5 -E3");
}

TEST(ClosedTimes, ServicePlansThatGoOffWaitAndThoseThatGoOnDoNot) {
  auto tenant = Three();
  tenant.User("bob").licenses = {{"E5", {"P1"}}};
  const auto plan =
      Frozen(tenant, {Grants("off", To("ada"), "[{product: E5, disabledPlans: [P2]}]"),
                      Grants("on", To("bob"), "[{product: E5, disabledPlans: []}]")});
  EXPECT_EQ(Brief(plan), "go 1 bob ~E5\ndeferred ada ~E5(-P2)");
}

TEST(ClosedTimes, SeatsThatAreNotFreedAreGivenToNobody) {
  auto tenant = Three();
  tenant.Product("E5").seats = 1;
  const auto plan =
      Frozen(tenant, {Limits("none", "off"), Grants("p", To("cleo"), "[{product: E5}]"),
                      Grants("q", To("bob"), "[{product: E3}]")});
  EXPECT_EQ(Brief(plan), "go 1 cleo +E3\ndeferred ada -E5") << "the rung below stands in";
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.waiting[0].user_principal_name, "cleo@contoso.com");
  EXPECT_EQ(plan.products.at(1).assigned_after, 1);
}

TEST(ClosedTimes, WhoeverOnlyGainsTakesASeatThatIsThere) {
  auto tenant = Three();
  tenant.Product("E5").seats = 2;
  tenant.users.push_back({.name = "dora"});
  const std::vector<std::string> documents = {
      Limits("none", "off"), Grants("first", To("bob"), "[{product: E5}]", 9),
      Grants("then", "{users: [cleo@contoso.com, dora@contoso.com]}", "[{product: E5}]")};
  EXPECT_EQ(Brief(PlanAt(kNow, tenant, test::Policies(Documents(documents))).plan()),
            "go 1 ada -E5\ngo 1 bob +E5 -E3\ngo 1 dora +E3\ngo 2 cleo +E5");
  EXPECT_EQ(Brief(Frozen(tenant, documents)),
            "go 1 cleo +E5\ngo 1 dora +E3\ndeferred ada -E5\ndeferred bob +E5 -E3");
}

TEST(ClosedTimes, WhatWaitsDoesNotCountForMaxUnassign) {
  auto tenant = Three();
  tenant.users.push_back({.name = "dora", .licenses = {{"E5"}}});
  const std::vector<std::string> documents = {Limits("one", "{seats: 1}"),
                                              Grants("p", To("cleo"), "[{product: VISIO}]")};
  EXPECT_EQ(Brief(Frozen(tenant, documents)),
            "go 1 cleo +VISIO\ndeferred ada -E5\ndeferred bob -E3\ndeferred dora -E5");
  const auto policies = test::Policies(Documents({documents[0], documents[1], kFreeze}));
  EXPECT_EQ(Brief(PlanAt(kNow, tenant, policies, {{IdOf<SkuId>("E5"), 7}}).plan()),
            "go 1 cleo +VISIO\ndeferred ada -E5\ndeferred bob -E3\ndeferred dora -E5");
  EXPECT_EQ(Brief(PlanAt(kNow + std::chrono::hours(48), tenant, policies).plan()),
            "go 1 bob -E3\ngo 1 cleo +VISIO\nheld ada -E5 [maxUnassign]\nheld dora -E5 "
            "[maxUnassign]");
}

TEST(ClosedTimes, WhatIsHeldStaysHeld) {
  const auto plan = Frozen(
      Three(), {Grants("p", To("gone"), "[{product: E5}]"),
                Guards("safe", "protected: {users: [bob@contoso.com]}"), Limits("none", "off")});
  EXPECT_EQ(Brief(plan), "held ada -E5 [reference]\nheld bob -E3 [reference] [protected]");
}

TEST(ClosedTimes, EachGroupsRemovalsAndSwapsWait) {
  auto tenant = Three();
  tenant.Group("STAFF").licenses = {{"VISIO"}};
  test::Process("STAFF", tenant);
  const auto staff = [&](std::string_view says) {
    return Brief(Frozen(
        tenant,
        {Grants("ada", To("ada"), "[{product: E5}]"), Grants("bob", To("bob"), "[{product: E3}]"),
         fmt::format("apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: "
                     "{{name: staff}}\nspec: {{subjects: {{groups: [STAFF]}}, "
                     "delivery: group, {}}}\n",
                     says)}));
  };
  EXPECT_EQ(staff("revoke: [VISIO]"), "deferred group STAFF -VISIO");
  EXPECT_EQ(staff("licenses: [{product: E3}]"), "go 1 group STAFF +E3");
  EXPECT_EQ(staff("revoke: [VISIO], licenses: [{product: E3}]"),
            "go 1 group STAFF +E3\ndeferred group STAFF -VISIO")
      << "ada lacks what comes first, and VISIO waits for that anyway";
  tenant.User("ada").licenses.push_back({"E3"});
  EXPECT_EQ(staff("revoke: [VISIO], licenses: [{product: E3}]"),
            "deferred group STAFF ~E3 -VISIO\ndeferred ada -E3")
      << "one for the other in one request";
}

TEST(ClosedTimes, ThePlanSaysWhenItsWindowCloses) {
  const auto policies = test::Policies(
      Documents({kWindow, Limits("none", "off"), Grants("p", To("cleo"), "[{product: VISIO}]")}));
  const auto open = PlanAt(*ParseTime("2026-11-23T08:00:00Z"), Three(), policies);
  EXPECT_EQ(Brief(open.plan()), "go 1 ada -E5\ngo 1 bob -E3\ngo 1 cleo +VISIO");
  EXPECT_EQ(open.losses_until(), ParseTime("2026-11-23T16:00:00Z"));
  const auto closed = PlanAt(*ParseTime("2026-11-23T16:00:00Z"), Three(), policies);
  EXPECT_EQ(Brief(closed.plan()), "go 1 cleo +VISIO\ndeferred ada -E5\ndeferred bob -E3");
  EXPECT_THAT(closed.plan().changes.at(1).until,
              HasSubstr("2026-11-30T08:00:00Z, outside the window of weekly: mon 09:00-17:00 "
                        "Europe/Paris (weekly.yaml:4:18)"));
}

TEST(ClosedTimes, ADocumentOfAnotherTenantDefersNothing) {
  auto other = kFreeze;
  other.replace(other.find("{name: calm}"), 12, "{name: calm, tenants: [fabrikam]}");
  auto documents = Documents({Limits("none", "off")});
  for (auto& document : documents) {
    document.insert(document.find("}", document.find("metadata: {")), ", tenants: [all]");
  }
  documents.push_back(other);
  const auto policies = test::Policies(documents);
  ASSERT_EQ(policies.guardrails.size(), 2U);
  const auto plan = PlanAt(kNow, Three(), policies).plan();
  EXPECT_EQ(plan.CountWith(Verdict::kDeferred), 0U);
}

// Plans may come about otherwise than by MakePlan.
TEST(ClosedTimes, TheLastGateDefersWholeChanges) {
  Change swap;
  swap.user = IdOf<UserId>("ada");
  swap.remove = {IdOf<SkuId>("E3")};
  swap.replaced = swap.remove;
  swap.add = {{.product = IdOf<SkuId>("E5")}};
  swap.wave = 1;
  Change gain;
  gain.user = IdOf<UserId>("bob");
  gain.add = swap.add;
  Plan plan;
  plan.changes = {swap, gain};
  GuardInput input;
  input.opening = {.open = false, .obstacles = {"a freeze"}};
  const auto guarded = Guard(std::move(plan), input);
  EXPECT_EQ(guarded.plan().changes.at(0).verdict, Verdict::kDeferred);
  EXPECT_EQ(guarded.plan().changes.at(0).wave, 0);
  EXPECT_THAT(guarded.plan().changes.at(0).until, HasSubstr("a freeze"));
  EXPECT_EQ(guarded.plan().changes.at(1).verdict, Verdict::kGo);
}

constexpr int kShares = 2;

// "protected ada@contoso.com <product>": what no window lets go.
std::set<std::string> HeldForGood(const Plan& plan) {
  std::set<std::string> all;
  for (const auto& change : plan.changes) {
    for (const auto& why : change.held) {
      if (why.guardrail != "protected" && why.guardrail != "reference") continue;
      all.insert(fmt::format("{} {} {}", why.guardrail, change.subject_name(),
                             why.product ? test::NameOf(why.product->guid) : ""));
    }
  }
  return all;
}

// The same tenant on a day that is frozen: nobody loses anything, what only adds has its seats, and
// what is deferred says until when.
void NothingIsLostWhileItIsClosed(const PlannedCase& planned) {
  auto documents = planned.made.documents;
  documents.push_back(Guards("frozen", "freezes: [{from: 1970-01-01, to: 1970-01-01}]"));
  const auto guarded =
      test::PlanOf(planned.observed, test::Policies(documents), planned.made.memory);
  auto free = guarded.free_seats();
  for (const auto& change : guarded.plan().changes) {
    ASSERT_EQ(change.verdict == Verdict::kDeferred, !change.until.empty());
    if (change.verdict != Verdict::kGo) continue;
    ASSERT_FALSE(change.takes_away()) << change.subject_name();
    ASSERT_EQ(change.wave, 1) << change.subject_name();
    for (const auto& product : change.takes_seats) ASSERT_GE(--free[product], 0);
  }
  // What is held for other reasons is held all the same.
  const auto closed = HeldForGood(guarded.plan());
  for (const auto& held : HeldForGood(planned.plan)) ASSERT_TRUE(closed.contains(held)) << held;
}

constexpr test::Property kProperties[] = {
    {"nothing is lost while it is closed", NothingIsLostWhileItIsClosed}};

class ClosedTimesProperties : public ::testing::TestWithParam<int> {};

TEST_P(ClosedTimesProperties, HoldForRandomTenants) {
  test::CheckRandomCases(kProperties, GetParam(), kShares);
}

INSTANTIATE_TEST_SUITE_P(Share, ClosedTimesProperties, ::testing::Range(0, kShares));

}  // namespace
}  // namespace seatkeeper
