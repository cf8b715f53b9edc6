#include "reconciler/model/time.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

struct Row {
  const char* text;
  const char* canonical;  ///< nullptr: refused.
};

TEST(Time, ParsesAndFormatsByTheTable) {
  const Row rows[] = {
      {"2026-11-21T09:12:33Z", "2026-11-21T09:12:33Z"},
      {"2026-11-21T09:12:33.5Z", "2026-11-21T09:12:33.500Z"},
      {"2026-11-21T09:12:33.05Z", "2026-11-21T09:12:33.050Z"},
      {"2026-11-21T09:12:33.1239999Z", "2026-11-21T09:12:33.123Z"},
      {"2026-11-21T09:12:33.0000000Z", "2026-11-21T09:12:33Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
      {"2026-02-29T00:00:00Z", nullptr},
      {"2026-13-01T00:00:00Z", nullptr},
      {"2026-00-01T00:00:00Z", nullptr},
      {"2026-01-00T00:00:00Z", nullptr},
      {"2026-01-01T24:00:00Z", nullptr},
      {"2026-01-01T23:60:00Z", nullptr},
      {"2026-01-01T23:59:60Z", nullptr},
      {"2026-01-01T23:59:59.Z", nullptr},
      {"2026-01-01T23:59:59.12345678Z", nullptr},
      {"2026-01-01T23:59:59", nullptr},
      {"2026-01-01T23:59:59+00:00", nullptr},
      {"2026-01-01T23:59:59Z ", nullptr},
      {" 2026-01-01T23:59:59Z", nullptr},
      {"2026-01-01 23:59:59Z", nullptr},
      {"2026-1-01T23:59:59Z", nullptr},
      {"+026-01-01T23:59:59Z", nullptr},
      {"2026-01-01", nullptr},
      {"", nullptr},
  };
  for (const auto& row : rows) {
    const auto time = ParseTime(row.text);
    ASSERT_EQ(time.has_value(), row.canonical != nullptr) << row.text;
    if (time) {
      EXPECT_EQ(FormatTime(*time), row.canonical);
      EXPECT_EQ(ParseTime(FormatTime(*time)), time) << row.text;
    }
  }
}

TEST(Time, CountsFromTheEpoch) {
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00Z")->time_since_epoch().count(), 0);
  EXPECT_EQ(ParseTime("2026-01-05T08:00:00.001Z")->time_since_epoch().count(), 1'767'600'000'001);
}

}  // namespace
}  // namespace seatkeeper
