#include "reconciler/graph/token_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RateLimit kWrites{3'000, seconds(150)};  // 20 a second; 30 always stay.

class TokenBucketTest : public ::testing::Test {
 protected:
  milliseconds Wait(double amount, double spare = 0) {
    return bucket_.When(amount, now_, spare) - now_;
  }

  MonotonicTime now_{std::chrono::hours(1)};
  TokenBucket bucket_{kWrites};
};

TEST_F(TokenBucketTest, IsFullInTheBeginningAndKeepsAHundredthBack) {
  EXPECT_EQ(Wait(2'970), milliseconds(0));
  bucket_.Take(2'970, now_);
  EXPECT_EQ(Wait(1), milliseconds(50));
  EXPECT_EQ(Wait(20), seconds(1));
}

TEST_F(TokenBucketTest, FillsUpEvenlyAndNoFurtherThanItHolds) {
  bucket_.Take(2'970, now_);
  now_ += seconds(10);
  EXPECT_EQ(Wait(200), milliseconds(0));
  EXPECT_EQ(Wait(220), seconds(1));
  now_ += std::chrono::hours(5);
  bucket_.Take(2'970, now_);
  EXPECT_EQ(Wait(20), seconds(1));
}

TEST_F(TokenBucketTest, MoreThanItHoldsGoesWhenItIsFull) {
  bucket_.Take(20, now_);
  EXPECT_EQ(Wait(9'000), seconds(1));
}

TEST_F(TokenBucketTest, MayBeOverdrawn) {
  bucket_.Take(3'100, now_);
  EXPECT_EQ(Wait(20), milliseconds(7'500)) << "100 overdrawn, 30 kept back, and the 20";
}

TEST_F(TokenBucketTest, WhatIsReturnedIsThereAgain) {
  bucket_.Take(2'970, now_);
  bucket_.Return(20);
  EXPECT_EQ(Wait(20), milliseconds(0));
  EXPECT_EQ(Wait(21), milliseconds(50));
}

TEST_F(TokenBucketTest, SomeIsLeftOverForWhoeverMayTakeAll) {
  bucket_.Take(2'240, now_);
  EXPECT_EQ(Wait(20, 0.25), seconds(2)) << "760 are left, of which 750 and 30 are not for it";
  EXPECT_EQ(Wait(20), milliseconds(0));
}

TEST_F(TokenBucketTest, AShareIsASmallerLimit) {
  bucket_ = TokenBucket(kWrites, 0.5);
  EXPECT_EQ(Wait(1'485), milliseconds(0));
  bucket_.Take(1'485, now_);
  EXPECT_EQ(Wait(20), seconds(2));
}

TEST_F(TokenBucketTest, AnotherLimitForgetsNothingThatIsUsed) {
  bucket_.Take(1'000, now_);
  bucket_.SetLimit({6'000, seconds(150)}, 1);
  EXPECT_EQ(Wait(4'940), milliseconds(0));
  EXPECT_GT(Wait(4'941), milliseconds(0));
}

TEST_F(TokenBucketTest, BelievesTheServiceThatMoreIsUsed) {
  bucket_.Take(1'000, now_);
  bucket_.Told(0.9, 60, now_);
  EXPECT_EQ(Wait(210), milliseconds(0)) << "300, less 60 that may not have been seen and 30";
  EXPECT_EQ(Wait(211), milliseconds(50));
  EXPECT_NEAR(bucket_.Used(now_), 0.92, 1e-9);
}

TEST_F(TokenBucketTest, DoesNotBelieveTheServiceThatLessIsUsed) {
  bucket_.Take(2'970, now_);
  bucket_.Told(0.8, 0, now_);
  EXPECT_EQ(Wait(20), seconds(1)) << "what is under way may not have been counted yet";
}

TEST_F(TokenBucketTest, UnderPressureItFillsMoreSlowly) {
  bucket_.Take(2'970, now_);
  bucket_.Told(1.4, 0, now_);
  EXPECT_EQ(Wait(20), seconds(5)) << "30 and 20 at half the pace";
  bucket_.Told(1.8, 0, now_);
  EXPECT_EQ(Wait(20), seconds(50)) << "and hardly at all";
}

TEST_F(TokenBucketTest, LeavesTheServiceAloneForAsLongAsItSays) {
  bucket_.Throttled(milliseconds(30'250), false, now_);
  EXPECT_EQ(Wait(1), milliseconds(30'250));
  now_ += milliseconds(30'250);
  EXPECT_EQ(Wait(500), milliseconds(0)) << "it was filling up meanwhile";
}

TEST_F(TokenBucketTest, AShorterWaitDoesNotEndALongerOne) {
  bucket_.Throttled(seconds(30), false, now_);
  bucket_.Throttled(seconds(5), false, now_);
  EXPECT_EQ(Wait(1), seconds(30));
}

TEST_F(TokenBucketTest, LeavesHalfToOthersAndComesBackEvenly) {
  bucket_.Throttled({}, true, now_);
  EXPECT_EQ(Wait(20), seconds(5)) << "30 and 20 at half the pace";
  now_ += seconds(75);  // Half the period: the pace is back.
  bucket_.Take(3'000, now_);
  const auto missing = Wait(20);
  now_ += missing;
  EXPECT_EQ(Wait(20), milliseconds(0));
  bucket_.Take(20, now_);
  EXPECT_EQ(Wait(20), seconds(1));
}

// However it is used, no stretch of time ever sees more than the limit allows.
TEST_F(TokenBucketTest, NeverGivesMoreThanTheLimit) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    TokenBucket bucket(kWrites);
    MonotonicTime now{std::chrono::hours(1)};
    double left = 3'000;  // As the service keeps it.
    for (int i = 0; i < 3'000; ++i) {
      const auto passed = milliseconds(random() % 4'000);
      now += passed;
      left = std::min(3'000.0, left + static_cast<double>(passed.count()) * 0.02);
      const double amount = 1 + static_cast<double>(random() % 60);
      if (bucket.When(amount, now) > now) continue;
      bucket.Take(amount, now);
      left -= amount;
      ASSERT_GE(left, 0) << "seed " << seed << ", step " << i;
    }
  }
}

// To wait as long as was said is always enough.
TEST_F(TokenBucketTest, WhatWasSaidHolds) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    const double amount = 1 + static_cast<double>(random() % 200);
    const auto when = bucket_.When(amount, now_);
    now_ = when;
    ASSERT_LE(bucket_.When(amount, now_), now_) << "step " << i;
    bucket_.Take(amount, now_);
    if (random() % 50 == 0) bucket_.Throttled(milliseconds(random() % 9'000), true, now_);
    if (random() % 50 == 0) bucket_.Told(0.8 + static_cast<double>(random() % 10) / 10, 3, now_);
  }
}

}  // namespace
}  // namespace seatkeeper::test
