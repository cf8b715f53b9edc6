#include "tests/simulator/text.h"

#include <gtest/gtest.h>

#include "tests/simulator/random.h"
#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

TEST(Text, PrintsTimesAsTheServiceDoes) {
  EXPECT_EQ(IsoTime(kNow), "2026-01-05T08:00:00Z");
  EXPECT_EQ(ErrorTime(kNow), "2026-01-05T08:00:00");
  EXPECT_EQ(HttpDate(kNow), "Mon, 05 Jan 2026 08:00:00 GMT");
}

TEST(Text, DecodesUrls) {
  EXPECT_EQ(PercentDecode("a%20b+c", UrlPart::kQuery), "a b c");
  EXPECT_EQ(PercentDecode("a+b", UrlPart::kPath), "a+b");
  EXPECT_EQ(PercentDecode("100%", UrlPart::kPath), std::nullopt);
  EXPECT_EQ(PercentDecode("%zz", UrlPart::kPath), std::nullopt);
}

TEST(Text, Base64UrlHasNoPadding) {
  EXPECT_EQ(Base64Url("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw");
  EXPECT_EQ(Base64Url("\xff\xfe"), "__4");
  EXPECT_EQ(FromBase64Url("__4"), "\xff\xfe");
  EXPECT_EQ(FromBase64Url("a b"), std::nullopt);
}

TEST(Text, GlobsMatchAcrossSlashes) {
  EXPECT_TRUE(MatchesGlob("/users/*/assignLicense", "/users/a/b/assignlicense"));
  EXPECT_TRUE(MatchesGlob("*", ""));
  EXPECT_TRUE(MatchesGlob("*ab*b", "aababb"));
  EXPECT_FALSE(MatchesGlob("/users/*", "/groups/1"));
  EXPECT_FALSE(MatchesGlob("/users", "/users/1"));
}

TEST(Text, KnowsGuids) {
  EXPECT_TRUE(IsGuid("05E9A617-0261-4cee-bb44-138d3ef5d965"));
  EXPECT_FALSE(IsGuid("05E9A617-0261-4cee-bb44-138d3ef5d96"));
  EXPECT_FALSE(IsGuid("05E9A617x0261-4cee-bb44-138d3ef5d965"));
}

// The numbers are those of the reference implementation: they must never depend on the platform.
TEST(Random, IsTheSameEverywhere) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317ULL);
  EXPECT_EQ(random.Next(), 3203168211198807973ULL);
}

TEST(Random, DrawsWithinBounds) {
  Random random(3);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.Below(7), 7U);
  EXPECT_FALSE(random.Chance(0.0));
  EXPECT_TRUE(random.Chance(1.0));
  EXPECT_TRUE(IsGuid(random.Guid()));
}

}  // namespace
}  // namespace seatkeeper::sim::test
