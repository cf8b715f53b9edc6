#include "reconciler/plan/duration.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

using namespace std::chrono;

TEST(ExpectedDuration, IsTheQuotaAndASecondAWave) {
  EXPECT_EQ(ExpectedDuration(0, 0), seconds(0));
  EXPECT_EQ(ExpectedDuration(1, 1), seconds(2));
  EXPECT_EQ(ExpectedDuration(3'000, 1), seconds(151)) << "3,000 writes in 2 minutes 30 seconds";
  EXPECT_EQ(ExpectedDuration(3'001, 4), seconds(155));
  EXPECT_EQ(ExpectedDuration(3'000, 1, 7.5), seconds(401)) << "another limit";
}

TEST(Approximately, SaysItAsPeopleDo) {
  EXPECT_EQ(Approximately(seconds(59)), "less than a minute");
  EXPECT_EQ(Approximately(seconds(60)), "about 1 minute");
  EXPECT_EQ(Approximately(seconds(170)), "about 3 minutes");
  EXPECT_EQ(Approximately(minutes(89)), "about 89 minutes");
  EXPECT_EQ(Approximately(minutes(90)), "about 2 hours");
  EXPECT_EQ(Approximately(hours(14)), "about 14 hours");
  EXPECT_EQ(Approximately(hours(49)), "about 2 days");
}

TEST(Age, IsTheLargestWholeUnit) {
  EXPECT_EQ(Age(milliseconds(-5)), "less than a minute");
  EXPECT_EQ(Age(seconds(59)), "less than a minute");
  EXPECT_EQ(Age(minutes(1)), "1 minute");
  EXPECT_EQ(Age(minutes(119)), "1 hour");
  EXPECT_EQ(Age(hours(100)), "4 days");
}

}  // namespace
}  // namespace seatkeeper
