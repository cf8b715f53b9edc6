#include "reconciler/plan/guard.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/plan_conflicts.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::PlanOf;
using test::TestTenant;

const SkuId kE5 = IdOf<SkuId>("E5");
const SkuId kE3 = IdOf<SkuId>("E3");

Change Removal(const char* user, std::vector<SkuId> products) {
  Change change;
  change.user = IdOf<UserId>(user);
  change.remove = products;
  change.frees_seats = std::move(products);
  change.id = ChangeId(change);
  return change;
}

std::string BriefOf(std::vector<Change> changes) {
  Plan plan;
  plan.changes = std::move(changes);
  return Brief(plan);
}

// What the last gate makes of these changes.
std::vector<Change> Gated(std::vector<Change> changes, const GuardInput& input) {
  Plan plan;
  plan.changes = std::move(changes);
  return Guard(std::move(plan), input).plan().changes;
}

// So many users who hold E5 and E3, both fully managed and granted to nobody; `kept` of them are
// granted E5.
TestTenant Crowd(int users) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = 1000, .plans = {"P1"}}, {.name = "E3", .seats = 1000}};
  for (int i = 0; i < users; ++i) {
    tenant.users.push_back({.name = "u" + std::to_string(1000 + i), .licenses = {{"E5"}}});
  }
  return tenant;
}

TEST(AllowedRemovals, FollowsTheTable) {
  const struct {
    std::optional<int> seats;
    std::optional<double> percent;
    int assigned;
    std::optional<int> allowed;
  } rows[] = {
      {25, 5.0, 1000, 25}, {25, 5.0, 500, 25},    {25, 5.0, 499, 24}, {25, 5.0, 100, 5},
      {25, 5.0, 20, 1},    {25, 5.0, 19, 1},      {25, 5.0, 1, 1},    {25, 5.0, 0, 1},
      {25, {}, 3, 25},     {{}, 10.0, 1000, 100}, {{}, 10.0, 5, 1},   {0, 5.0, 1000, 0},
      {0, {}, 1000, 0},    {{}, 0.0, 1000, 1},    {3, 100.0, 2, 2},   {{}, 0.5, 399, 1},
      {{}, 0.5, 400, 2},   {{}, {}, 1000, {}},    {{}, {}, 0, {}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(AllowedRemovals({.seats = row.seats, .percent = row.percent}, row.assigned),
              row.allowed)
        << row.seats.value_or(-1) << " " << row.percent.value_or(-1) << " of " << row.assigned;
  }
}

TEST(StrictestMaxUnassign, TakesTheStrictestPartOfEach) {
  const auto strictest = [](std::vector<std::optional<AmountLimit>> limits) {
    std::vector<Guardrails> documents;
    for (auto& limit : limits) documents.push_back({.max_unassign = limit});
    std::vector<const Guardrails*> pointers;
    for (const auto& document : documents) pointers.push_back(&document);
    const auto limit = StrictestMaxUnassign(pointers);
    return std::pair(limit.seats.value_or(-1), limit.percent.value_or(-1));
  };
  const AmountLimit off;
  EXPECT_EQ(strictest({}), std::pair(25, 5.0));
  EXPECT_EQ(strictest({std::nullopt}), std::pair(25, 5.0));
  EXPECT_EQ(strictest({off}), std::pair(-1, -1.0));
  EXPECT_EQ(strictest({off, AmountLimit{.seats = 7}}), std::pair(7, -1.0));
  EXPECT_EQ(strictest({AmountLimit{.seats = 7}, off, std::nullopt}), std::pair(7, -1.0));
  EXPECT_EQ(strictest({AmountLimit{.seats = 7, .percent = 1.0}, AmountLimit{.seats = 3}}),
            std::pair(3, 1.0));
  EXPECT_EQ(strictest({AmountLimit{.seats = 90}}), std::pair(90, -1.0));
}

TEST(Guard, HoldsAllRemovalsOfTheProductAndNoOthers) {
  GuardInput input{.max_unassign = {.seats = 2}};
  std::vector<Change> changes;
  for (const auto* user : {"a", "b", "c"}) changes.push_back(Removal(user, {kE5}));
  changes.push_back(Removal("d", {kE3}));
  changes = Gated(std::move(changes), input);
  EXPECT_EQ(BriefOf(changes),
            "held a -E5 [maxUnassign]\nheld b -E5 [maxUnassign]\nheld c -E5 [maxUnassign]\n"
            "go 0 d -E3");
}

TEST(Guard, WhatWaitedIsHeldAndWaitsForNothingElse) {
  auto waits = Removal("a", {kE3});
  waits.verdict = Verdict::kDeferred;
  waits.waits_for.push_back(kE5);
  waits.until = "this user can be given what a policy grants";
  const auto changes = Gated({waits}, {.max_unassign = {.seats = 0}});
  EXPECT_EQ(BriefOf(changes), "held a -E3 [maxUnassign]");
  EXPECT_TRUE(changes.at(0).waits_for.empty());
  EXPECT_EQ(changes.at(0).until, "");
}

TEST(Guard, CountsWhatTheWindowHasSeen) {
  const auto plan = [](int before, int assigned) {
    GuardInput input{.max_unassign = {.percent = 10.0}};
    input.removals_in_window[kE5] = before;
    input.assigned[kE5] = assigned;
    std::vector<Change> changes = {Removal("a", {kE5})};
    changes = Gated(std::move(changes), input);
    return BriefOf(changes);
  };
  EXPECT_EQ(plan(0, 1), "go 0 a -E5");
  EXPECT_EQ(plan(9, 91), "go 0 a -E5") << "the tenth of a hundred when the window began";
  EXPECT_EQ(plan(9, 90), "held a -E5 [maxUnassign]") << "the tenth of ninety-nine";
  EXPECT_EQ(plan(1, 5), "held a -E5 [maxUnassign]") << "a small tenant has had its one";
}

TEST(Guard, SaysFigureLimitAndRelease) {
  GuardInput input{.max_unassign = {.seats = 1, .percent = 50.0}};
  input.assigned[kE5] = 20;
  input.removals_in_window[kE5] = 3;
  std::vector<Change> changes = {Removal("a", {kE5})};
  changes = Gated(std::move(changes), input);
  ASSERT_EQ(changes.at(0).held.size(), 1U);
  const auto& held = changes[0].held[0];
  EXPECT_EQ(held.value, "1 removals planned, 3 in the last 24 hours");
  EXPECT_EQ(held.limit, "1 (1 seats, 50 % of 23) in 24 hours");
  EXPECT_NE(held.release.find("maxUnassign"), std::string::npos);
}

TEST(Guard, MovingUpALadderIsNoRemoval) {
  GuardInput input{.max_unassign = {.seats = 0}};
  Change up = Removal("a", {kE3});
  up.replaced = {kE3};
  up.add = {{.product = kE5}};
  EXPECT_EQ(Gated({up}, input).at(0).verdict, Verdict::kGo);
  up.replaced.clear();
  EXPECT_EQ(Gated({up}, input).at(0).verdict, Verdict::kHeld);
}

Part Of(Row row, DesiredIndex product, Part::Kind kind, std::uint16_t tie = 0) {
  const bool removal = kind == Part::Kind::kRemove;
  return {.row = row, .product = product, .kind = kind, .takes_away = removal, .tie = tie};
}

// The products of the draft are A, B and C.
void HoldRemovalsOfThree(Draft& draft, const GuardInput& input) {
  DesiredState desired;
  for (const auto* name : {"A", "B", "C"}) desired.products.push_back({.id = IdOf<SkuId>(name)});
  const ObservedState observed;
  HoldRemovals(draft, desired.products, PlanConflicts({}, desired, observed), input);
}

TEST(Guard, HoldsThePartAndLeavesTheRestFreeToGo) {
  Draft draft;
  draft.parts = {Of(0, 0, Part::Kind::kAdd), Of(0, 1, Part::Kind::kRemove),
                 Of(0, 2, Part::Kind::kRemove), Of(1, 1, Part::Kind::kRemove)};
  HoldRemovalsOfThree(draft, {.max_unassign = {.seats = 1}});
  EXPECT_EQ(draft.parts[0].verdict, Verdict::kGo);
  EXPECT_EQ(draft.parts[1].verdict, Verdict::kHeld);
  EXPECT_EQ(draft.parts[2].verdict, Verdict::kGo);
  EXPECT_EQ(draft.parts[3].verdict, Verdict::kHeld);
}

TEST(Guard, HoldsWhatIsTiedToAHeldRemoval) {
  Draft draft;
  draft.parts = {Of(0, 0, Part::Kind::kAdd, 1), Of(0, 1, Part::Kind::kRemove, 1),
                 Of(0, 2, Part::Kind::kRemove)};
  GuardInput input{.max_unassign = {.seats = 1}};
  input.removals_in_window[IdOf<SkuId>("B")] = 1;
  HoldRemovalsOfThree(draft, input);
  EXPECT_EQ(draft.parts[0].verdict, Verdict::kHeld) << "half a swap is not sent";
  EXPECT_EQ(draft.parts[1].verdict, Verdict::kHeld);
  EXPECT_EQ(draft.parts[2].verdict, Verdict::kHeld) << "something granted is held";
}

TEST(Guard, OutdatedPolicyHoldsEveryRemovalAndLetsTheRestGo) {
  auto tenant = Crowd(3);
  tenant.users.push_back({.name = "zoe"});
  const auto policies = test::Policies(
      {Manages("E5", "full"), Limits("none", "off"),
       Grants("p", "{users: [zoe@contoso.com, u1000@contoso.com]}", "[{product: E3}]")});
  const auto observed = tenant.Read();
  const auto plan = MakePlan(
      {.tenant = "contoso", .policies = policies, .policy_outdated = true, .observed = observed});
  ASSERT_TRUE(plan);
  EXPECT_EQ(Brief(plan->plan()),
            "go 1 u1000 +E3\ngo 1 zoe +E3\nheld u1000 -E5 [policy-not-loading]\n"
            "held u1001 -E5 [policy-not-loading]\nheld u1002 -E5 [policy-not-loading]");
}

TEST(Guard, ATenantThatNoPolicySpeaksAboutLosesNothing) {
  const auto tenant = Crowd(3);
  EXPECT_EQ(Brief(PlanOf(tenant, {Manages("E5", "full"), Limits("none", "off")}).plan()),
            "held u1000 -E5 [no-policy]\nheld u1001 -E5 [no-policy]\nheld u1002 -E5 [no-policy]");
}

TEST(Guard, BuiltInLimitHoldsWhereNobodySaysOtherwise) {
  const auto held = [](int users, int losers) {
    auto tenant = Crowd(users);
    std::string kept;
    for (int i = losers; i < users; ++i) {
      kept += (kept.empty() ? "" : ", ") + tenant.users[static_cast<std::size_t>(i)].name +
              "@contoso.com";
    }
    const auto guarded = PlanOf(
        tenant, {Manages("E5", "full"), Grants("p", "{users: [" + kept + "]}", "[{product: E5}]")});
    return guarded.plan().CountWith(Verdict::kHeld);
  };
  EXPECT_EQ(held(10, 1), 0U);
  EXPECT_EQ(held(10, 2), 2U);
  EXPECT_EQ(held(100, 5), 0U);
  EXPECT_EQ(held(100, 6), 6U);
  EXPECT_EQ(held(600, 25), 0U);
  EXPECT_EQ(held(600, 26), 26U);
}

TEST(Guard, TurningPlansOffCountsAsRemoval) {
  const auto guarded =
      PlanOf(Crowd(30), {Manages("E5", "full"), Grants("p", "{rule: user.accountEnabled -eq true}",
                                                       "[{product: E5, disabledPlans: [P1]}]")});
  EXPECT_EQ(guarded.plan().CountWith(Verdict::kHeld), 30U);
  EXPECT_EQ(guarded.plan().CountWith(Verdict::kGo), 0U);
}

TEST(Guard, IsIdempotent) {
  auto tenant = Crowd(30);
  tenant.users.push_back({.name = "zoe", .licenses = {{"E3"}}});
  const auto guarded =
      PlanOf(tenant, {Manages("E5", "full"), Manages("E3", "full"),
                      Grants("p", "{rule: user.accountEnabled -eq true}", "[{product: E3}]")});
  GuardInput input{.max_unassign = {.seats = 25, .percent = 5.0}};
  input.assigned[kE5] = 30;
  input.free_seats = guarded.free_seats();
  const auto again = Guard(guarded.plan(), input);
  EXPECT_EQ(Brief(again.plan()), Brief(guarded.plan()));
  EXPECT_EQ(again.plan().digest, guarded.plan().digest);
  EXPECT_EQ(again.plan().held_digest, guarded.plan().held_digest);
  EXPECT_TRUE(guarded.plan().has_held());
}

TEST(Digest, IsEqualExactlyWhenTheChangesAre) {
  const auto digest = [](const std::vector<Change>& changes) {
    return PlanDigest("contoso", changes, Verdict::kGo);
  };
  const std::vector<Change> base = {Removal("a", {kE5}), Removal("b", {kE3})};
  EXPECT_EQ(digest({}), "");
  EXPECT_EQ(digest(base).substr(0, 7), "sha256:");
  EXPECT_EQ(digest(base).size(), 71U);

  auto same = base;
  std::swap(same[0], same[1]);
  same[0].wave = 3;
  same[1].risk = {"mailbox"};
  same[1].origin.policy = "other";
  same[1].fingerprint = 5;
  EXPECT_EQ(digest(same), digest(base));

  const auto differs = [&](auto alter) {
    auto changes = base;
    alter(changes);
    return digest(changes) != digest(base);
  };
  EXPECT_TRUE(differs([](auto& changes) { changes.pop_back(); }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].user = IdOf<UserId>("c"); }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].remove = {kE3}; }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].remove.push_back(kE3); }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].add.push_back({.product = kE5}); }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].before.push_back({.product = kE5}); }));
  EXPECT_TRUE(differs([](auto& changes) { changes[0].verdict = Verdict::kHeld; }));
  EXPECT_NE(PlanDigest("fabrikam", base, Verdict::kGo), digest(base));
}

TEST(Digest, MatchesAKnownVector) {
  EXPECT_EQ(Sha256("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace seatkeeper
