#include "reconciler/graph/http_time.h"

#include <gtest/gtest.h>

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> After(const char* value, WallTime now = {}) {
  return RetryAfter({{"retry-AFTER", value}}, now);
}

TEST(RetryAfterHeader, ReadsDecimalSecondsRoundingUp) {
  EXPECT_EQ(After("2"), milliseconds(2'000));
  EXPECT_EQ(After("2.128"), milliseconds(2'128));
  EXPECT_EQ(After("0.0001"), milliseconds(1));
  EXPECT_EQ(After("0"), milliseconds(0));
}

TEST(RetryAfterHeader, ReadsDatesRelativeToNow) {
  const auto now = *ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatTime(now), "1994-11-06T08:49:37Z");
  EXPECT_EQ(After("Sun, 06 Nov 1994 08:50:00 GMT", now), milliseconds(23'000));
  EXPECT_EQ(After("Sun, 06 Nov 1994 08:00:00 GMT", now), milliseconds(0)) << "in the past";
}

TEST(RetryAfterHeader, IgnoresNonsenseAndBoundsTheRest) {
  for (const char* text : {"", "soon", "-1", "1e9", "inf", "1.2.3", ".", "Sun, 66 Nov 1994"}) {
    EXPECT_EQ(After(text), std::nullopt) << text;
  }
  EXPECT_EQ(After("99999999999999999999999"), std::chrono::hours(24));
  EXPECT_EQ(RetryAfter({}, {}), std::nullopt);
}

std::optional<milliseconds> SkewOf(milliseconds local, milliseconds elapsed) {
  const auto date = *ParseHttpDate("Mon, 05 Jan 2026 08:00:00 GMT");
  return ClockSkew({{"date", "Mon, 05 Jan 2026 08:00:00 GMT"}}, date + local, elapsed);
}

TEST(ClockSkewOfAnAnswer, IsWhatIsCertain) {
  EXPECT_EQ(SkewOf(milliseconds(0), milliseconds(0)), milliseconds(0));
  EXPECT_EQ(SkewOf(milliseconds(999), milliseconds(0)), milliseconds(0)) << "Date is cut off";
  EXPECT_EQ(SkewOf(milliseconds(40'000), milliseconds(39'000)), milliseconds(0)) << "it took long";
  EXPECT_EQ(SkewOf(milliseconds(61'000), milliseconds(10'000)), milliseconds(-50'000));
  EXPECT_EQ(SkewOf(milliseconds(-60'000), milliseconds(10'000)), milliseconds(60'000));
  EXPECT_EQ(ClockSkew({}, {}, {}), std::nullopt);
  EXPECT_EQ(ClockSkew({{"Date", "today"}}, {}, {}), std::nullopt);
}

}  // namespace
}  // namespace seatkeeper::test
