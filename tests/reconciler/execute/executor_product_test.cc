// Refusals that would befall every change which gives the same product.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);

WriteResult NoSeatOf(const SkuId& product) {
  return Says(WriteResult::Kind::kRefused, 400,
              fmt::format("Subscription with SKU {} does not have any available licenses.",
                          product.ToString()));
}

/// One change after the other.
const ExecutorOptions kOneByOne{.max_batch = 1, .max_batches_under_way = 1};

TEST(ExecutorProduct, WithoutASeatIsNotAskedForAgain) {
  Driver driver({Assign(1, kE5), Assign(2, kE5), Assign(3, kE3), Assign(4, kE5, 2)},
                {{kE3, 9}, {kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {NoSeatOf(kE5)};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c3")));
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kRefused);
  for (const char* other : {"c2", "c4"}) {
    EXPECT_EQ(driver.StateOf(other), ChangeState::kWithdrawn) << other;
    EXPECT_THAT(driver.MessageOf(other),
                AllOf(HasSubstr("Not sent"), HasSubstr("does not have any available licenses")));
    EXPECT_FALSE(driver.intents.contains(std::string("p1/") + other)) << "nothing was intended";
  }
}

TEST(ExecutorProduct, ThatTheTenantDoesNotOwnIsNotAskedForAgain) {
  Driver driver({Assign(1, kE5), Assign(2, kE5)}, {{kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {Says(
      WriteResult::Kind::kRefused, 400,
      fmt::format("License {} does not correspond to a valid company License.", kE5.ToString()))};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
}

TEST(ExecutorProduct, IsAskedForAgainOnceASeatOfItIsFreed) {
  Driver driver({Assign(1, kE5), Assign(2, kE5), Unassign(3, kE5), Assign(4, kE5, 2)}, {{kE5, 9}},
                kOneByOne);
  driver.answers["c1"] = {NoSeatOf(kE5)};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("c1"), ElementsAre("c3"), ElementsAre("c2"),
                                       ElementsAre("c4")));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c4"), ChangeState::kAccepted);
}

TEST(ExecutorProduct, ASwapToItIsNotSentAndNobodyLosesAnything) {
  Driver driver({Assign(1, kE5), Swap(2, kE3, kE5)}, {{kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {NoSeatOf(kE5)};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, SizeIs(1));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
}

TEST(ExecutorProduct, WhatGivesOtherThingsAsWellIsTriedAndGoesOnWithoutIt) {
  Change both = Assign(2, kE5);
  both.add.push_back({.product = kE3, .disabled_plans = {}});
  both.takes_seats.push_back(kE3);
  Driver driver({Assign(1, kE5), both}, {{kE3, 9}, {kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {NoSeatOf(kE5)};
  driver.answers["c2"] = {NoSeatOf(kE5)};
  driver.Start();
  driver.Run();
  ASSERT_THAT(driver.executor().split_off(), SizeIs(1));
  EXPECT_EQ(driver.StateOf(driver.executor().split_off().begin()->first), ChangeState::kAccepted);
}

TEST(ExecutorProduct, OtherServicePlansOfWhoHoldsItNeedNoSeat) {
  Change plans = Assign(2, kE5);
  plans.takes_seats.clear();
  Driver driver({Assign(1, kE5), plans}, {{kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {NoSeatOf(kE5)};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted);
}

TEST(ExecutorProduct, RefusalsOfOneUserConcernNobodyElse) {
  for (const char* message :
       {"License assignment cannot be done for user with invalid usage location.",
        "Something that nobody has ever seen.", ""}) {
    Driver driver({Assign(1, kE5), Assign(2, kE5)}, {{kE5, 9}}, kOneByOne);
    driver.answers["c1"] = {Says(WriteResult::Kind::kRefused, 400, message)};
    driver.Start();
    driver.Run();
    EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted) << message;
  }
}

TEST(ExecutorProduct, OneThatCannotBeToldIsNotGuessed) {
  Change both = Assign(1, kE5);
  both.add.push_back({.product = kE3, .disabled_plans = {}});
  both.takes_seats.push_back(kE3);
  Driver driver({both, Assign(2, kE5), Assign(3, kE3)}, {{kE3, 9}, {kE5, 9}}, kOneByOne);
  driver.answers["c1"] = {
      Says(WriteResult::Kind::kRefused, 400, "It does not have any available licenses.")};
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.executor().split_off(), IsEmpty());
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c3"), ChangeState::kAccepted);
}

}  // namespace
}  // namespace seatkeeper::test
