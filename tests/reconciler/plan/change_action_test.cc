#include "reconciler/plan/change_action.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using test::Sku;

TEST(ChangeAction, IsOneWordForWhatARequestDoes) {
  EXPECT_EQ(ActionOf(test::Assign(1, Sku(1))), "assign");
  EXPECT_EQ(ActionOf(test::Unassign(1, Sku(1))), "unassign");
  EXPECT_EQ(ActionOf(test::Swap(1, Sku(1), Sku(2))), "swap");
}

TEST(ChangeAction, OfWhatIsHeldAlreadyOnlyThePlansAreSwitched) {
  auto change = test::Assign(1, Sku(1));
  change.before = {{.product = Sku(1), .disabled_plans = {test::ServicePlanNumber(1)}}};
  EXPECT_EQ(ActionOf(change), "plans");
  change.add.push_back({.product = Sku(2), .disabled_plans = {}});
  EXPECT_EQ(ActionOf(change), "assign");
}

TEST(ChangeAction, WhatAGroupGivesIsNotAssigned) {
  auto change = test::Assign(1, Sku(1));
  change.reprocess.emplace();
  EXPECT_EQ(ActionOf(change), "reprocess");
}

TEST(ChangeAction, AnswersNothingElse) {
  auto again = test::Assign(3, Sku(1));
  again.reprocess.emplace();
  for (const auto& change :
       {test::AssignGroup(1, Sku(1), 3), test::UnassignGroup(2, Sku(1), 3), again}) {
    EXPECT_NE(std::ranges::find(kChangeActions, ActionOf(change)), kChangeActions.end());
  }
}

}  // namespace
}  // namespace seatkeeper
