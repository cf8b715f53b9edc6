#include "reconciler/execute/split.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/plan_builder.h"

namespace seatkeeper::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Product n has the service plans n0 and n1.
SplitFacts Facts() {
  SplitFacts facts;
  for (int n = 1; n <= 5; ++n) {
    facts.service_plans[Sku(n)] = {ServicePlanNumber(10 * n), ServicePlanNumber(10 * n + 1)};
  }
  return facts;
}

WriteResult RefusedFor(const std::string& message) {
  return {.change_id = "c1",
          .kind = WriteResult::Kind::kRefused,
          .message = message,
          .service = {.status = 400}};
}

WriteResult NoSeatOf(const SkuId& product) {
  return RefusedFor(fmt::format("Subscription with SKU {} does not have any available licenses.",
                                product.ToString()));
}

AddLicense License(const SkuId& product) { return {.product = product, .disabled_plans = {}}; }

/// Products 1 and 2 are new, 3 goes, 4 is swapped for 5.
Change Merged() {
  Change change = Assign(1, Sku(1));
  change.add = {License(Sku(1)), License(Sku(2)), License(Sku(5))};
  change.takes_seats = {Sku(1), Sku(2), Sku(5)};
  change.remove = {Sku(3), Sku(4)};
  change.replaced = {Sku(4)};
  change.swaps = {{Sku(4), Sku(5)}};
  change.removed_by = {{Sku(3), {.policy = "leavers", .at = {}}}};
  change.frees_seats = {Sku(3), Sku(4)};
  change.before = {License(Sku(3)), License(Sku(4))};
  return change;
}

std::vector<SkuId> Added(const Change& change) {
  std::vector<SkuId> products;
  for (const auto& add : change.add) products.push_back(add.product);
  return products;
}

TEST(Split, WithoutAGrantNobodyLosesAnythingAndUpwardSwapsGo) {
  const auto rest = RemainderOf(Merged(), NoSeatOf(Sku(1)), Facts());
  ASSERT_TRUE(rest);
  EXPECT_THAT(rest->culprits, ElementsAre(Sku(1)));
  EXPECT_THAT(rest->stays_out, ElementsAre(Sku(3)));
  EXPECT_THAT(Added(rest->change), ElementsAre(Sku(2), Sku(5)));
  EXPECT_THAT(rest->change.remove, ElementsAre(Sku(4)));
  EXPECT_THAT(rest->change.takes_seats, ElementsAre(Sku(2), Sku(5)));
  EXPECT_THAT(rest->change.frees_seats, ElementsAre(Sku(4)));
  EXPECT_THAT(rest->change.removals(), IsEmpty());
  EXPECT_EQ(rest->change.fingerprint, Merged().fingerprint) << "it is rechecked like the whole";
}

TEST(Split, ASwapIsOneThing) {
  for (const auto& product : {Sku(4), Sku(5)}) {
    const auto rest = RemainderOf(Merged(), NoSeatOf(product), Facts());
    ASSERT_TRUE(rest);
    EXPECT_THAT(Added(rest->change), ElementsAre(Sku(1), Sku(2)));
    EXPECT_THAT(rest->change.remove, IsEmpty());
    EXPECT_THAT(rest->change.swaps, IsEmpty());
    EXPECT_THAT(rest->change.replaced, IsEmpty());
  }
  EXPECT_FALSE(RemainderOf(Swap(1, Sku(1), Sku(2)), NoSeatOf(Sku(2)), Facts()))
      << "nobody loses the one while the other cannot be given";
}

TEST(Split, WhatCannotBeTakenDoesNotKeepWhatIsGiven) {
  for (const auto* message :
       {"User license is inherited from a group membership and it cannot be removed directly.",
        "User does not have a corresponding license."}) {
    auto change = Merged();
    change.swaps = {};
    EXPECT_FALSE(RemainderOf(change, RefusedFor(message), Facts())) << "one of two removals";
    change.remove = {Sku(3)};
    const auto rest = RemainderOf(change, RefusedFor(message), Facts());
    ASSERT_TRUE(rest);
    EXPECT_THAT(rest->culprits, ElementsAre(Sku(3)));
    EXPECT_THAT(Added(rest->change), ElementsAre(Sku(1), Sku(2), Sku(5)));
    EXPECT_THAT(rest->change.remove, IsEmpty());
  }
}

TEST(Split, OneOfTwoRemovalsGoesAloneWithItsOrigin) {
  Change change = Unassign(1, Sku(1));
  change.remove = {Sku(1), Sku(2)};
  change.frees_seats = change.remove;
  change.removed_by = {{Sku(1), {.policy = "one", .at = {}}},
                       {Sku(2), {.policy = "two", .at = {}}}};
  change.approved = {{.approval = "command 1", .product = Sku(1)},
                     {.approval = "command 2", .product = Sku(2)}};
  const auto plan = ServicePlanNumber(10).ToString();
  const auto rest =
      RemainderOf(change,
                  RefusedFor(fmt::format("License assignment failed because service plan "
                                         "{} depends on the service plan(s) {}.",
                                         ServicePlanNumber(99).ToString(), plan)),
                  Facts());
  ASSERT_TRUE(rest);
  EXPECT_THAT(rest->change.remove, ElementsAre(Sku(2)));
  EXPECT_EQ(rest->change.origin.policy, "two");
  ASSERT_EQ(rest->change.approved.size(), 1U);
  EXPECT_EQ(rest->change.approved[0].approval, "command 2") << "the other is not used up";
}

TEST(Split, AServicePlanNamesTheProductThatSwitchesItOn) {
  Change change = Assign(1, Sku(1));
  change.add = {License(Sku(1)), License(Sku(2))};
  change.takes_seats = {Sku(1), Sku(2)};
  const auto message =
      fmt::format("service plans {}, {} are mutually exclusive.", ServicePlanNumber(11).ToString(),
                  ServicePlanNumber(99).ToString());
  const auto rest = RemainderOf(change, RefusedFor(message), Facts());
  ASSERT_TRUE(rest);
  EXPECT_THAT(Added(rest->change), ElementsAre(Sku(2)));
  change.add[0].disabled_plans = {ServicePlanNumber(11)};
  EXPECT_FALSE(RemainderOf(change, RefusedFor(message), Facts())) << "it does not switch it on";
}

TEST(Split, ThoseThatTheRefusalNamesBothAreNotTold) {
  Change change = Assign(1, Sku(1));
  change.add = {License(Sku(1)), License(Sku(2)), License(Sku(3))};
  const auto message =
      fmt::format("service plans {}, {} are mutually exclusive.", ServicePlanNumber(10).ToString(),
                  ServicePlanNumber(20).ToString());
  EXPECT_FALSE(RemainderOf(change, RefusedFor(message), Facts()));
}

TEST(Split, APrerequisiteIsNotSeparated) {
  Change change = Assign(1, Sku(1));
  change.add = {License(Sku(1)), License(Sku(2)), License(Sku(3))};
  change.takes_seats = {Sku(1), Sku(2), Sku(3)};
  auto facts = Facts();
  facts.rules.needs[ServicePlanNumber(10)] = {ServicePlanNumber(21), ServicePlanNumber(99)};
  for (const auto& product : {Sku(1), Sku(2)}) {
    const auto rest = RemainderOf(change, NoSeatOf(product), facts);
    ASSERT_TRUE(rest);
    EXPECT_THAT(Added(rest->change), ElementsAre(Sku(3)));
  }
  facts.rules.exclusive = {{ServicePlanNumber(20), ServicePlanNumber(31)}};
  EXPECT_FALSE(RemainderOf(change, NoSeatOf(Sku(1)), facts)) << "everything hangs together now";
}

TEST(Split, NothingIsGuessed) {
  const auto whole = Merged();
  EXPECT_FALSE(RemainderOf(whole, RefusedFor("Something went wrong."), Facts()));
  EXPECT_FALSE(RemainderOf(whole, NoSeatOf(Sku(9)), Facts())) << "a product that is not in it";
  auto refusal = NoSeatOf(Sku(1));
  for (const int status : {401, 403, 404}) {
    refusal.service.status = status;
    EXPECT_FALSE(RemainderOf(whole, refusal, Facts())) << "the whole user, or the whole tenant";
  }
  refusal = NoSeatOf(Sku(1));
  refusal.kind = WriteResult::Kind::kAmbiguous;
  EXPECT_FALSE(RemainderOf(whole, refusal, Facts()));
  EXPECT_FALSE(RemainderOf(Assign(1, Sku(1)), NoSeatOf(Sku(1)), Facts())) << "nothing is left";
  auto located = whole;
  located.usage_location = "FR";
  EXPECT_FALSE(RemainderOf(located, NoSeatOf(Sku(1)), Facts())) << "the products were not tried";
}

TEST(Split, AnIdOfItsOwnSaysTheSameInEveryPlan) {
  const auto rest = RemainderOf(Merged(), NoSeatOf(Sku(1)), Facts());
  const auto again = RemainderOf(rest->change, NoSeatOf(Sku(5)), Facts());
  ASSERT_TRUE(again);
  EXPECT_THAT(Added(again->change), ElementsAre(Sku(2)));
  const auto other_way = RemainderOf(Merged(), NoSeatOf(Sku(5)), Facts());
  const auto then = RemainderOf(other_way->change, NoSeatOf(Sku(1)), Facts());
  ASSERT_TRUE(then);
  EXPECT_EQ(then->change.id, again->change.id);
  EXPECT_NE(again->change.id, rest->change.id);
}

TEST(Split, OfAGroupCountsWhatItsMembersLose) {
  Change change = UnassignGroup(1, Sku(1), 4);
  change.remove = {Sku(1), Sku(2)};
  change.group->losses = {{Sku(1), 4}, {Sku(2), 3}};
  change.affected = {{Sku(1), "a"}, {Sku(2), "b"}};
  const auto rest = RemainderOf(change, NoSeatOf(Sku(1)), Facts());
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->change.group->LossesOf(Sku(1)), 0);
  EXPECT_EQ(rest->change.group->LossesOf(Sku(2)), 3);
  EXPECT_EQ(rest->change.affected.size(), 1U);
}

}  // namespace
}  // namespace seatkeeper::test
