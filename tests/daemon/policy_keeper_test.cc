#include "daemon/policy_keeper.h"

#include <gtest/gtest.h>

#include "tests/daemon/daemon_support.h"

namespace seatkeeper {
namespace {

using Change = PolicyKeeper::Change;

PolicyReading Reading(const std::string& revision, const std::string& text) {
  PolicyReading reading;
  reading.tree.files = {{.path = "p.yaml", .text = text}};
  reading.tree.revision = revision;
  reading.loaded = LoadPolicies(reading.tree.files, {});
  return reading;
}

PolicyReading Good(const std::string& revision) {
  return Reading(revision, test::SmallPolicy("p" + revision));
}
PolicyReading Bad(const std::string& revision) { return Reading(revision, "nonsense: true\n"); }

Error Unreadable() {
  return {.kind = ErrorKind::kIo, .message = "cannot read p", .position = {}, .service = {}};
}

TEST(PolicyKeeper, HasNothingUntilSomethingLoads) {
  PolicyKeeper keeper;
  EXPECT_EQ(keeper.in_force(), nullptr);
  EXPECT_EQ(keeper.Take(Bad("1")), Change::kFailed);
  EXPECT_EQ(keeper.in_force(), nullptr);
  EXPECT_GT(keeper.error_count(), 0U);
  EXPECT_EQ(keeper.Take(Good("2")), Change::kTaken);
  ASSERT_NE(keeper.in_force(), nullptr);
  EXPECT_EQ(keeper.in_force()->revision, "2");
  EXPECT_EQ(keeper.error_count(), 0U);
}

TEST(PolicyKeeper, ABadReloadKeepsTheLastGoodOneOutdated) {
  PolicyKeeper keeper;
  ASSERT_EQ(keeper.Take(Good("1")), Change::kTaken);
  EXPECT_EQ(keeper.Take(Bad("2")), Change::kFailed);
  EXPECT_EQ(keeper.in_force()->revision, "1");
  EXPECT_EQ(keeper.in_force()->policies.license_policies.at(0).name, "p1");
  EXPECT_TRUE(keeper.in_force()->outdated);
  EXPECT_FALSE(keeper.findings().empty());
}

TEST(PolicyKeeper, WhatWasKeptIsOutdatedUntilTheFilesLoad) {
  PolicyKeeper keeper;
  ASSERT_EQ(keeper.Take(Bad("2")), Change::kFailed);
  EXPECT_EQ(keeper.Restore(Good("1")), Change::kTaken);
  ASSERT_NE(keeper.in_force(), nullptr);
  EXPECT_EQ(keeper.in_force()->revision, "1");
  EXPECT_TRUE(keeper.in_force()->outdated);
  EXPECT_GT(keeper.error_count(), 0U) << "of the newest files";
  EXPECT_EQ(keeper.Take(Good("1")), Change::kTaken);
  EXPECT_FALSE(keeper.in_force()->outdated);
}

TEST(PolicyKeeper, WhatWasKeptNeverReplacesWhatLoaded) {
  PolicyKeeper keeper;
  ASSERT_EQ(keeper.Take(Good("2")), Change::kTaken);
  EXPECT_EQ(keeper.Restore(Good("1")), Change::kNone);
  EXPECT_EQ(keeper.in_force()->revision, "2");
  EXPECT_FALSE(keeper.in_force()->outdated);
}

TEST(PolicyKeeper, AFailureIsNewsOnce) {
  PolicyKeeper keeper;
  keeper.Take(Good("1"));
  EXPECT_EQ(keeper.Take(Bad("2")), Change::kFailed);
  EXPECT_EQ(keeper.Take(Bad("2")), Change::kNone);
  EXPECT_EQ(keeper.Take(Bad("3")), Change::kFailed);
  EXPECT_EQ(keeper.Take(Unreadable()), Change::kFailed);
  EXPECT_EQ(keeper.Take(Unreadable()), Change::kNone);
  EXPECT_EQ(keeper.error_count(), 1U);
}

TEST(PolicyKeeper, TheSameFilesAgainChangeNothing) {
  PolicyKeeper keeper;
  keeper.Take(Good("1"));
  EXPECT_EQ(keeper.Take(Good("1")), Change::kNone);
}

TEST(PolicyKeeper, GoingBackToWhatIsInForceIsUpToDateAgain) {
  PolicyKeeper keeper;
  keeper.Take(Good("1"));
  keeper.Take(Unreadable());
  EXPECT_TRUE(keeper.in_force()->outdated);
  EXPECT_EQ(keeper.Take(Good("1")), Change::kTaken);
  EXPECT_FALSE(keeper.in_force()->outdated);
  EXPECT_EQ(keeper.Take(Unreadable()), Change::kFailed) << "news again after it was mended";
}

}  // namespace
}  // namespace seatkeeper
