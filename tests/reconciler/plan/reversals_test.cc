#include "reconciler/plan/reversals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::TestTenant;
using testing::HasSubstr;
using testing::SizeIs;

using Kind = ChangeStep::Kind;

ChangeStep StepOf(std::string_view user, std::string_view product, Kind kind = Kind::kGive,
                  std::vector<PlanId> disabled = {}) {
  return {.subject = IdOf<UserId>(user),
          .product = IdOf<SkuId>(product),
          .kind = kind,
          .disabled_plans = std::move(disabled)};
}

const Repetition kTwice{
    .times = 2, .unseen = 0, .last = WallTime(std::chrono::milliseconds(1'767'600'000'000))};

// E5 is granted to ada, bob and cleo, who has it; dan is to lose E3.
TestTenant Four() {
  return {.users = {{.name = "ada"},
                    {.name = "bob"},
                    {.name = "cleo", .licenses = {{"E5"}}},
                    {.name = "dan", .licenses = {{"E3"}}}},
          .products = {{.name = "E5", .plans = {"P1", "P2"}}, {.name = "E3"}, {.name = "VISIO"}}};
}

const std::string kGrant =
    Grants("p", "{users: [ada@contoso.com, bob@contoso.com, cleo@contoso.com]}", "[{product: E5}]");

std::vector<std::string> Documents(std::vector<std::string> more = {kGrant}) {
  more.insert(more.end(), {Manages("E5", "full"), Manages("E3", "full"), Limits("none", "off")});
  return more;
}

Plan PlanWith(const TestTenant& tenant, const std::vector<std::string>& documents,
              Repetitions repetitions) {
  const auto observed = tenant.Read();
  const auto policies = test::Policies(documents);
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "sha256:test",
                  .observed = observed,
                  .now = observed.read_at};
  input.repetitions = std::move(repetitions);
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  return plan->plan();
}

TEST(Reversals, WhatWasUndoneTwiceIsHeldAndTheRestGoesOn) {
  const auto plan = PlanWith(Four(), Documents(), {{StepOf("ada", "E5"), kTwice}});
  EXPECT_EQ(Brief(plan), "go 1 bob +E5\ngo 1 dan -E3\nheld ada +E5 [reversed]");
  const auto& held = plan.changes.at(2).held.at(0);
  EXPECT_EQ(held.value,
            "given 2 times in 24 hours, last at 2026-01-05T08:00:00Z, and undone each time");
  EXPECT_EQ(held.limit, "2 times in 24 hours");
  EXPECT_THAT(held.release, HasSubstr("settle it with whoever undoes it"));
  EXPECT_EQ(held.product, IdOf<SkuId>("E5"));
}

TEST(Reversals, RemovalsStopLikeAdditions) {
  const auto plan = PlanWith(Four(), Documents(), {{StepOf("dan", "E3", Kind::kTake), kTwice}});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5\ngo 1 bob +E5\nheld dan -E3 [reversed]");
  EXPECT_THAT(plan.changes.at(2).held.at(0).value, HasSubstr("taken away 2 times"));
}

TEST(Reversals, TheOtherDirectionIsAnotherStep) {
  const auto plan = PlanWith(
      Four(), Documents(),
      {{StepOf("ada", "E5", Kind::kTake), kTwice}, {StepOf("dan", "E3", Kind::kGive), kTwice}});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5\ngo 1 bob +E5\ngo 1 dan -E3");
}

TEST(Reversals, WhatIsAsItWasWantedIsNotHeld) {
  EXPECT_EQ(Brief(PlanWith(Four(), Documents(), {{StepOf("cleo", "E5"), kTwice}})),
            "go 1 ada +E5\ngo 1 bob +E5\ngo 1 dan -E3");
}

TEST(Reversals, SaysHowManyNeverShowed) {
  auto unseen = kTwice;
  unseen.times = 3;
  unseen.unseen = 1;
  const auto plan = PlanWith(Four(), Documents(), {{StepOf("ada", "E5"), unseen}});
  EXPECT_EQ(plan.changes.at(2).held.at(0).value,
            "given 3 times in 24 hours, last at 2026-01-05T08:00:00Z, and undone each time; 1 of "
            "them never showed");
}

TEST(Reversals, ServicePlansCountBySet) {
  const auto documents = Documents(
      {Grants("p", "{users: [cleo@contoso.com]}", "[{product: E5, disabledPlans: [P1]}]")});
  const auto planned = [&](const char* off) {
    return Brief(PlanWith(Four(), documents,
                          {{StepOf("cleo", "E5", Kind::kPlans, {IdOf<PlanId>(off)}), kTwice}}));
  };
  EXPECT_EQ(planned("P1"), "go 1 dan -E3\nheld cleo ~E5(-P1) [reversed]");
  EXPECT_EQ(planned("P2"), "go 1 cleo ~E5(-P1)\ngo 1 dan -E3") << "that was another switch";
}

TEST(Reversals, ASwapWaitsWholeAndOtherProductsDoNot) {
  auto tenant = Four();
  tenant.User("ada").licenses = {{"E3"}};
  auto documents =
      Documents({kGrant, Grants("v", "{users: [ada@contoso.com]}", "[{product: VISIO}]")});
  documents.push_back(
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3]}\n");
  EXPECT_EQ(Brief(PlanWith(tenant, documents, {{StepOf("ada", "E5"), kTwice}})),
            "go 1 ada +VISIO\ngo 1 bob +E5\ngo 1 dan -E3\nheld ada +E5 -E3 [reversed]");
}

TEST(Reversals, NobodyLosesSomethingForWhatIsHeld) {
  auto tenant = Four();
  tenant.User("ada").licenses = {{"E3"}};
  EXPECT_EQ(Brief(PlanWith(tenant, Documents(), {{StepOf("ada", "E5"), kTwice}})),
            "go 1 bob +E5\ngo 1 dan -E3\nheld ada +E5 -E3 [reversed]");
}

TEST(Reversals, WhatIsHeldLeavesItsSeatToOthers) {
  auto tenant = Four();
  tenant.Product("E5").seats = 2;  // cleo has one.
  EXPECT_EQ(Brief(PlanWith(tenant, Documents(), {{StepOf("ada", "E5"), kTwice}})),
            "go 1 bob +E5\ngo 1 dan -E3\nheld ada +E5 [reversed]");
}

TEST(Reversals, OfAGroupEverythingIsHeld) {
  TestTenant tenant{.users = {{.name = "ada"}},
                    .products = {{.name = "E5"}, {.name = "E3"}},
                    .groups = {{.name = "all", .members = {"ada"}}}};
  const std::vector<std::string> documents{
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: g}\n"
      "spec: {subjects: {groups: [all]}, licenses: [{product: E5}, {product: E3}], "
      "delivery: group}\n",
      Manages("E5", "full"), Manages("E3", "full")};
  const ChangeStep step{.subject = IdOf<GroupId>("all"), .product = IdOf<SkuId>("E5")};
  EXPECT_EQ(Brief(PlanWith(tenant, documents, {})), "go 1 group all +E3 +E5");
  EXPECT_EQ(Brief(PlanWith(tenant, documents, {{step, kTwice}})),
            "held group all +E3 +E5 [reversed]");
}

// So many users who hold E5 and are to lose it, of whom so many were given it back twice.
Plan Fight(int users, int reversed) {
  TestTenant tenant{.users = {}, .products = {{.name = "E5"}, {.name = "E3"}}, .groups = {}};
  Repetitions repetitions;
  for (int i = 0; i < users; ++i) {
    tenant.users.push_back({.name = fmt::format("u{}", i), .licenses = {{"E5"}}});
    if (i < reversed) repetitions.emplace(StepOf(fmt::format("u{}", i), "E5", Kind::kTake), kTwice);
  }
  tenant.users.push_back({.name = "zoe"});
  return PlanWith(tenant, Documents({Grants("p", "{users: [zoe@contoso.com]}", "[{product: E3}]")}),
                  std::move(repetitions));
}

TEST(Reversals, FiveStopTheTenant) {
  const auto four = Fight(6, 4);
  EXPECT_EQ(four.CountWith(Verdict::kHeld), 4U);
  EXPECT_EQ(four.CountWith(Verdict::kGo), 3U);

  const auto five = Fight(6, 5);
  EXPECT_EQ(five.CountWith(Verdict::kHeld), 7U) << "also what nobody undid, and what is given";
  for (const auto& change : five.changes) {
    const auto& why = change.held.back();
    EXPECT_EQ(why.guardrail, "reversed");
    EXPECT_EQ(why.value, "5 changes of this tenant were undone again and again");
    EXPECT_EQ(why.limit, "fewer than 5: more stop the tenant");
    EXPECT_THAT(why.release, HasSubstr("a second daemon with another policy"));
    EXPECT_FALSE(why.product);
  }
}

TEST(Reversals, ThePlansThatComeOtherwiseAreHeldAtTheLastGate) {
  const Repetitions repetitions{
      {{.subject = test::User(1), .product = test::Sku(1)}, kTwice},
      {{.subject = test::User(2), .product = test::Sku(1), .kind = Kind::kTake}, kTwice}};
  Plan plan;
  plan.tenant = "contoso";
  plan.changes = {test::Assign(1, test::Sku(1)), test::Unassign(2, test::Sku(1)),
                  test::Assign(3, test::Sku(1))};
  GuardInput input;
  input.repetitions = repetitions;
  const auto guarded = Guard(std::move(plan), input);
  const auto& changes = guarded.plan().changes;
  ASSERT_THAT(changes, SizeIs(3));
  EXPECT_EQ(changes[0].verdict, Verdict::kHeld);
  EXPECT_EQ(changes[1].verdict, Verdict::kHeld);
  EXPECT_EQ(changes[1].held.at(0).guardrail, "reversed");
  EXPECT_EQ(changes[2].verdict, Verdict::kGo);
}

}  // namespace
}  // namespace seatkeeper
