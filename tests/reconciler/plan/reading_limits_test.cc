#include "reconciler/plan/reading_limits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Guards;

std::optional<double> UserLoss(const std::vector<std::string>& says) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < says.size(); ++i) {
    texts.push_back(Guards(fmt::format("g{}", i), says[i]));
  }
  const auto policies = test::Policies(texts);
  std::vector<const Guardrails*> documents;
  for (const auto& document : policies.guardrails) documents.push_back(&document);
  return StrictestMaxUserLoss(documents);
}

TEST(ReadingLimits, TheStrictestDocumentHoldsAndOnlyOffLiftsTheDefault) {
  EXPECT_EQ(UserLoss({}), 10);
  EXPECT_EQ(UserLoss({"maxChanges: 5"}), 10);
  EXPECT_EQ(UserLoss({"maxUserLoss: {percent: 30}"}), 30);
  EXPECT_EQ(UserLoss({"maxUserLoss: {percent: 30}", "maxUserLoss: {percent: 2.5}"}), 2.5);
  EXPECT_EQ(UserLoss({"maxUserLoss: off", "maxUserLoss: {percent: 30}"}), 30);
  EXPECT_EQ(UserLoss({"maxUserLoss: off"}), std::nullopt);
}

TEST(ReadingLimits, ASharePercentOfUsersButAtLeastOne) {
  EXPECT_EQ(AllowedUserLoss(10, 500), 50U);
  EXPECT_EQ(AllowedUserLoss(10, 509), 50U);
  EXPECT_EQ(AllowedUserLoss(10, 9), 1U);
  EXPECT_EQ(AllowedUserLoss(0, 500), 1U);
}

TEST(ReadingLimits, OfFewMembersUpToFourButNoMoreThanHalf) {
  EXPECT_EQ(AllowedShrinking(10, 1), 1U);
  EXPECT_EQ(AllowedShrinking(10, 2), 2U);
  EXPECT_EQ(AllowedShrinking(10, 3), 1U);
  EXPECT_EQ(AllowedShrinking(10, 7), 3U);
  EXPECT_EQ(AllowedShrinking(10, 8), 4U);
  EXPECT_EQ(AllowedShrinking(10, 49), 4U);
  EXPECT_EQ(AllowedShrinking(10, 50), 5U);
  EXPECT_EQ(AllowedShrinking(0, 1000), 4U);
}

}  // namespace
}  // namespace seatkeeper
