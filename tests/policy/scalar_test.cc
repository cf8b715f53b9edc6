#include "policy/scalar.h"

#include <gtest/gtest.h>

#include <cmath>

namespace seatkeeper {
namespace {

using namespace std::chrono;

TEST(Duration, ReadsOneNumberAndOneUnit) {
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("90s"), milliseconds(90'000));
  EXPECT_EQ(ParseDuration("5m"), milliseconds(300'000));
  EXPECT_EQ(ParseDuration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(ParseDuration("0d"), milliseconds(0));
  for (const char* bad :
       {"", "s", "5", "-5s", "+5s", "5w", "5S", "5 s", "1.5h", "99999999999999999999s", "3653d"}) {
    EXPECT_FALSE(ParseDuration(bad)) << bad;
  }
}

TEST(Decimal, ReadsDigitsAndNothingElse) {
  EXPECT_EQ(ParseDecimal("-3", false), -3);
  EXPECT_EQ(ParseDecimal("+5", false), 5);
  EXPECT_EQ(ParseDecimal("2.50", true), 2.5);
  EXPECT_TRUE(std::isinf(*ParseDecimal(std::string(400, '9'), false)));
  for (const char* bad : {"", "-", "1.", ".5", "1e3", "0x1", "nan", "inf", "5%", "1_000"}) {
    EXPECT_FALSE(ParseDecimal(bad, true)) << bad;
  }
  EXPECT_FALSE(ParseDecimal("1.5", false));
}

TEST(Date, IsADayOfTheCalendar) {
  EXPECT_EQ(ParseDate("2027-03-31"), year(2027) / March / 31);
  EXPECT_TRUE(ParseDate("2028-02-29"));
  for (const char* bad : {"", "2027-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "0000-01-01",
                          "2027-3-31", "27-03-31", "2027/03/31", "2027-03-31T00:00:00Z"}) {
    EXPECT_FALSE(ParseDate(bad)) << bad;
  }
}

TEST(TimeOfDay, EndsBeforeMidnight) {
  EXPECT_EQ(ParseTimeOfDay("00:00"), minutes(0));
  EXPECT_EQ(ParseTimeOfDay("23:59"), minutes(1439));
  for (const char* bad : {"", "24:00", "9:00", "09:60", "0900", "09:00:00", "-1:00"}) {
    EXPECT_FALSE(ParseTimeOfDay(bad)) << bad;
  }
}

}  // namespace
}  // namespace seatkeeper
