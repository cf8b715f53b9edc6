#include "reconciler/plan/id_sample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

std::vector<UserId> Users(int from, int to) {
  std::vector<UserId> users;
  for (int number = from; number < to; ++number) users.push_back(test::User(number));
  return users;
}

TEST(IdSample, KeepsAllOfFewAndAPartOfMany) {
  const auto few = SampleOf(Users(0, 100), 100);
  EXPECT_EQ(few.shift, 0);
  EXPECT_EQ(few.hashes.size(), 100U);
  const auto many = SampleOf(Users(0, 100'000), 512);
  EXPECT_EQ(many.count, 100'000U);
  EXPECT_GT(many.hashes.size(), 300U);
  EXPECT_LT(many.hashes.size(), 600U);
}

TEST(IdSample, CountsWhoIsGoneExactlyWhereAllAreKept) {
  const auto before = SampleOf(Users(0, 100), 512);
  EXPECT_EQ(CountGone(before, before), 0U);
  EXPECT_EQ(CountGone(before, SampleOf(Users(37, 300), 512)), 37U);
  EXPECT_EQ(CountGone(before, SampleOf({}, 512)), 100U);
  EXPECT_EQ(CountGone(SampleOf({}, 512), before), 0U);
}

TEST(IdSample, EstimatesWhoIsGoneFromMany) {
  const auto before = SampleOf(Users(0, 100'000), 4096);
  const auto swapped = CountGone(before, SampleOf(Users(20'000, 120'000), 4096));
  EXPECT_GT(swapped, 18'000U);
  EXPECT_LT(swapped, 22'000U);
  EXPECT_GE(CountGone(before, SampleOf(Users(20'000, 100'000), 4096)), 20'000U)
      << "never less than the sizes say";
}

TEST(IdSample, SetsKeptByDifferentSharesCompare) {
  const auto small = SampleOf(Users(0, 500), 512);
  const auto grown = SampleOf(Users(0, 5'000), 512);
  EXPECT_GT(grown.shift, 0);
  EXPECT_EQ(CountGone(small, grown), 0U);
  EXPECT_GE(CountGone(grown, small), 4'500U);
}

TEST(IdSample, TheOrderOfUsersLeavesNoTrace) {
  auto users = Users(0, 2'000);
  const auto sample = SampleOf(users, 512);
  std::reverse(users.begin(), users.end());
  EXPECT_EQ(SampleOf(users, 512), sample);
}

}  // namespace
}  // namespace seatkeeper
