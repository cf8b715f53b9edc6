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

TEST(Text, ReadsInstants) {
  EXPECT_EQ(ParseIsoTime("2026-01-05T08:00:00Z"), kNow);
  EXPECT_EQ(ParseIsoTime("2026-01-05T08:00:00.25Z"), kNow + std::chrono::milliseconds(250));
  EXPECT_EQ(ParseIsoTime("2026-01-05T08:00:00.1234567Z"), kNow + std::chrono::milliseconds(123));
  for (const char* text : {"", "Z", "2026-01-05", "2026-01-05T08:00:00", "2026-02-30T08:00:00Z",
                           "2026-01-05T24:00:00Z", "2026-01-05T08:00:00.Z", "2026-01-05 08:00:00Z",
                           "2026-01-05T08:00:00.1aZ", "2026-01-05T08:00:00+01:00"}) {
    EXPECT_EQ(ParseIsoTime(text), std::nullopt) << text;
  }
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
