#include "policy/time_zone.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace seatkeeper {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using namespace std::chrono_literals;

TimeZone Zone(std::string_view name) {
  auto zone = TimeZone::Find(name);
  EXPECT_TRUE(zone) << name;
  return *zone;
}

// Whether the zone's clocks show this first, and last, at these moments.
void Expect(std::string_view zone, local_seconds shown, sys_seconds first, sys_seconds last) {
  const auto moments = Zone(zone).MomentsOf(shown);
  ASSERT_TRUE(moments) << zone;
  EXPECT_EQ(moments->first, first) << zone;
  EXPECT_EQ(moments->last, last) << zone;
}

TEST(TimeZone, ClocksAreAheadOrBehind) {
  const auto noon = local_days(year(2026) / 11 / 23) + 12h;
  const sys_seconds day = sys_days(year(2026) / 11 / 23);
  Expect("UTC", noon, day + 12h, day + 12h);
  Expect("Europe/Paris", noon, day + 11h, day + 11h);
  Expect("America/New_York", noon, day + 17h, day + 17h);
  Expect("Asia/Kolkata", noon, day + 6h + 30min, day + 6h + 30min);
  Expect("Pacific/Kiritimati", noon, day - 2h, day - 2h);
}

TEST(TimeZone, ATimeThatClocksLeaveOutIsTheirJump) {
  const auto paris = local_days(year(2027) / 3 / 28);
  const sys_seconds jump = sys_days(year(2027) / 3 / 28) + 1h;
  Expect("Europe/Paris", paris + 2h, jump, jump);
  Expect("Europe/Paris", paris + 2h + 59min, jump, jump);
  Expect("Europe/Paris", paris + 3h, jump, jump);
  Expect("Europe/Paris", paris + 1h + 59min, jump - 1min, jump - 1min);
  const sys_seconds away = sys_days(year(2027) / 3 / 14) + 7h;
  Expect("America/New_York", local_days(year(2027) / 3 / 14) + 2h + 30min, away, away);
}

TEST(TimeZone, ATimeThatClocksShowTwiceHasTwoMoments) {
  const sys_seconds paris = sys_days(year(2027) / 10 / 31);
  Expect("Europe/Paris", local_days(year(2027) / 10 / 31) + 2h + 30min, paris + 30min,
         paris + 90min);
  const sys_seconds new_york = sys_days(year(2027) / 11 / 7);
  Expect("America/New_York", local_days(year(2027) / 11 / 7) + 1h, new_york + 5h, new_york + 6h);
}

TEST(TimeZone, ClocksThatGoOnChangingAreKnownToTheEndOfTheList) {
  const auto summer = [](int years) { return local_days(year(years) / 7 / 1) + 12h; };
  EXPECT_TRUE(Zone("Europe/Paris").MomentsOf(summer(2036)));
  EXPECT_FALSE(Zone("Europe/Paris").MomentsOf(summer(2038)));
  EXPECT_FALSE(Zone("Europe/Paris").MomentsOf(summer(9999)));
  EXPECT_TRUE(Zone("Asia/Tokyo").MomentsOf(summer(2100))) << "whose clocks do not change";
}

TEST(TimeZone, NamesAreTheDatabases) {
  for (const auto* name : {"Europe/Pari", "europe/paris", "", "localtime", "right/UTC", "Europe",
                           "../zoneinfo/UTC", "zone.tab", "leapseconds"}) {
    const auto zone = TimeZone::Find(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().kind, ErrorKind::kNotFound) << name;
  }
  const auto names = TimeZoneNames();
  EXPECT_TRUE(std::binary_search(names.begin(), names.end(), "Europe/Paris"));
  EXPECT_FALSE(std::binary_search(names.begin(), names.end(), "localtime"));
  for (const auto name : names) EXPECT_TRUE(TimeZone::Find(name)) << name;
}

}  // namespace
}  // namespace seatkeeper
