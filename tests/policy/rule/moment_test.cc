#include "policy/rule/moment.h"

#include <gtest/gtest.h>

#include <string>

namespace seatkeeper::rule {
namespace {

std::string Read(std::string_view text) {
  const auto parsed = ParseMoment(text);
  if (const auto* hint = std::get_if<std::string>(&parsed)) return "no: " + *hint;
  return PrintMoment(std::get<Moment>(parsed));
}

TEST(RuleMoment, ReadsDatesAndTimes) {
  const std::pair<const char*, const char*> rows[] = {
      {"2027-03-31", "2027-03-31T00:00:00Z"},
      {"2027-03-31T08:05Z", "2027-03-31T08:05:00Z"},
      {"2027-03-31t08:05:59z", "2027-03-31T08:05:59Z"},
      {"2027-03-31T08:05:59.5Z", "2027-03-31T08:05:59.500Z"},
      {"2027-03-31T08:05:59.0000000Z", "2027-03-31T08:05:59Z"},
      {"2027-03-31T08:05:59.1239999Z", "2027-03-31T08:05:59.123Z"},
      {"2027-03-31T01:00:00+02:00", "2027-03-30T23:00:00Z"},
      {"2027-12-31T20:00-05:30", "2028-01-01T01:30:00Z"},
      {"2028-02-29", "2028-02-29T00:00:00Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"0001-01-01", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
  };
  for (const auto& [text, moment] : rows) EXPECT_EQ(Read(text), moment) << text;
}

TEST(RuleMoment, RefusesWhatIsNoMoment) {
  for (const char* text : {"",
                           "yesterday",
                           "2027",
                           "2027-3-31",
                           "2027-13-01",
                           "2027-00-01",
                           "31.03.2027",
                           "2027-03-31T",
                           "2027-03-31 08:00:00Z",
                           "2027-03-31T24:00:00Z",
                           "2027-03-31T08:60Z",
                           "2027-03-31T08:00:60Z",
                           "2027-03-31T08:00:00.Z",
                           "2027-03-31T08:00:00.12345678Z",
                           "2027-03-31T08:00:00Zx",
                           "2027-03-31T08:00+2",
                           "2027-03-31T08:00+15:00",
                           "0000-01-01",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "2027\r03\r31"}) {
    EXPECT_EQ(Read(text), "no: write a date, as in 2027-03-31 or 2027-03-31T08:00:00Z") << text;
  }
  EXPECT_EQ(Read("2027-02-29"), "no: there is no such day in the calendar");
  EXPECT_EQ(Read("2027-03-31T08:00:00"), "no: add Z for UTC, or an offset such as +02:00");
}

std::string ReadDuration(std::string_view text) {
  const auto parsed = ParseIsoDuration(text);
  if (const auto* hint = std::get_if<std::string>(&parsed)) return "no: " + *hint;
  return PrintIsoDuration(std::get<std::chrono::seconds>(parsed));
}

TEST(RuleDuration, ReadsWeeksToSeconds) {
  const std::pair<const char*, const char*> rows[] = {
      {"p1d", "p1d"},         {"P30D", "p30d"},
      {"P1W", "p7d"},         {"p1w2d", "p9d"},
      {"PT12H", "pt12h"},     {"pt90m", "pt1h30m"},
      {"PT1M", "pt1m"},       {"p1dt1h1m1s", "p1dt1h1m1s"},
      {"pt86400s", "p1d"},    {"P0D", "p0d"},
      {"p36525d", "p36525d"},
  };
  for (const auto& [text, duration] : rows) EXPECT_EQ(ReadDuration(text), duration) << text;
}

TEST(RuleDuration, RefusesWhatHasNoLength) {
  for (const char* text : {"", "p", "1d", "pt", "p1dt", "p1", "pd", "p1h", "p1s", "pt1d", "p-1d",
                           "p1.5d", "pt1s1m", "p1d1w", "p1d ", "p1dx", "p999999999d", "30"}) {
    EXPECT_EQ(ReadDuration(text), "no: write an ISO 8601 duration, as in p30d, p1w or pt12h")
        << text;
  }
  for (const char* text : {"p1y", "P2M", "p1y6m", "P1M10D"}) {
    EXPECT_NE(ReadDuration(text).find("write days, as in p30d: months and years differ in length"),
              std::string::npos)
        << text;
  }
  EXPECT_EQ(ReadDuration("p36526d"), "no: write at most 100 years, in days");
  EXPECT_EQ(ReadDuration("p99999999w"), "no: write at most 100 years, in days");
}

}  // namespace
}  // namespace seatkeeper::rule
