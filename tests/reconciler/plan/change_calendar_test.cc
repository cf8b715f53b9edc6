#include "reconciler/plan/change_calendar.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Guards;
using test::Policies;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

// Guardrails documents "one", "two" and so on that say this.
class Calendar {
 public:
  explicit Calendar(const std::vector<std::string>& says) {
    constexpr const char* kNames[] = {"one", "two", "three"};
    std::vector<std::string> documents;
    for (const auto& each : says) documents.push_back(Guards(kNames[documents.size()], each));
    policies_ = Policies(documents);
  }

  Opening At(WallTime now) const {
    std::vector<const Guardrails*> documents;
    for (const auto& document : policies_.guardrails) documents.push_back(&document);
    return OpeningAt(documents, now);
  }
  Opening At(const std::string& now) const { return At(*ParseTime(now)); }

  // "open to 2026-...", "closed to 2026-...", or without an end "open", "closed".
  std::string Brief(const std::string& now) const {
    const auto opening = At(now);
    const auto& until = opening.open ? opening.closes : opening.opens;
    return (opening.open ? "open" : "closed") + (until ? " to " + FormatTime(*until) : "");
  }

 private:
  PolicySet policies_;
};

std::string Window(const std::string& days, const std::string& from, const std::string& to,
                   const std::string& zone) {
  return fmt::format("{{days: [{}], from: \"{}\", to: \"{}\", timezone: {}}}", days, from, to,
                     zone);
}

Calendar OneWindow(const std::string& days, const std::string& from, const std::string& to,
                   const std::string& zone) {
  return Calendar({"windows: [" + Window(days, from, to, zone) + "]"});
}

const std::string kWeek = "mon, tue, wed, thu, fri, sat, sun";

TEST(ChangeCalendar, IsOpenWhereNothingIsSaid) {
  EXPECT_EQ(Calendar({}).Brief("2026-11-23T08:00:00Z"), "open");
  EXPECT_EQ(Calendar({"maxChanges: 7"}).Brief("2026-11-23T08:00:00Z"), "open");
}

TEST(ChangeCalendar, AWindowOpensByTheClocksOfItsZone) {
  const auto calendar = OneWindow("mon, tue, wed, thu", "09:00", "17:00", "Europe/Paris");
  EXPECT_EQ(calendar.Brief("2026-11-23T07:59:59.999Z"), "closed to 2026-11-23T08:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-23T08:00:00Z"), "open to 2026-11-23T16:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-23T15:59:59.999Z"), "open to 2026-11-23T16:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-23T16:00:00Z"), "closed to 2026-11-24T08:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-26T16:00:00Z"), "closed to 2026-11-30T08:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-07-06T07:30:00Z"), "open to 2026-07-06T15:00:00Z") << "in summer";
}

TEST(ChangeCalendar, TheNamedDayIsTheZonesAndNotUtcs) {
  const auto ahead = OneWindow("mon", "00:30", "03:00", "Pacific/Kiritimati");
  EXPECT_EQ(ahead.Brief("2026-11-21T00:00:00Z"), "closed to 2026-11-22T10:30:00Z");
  const auto behind = OneWindow("fri", "22:00", "23:00", "America/New_York");
  EXPECT_EQ(behind.Brief("2026-11-21T00:00:00Z"), "closed to 2026-11-21T03:00:00Z");
}

TEST(ChangeCalendar, AWindowMayEndOnTheNextDay) {
  const auto night = OneWindow("fri", "22:00", "06:00", "Europe/Paris");
  EXPECT_EQ(night.Brief("2026-11-20T20:59:00Z"), "closed to 2026-11-20T21:00:00Z");
  EXPECT_EQ(night.Brief("2026-11-21T04:59:00Z"), "open to 2026-11-21T05:00:00Z");
  EXPECT_EQ(night.Brief("2026-11-21T05:00:00Z"), "closed to 2026-11-27T21:00:00Z");
  const auto whole_day = OneWindow("sat", "09:00", "09:00", "UTC");
  EXPECT_EQ(whole_day.Brief("2026-11-21T09:00:00Z"), "open to 2026-11-22T09:00:00Z");
}

TEST(ChangeCalendar, WindowsThatMeetAreOne) {
  const Calendar calendar({"windows: [" + Window("mon", "09:00", "17:00", "UTC") + ", " +
                           Window("mon", "17:00", "00:00", "UTC") + ", " +
                           Window("tue", "00:00", "01:00", "UTC") + "]"});
  EXPECT_EQ(calendar.Brief("2026-11-23T10:00:00Z"), "open to 2026-11-24T01:00:00Z");
  EXPECT_EQ(OneWindow(kWeek, "00:00", "00:00", "UTC").Brief("2026-11-23T10:00:00Z"), "open");
}

TEST(ChangeCalendar, ATimeThatClocksLeaveOutIsTheirJump) {
  // Clocks go from 02:00 to 03:00 at 01:00 UTC on 28 March 2027, a Sunday.
  EXPECT_EQ(OneWindow("sun", "02:30", "05:00", "Europe/Paris").Brief("2027-03-28T00:00:00Z"),
            "closed to 2027-03-28T01:00:00Z");
  EXPECT_EQ(OneWindow("sun", "01:00", "02:30", "Europe/Paris").Brief("2027-03-28T00:30:00Z"),
            "open to 2027-03-28T01:00:00Z");
  EXPECT_EQ(OneWindow("sun", "02:10", "02:50", "Europe/Paris").Brief("2027-03-28T01:00:00Z"),
            "closed to 2027-04-04T00:10:00Z")
      << "left out whole";
  // From 02:00 to 03:00 at 07:00 UTC on 14 March 2027.
  EXPECT_EQ(OneWindow("sun", "02:30", "05:00", "America/New_York").Brief("2027-03-14T06:00:00Z"),
            "closed to 2027-03-14T07:00:00Z");
  EXPECT_EQ(OneWindow("sat", "22:00", "04:00", "America/New_York").Brief("2027-03-14T07:30:00Z"),
            "open to 2027-03-14T08:00:00Z");
}

TEST(ChangeCalendar, OfATimeShownTwiceTheOneCountsThatKeepsTheWindowShort) {
  // Clocks go from 03:00 to 02:00 at 01:00 UTC on 31 October 2027, a Sunday.
  const auto opens = OneWindow("sun", "02:30", "05:00", "Europe/Paris");
  EXPECT_EQ(opens.Brief("2027-10-31T00:30:00Z"), "closed to 2027-10-31T01:30:00Z");
  const auto closes = OneWindow("sun", "01:00", "02:30", "Europe/Paris");
  EXPECT_EQ(closes.Brief("2027-10-30T23:30:00Z"), "open to 2027-10-31T00:30:00Z");
  const auto within = OneWindow("sun", "02:15", "02:45", "Europe/Paris");
  EXPECT_EQ(within.Brief("2027-10-31T00:20:00Z"), "closed to 2027-11-07T01:15:00Z")
      << "it would close before it opens";
  // From 02:00 to 01:00 at 06:00 UTC on 7 November 2027.
  const auto new_york = OneWindow("sun", "01:30", "04:00", "America/New_York");
  EXPECT_EQ(new_york.Brief("2027-11-07T05:45:00Z"), "closed to 2027-11-07T06:30:00Z");
}

TEST(ChangeCalendar, AFreezeCoversItsDaysInUtcBothIncluded) {
  const Calendar calendar({"freezes: [{from: 2026-12-20, to: 2027-01-03, reason: year end}]"});
  EXPECT_EQ(calendar.Brief("2026-12-19T23:59:59Z"), "open to 2026-12-20T00:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-12-20T00:00:00Z"), "closed to 2027-01-04T00:00:00Z");
  EXPECT_EQ(calendar.Brief("2027-01-03T23:59:59.999Z"), "closed to 2027-01-04T00:00:00Z");
  EXPECT_EQ(calendar.Brief("2027-01-04T00:00:00Z"), "open");
}

TEST(ChangeCalendar, AFreezeCutsAWindow) {
  const Calendar calendar({"windows: [" + Window("thu, fri", "20:00", "06:00", "UTC") +
                           "], freezes: [{from: 2026-12-18, to: 2026-12-24}]"});
  EXPECT_EQ(calendar.Brief("2026-12-17T21:00:00Z"), "open to 2026-12-18T00:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-12-18T01:00:00Z"), "closed to 2026-12-25T00:00:00Z")
      << "the window of the 24th goes on when the freeze has ended";
}

TEST(ChangeCalendar, EveryDocumentThatNamesWindowsHasToHaveOneOpen) {
  const Calendar calendar({"windows: [" + Window("mon, tue", "08:00", "12:00", "UTC") + "]",
                           "freezes: [{from: 2026-11-24, to: 2026-11-24}]",
                           "windows: [" + Window("mon, tue", "10:00", "14:00", "UTC") + "]"});
  EXPECT_EQ(calendar.Brief("2026-11-23T09:00:00Z"), "closed to 2026-11-23T10:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-23T10:00:00Z"), "open to 2026-11-23T12:00:00Z");
  EXPECT_EQ(calendar.Brief("2026-11-23T13:00:00Z"), "closed to 2026-11-30T10:00:00Z");
}

TEST(ChangeCalendar, SaysWhatStandsInTheWayAndWhere) {
  const Calendar calendar({"windows: [" + Window("mon, wed, thu, fri", "08:00", "12:00", "UTC") +
                           "], freezes: [{from: 2026-11-25, to: 2026-11-26, reason: audit}]"});
  const auto opening = calendar.At("2026-11-23T18:00:00Z");
  EXPECT_THAT(opening.obstacles,
              ElementsAre("outside the window of one: mon, wed-fri 08:00-12:00 UTC (one.yaml:4:18)",
                          "freeze of one from 2026-11-25 to 2026-11-26, audit (one.yaml:4:102)"));
  EXPECT_EQ(UntilOpen(opening),
            "2026-11-27T08:00:00Z, outside the window of one: mon, wed-fri 08:00-12:00 UTC "
            "(one.yaml:4:18); freeze of one from 2026-11-25 to 2026-11-26, audit (one.yaml:4:102)");
}

TEST(ChangeCalendar, SaysWhereItNeverOpens) {
  const Calendar apart({"windows: [" + Window("mon", "08:00", "12:00", "UTC") + "]",
                        "windows: [" + Window("tue", "08:00", "12:00", "UTC") + "]"});
  EXPECT_EQ(apart.Brief("2026-11-23T09:00:00Z"), "closed");
  EXPECT_THAT(UntilOpen(apart.At("2026-11-23T09:00:00Z")),
              testing::AllOf(HasSubstr("not within 400 days"), HasSubstr("mon 08:00"),
                             HasSubstr("tue 08:00")));
  EXPECT_EQ(
      Calendar({"freezes: [{from: 2026-01-01, to: 9999-12-31}]"}).Brief("2026-11-23T09:00:00Z"),
      "closed");
  EXPECT_EQ(
      Calendar({"freezes: [{from: 9999-12-31, to: 9999-12-31}]"}).Brief("2026-11-23T09:00:00Z"),
      "open");
}

TEST(ChangeCalendar, StaysClosedWhereTheClocksOfAZoneAreNotKnown) {
  const std::string far = "2041-07-01T10:00:00Z";
  EXPECT_EQ(OneWindow(kWeek, "00:00", "00:00", "Europe/Paris").Brief(far), "closed");
  EXPECT_EQ(OneWindow(kWeek, "09:00", "17:00", "UTC").Brief(far), "open to 2041-07-01T17:00:00Z");
}

// Random documents at random moments, half of them near a change of clocks.
class RandomCalendar {
 public:
  explicit RandomCalendar(std::uint32_t seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  std::string Document() {
    std::string says = "maxChanges: 7";
    if (Below(3) > 0) says += fmt::format(", windows: [{}, {}]", OneWindow(), OneWindow());
    if (Below(2) == 0) {
      const int day = 1 + Below(25);
      says += fmt::format(", freezes: [{{from: 2027-03-{:02}, to: 2027-03-{:02}}}]", day,
                          day + Below(5));
    }
    return says;
  }

  WallTime Moment() {
    const auto begin =
        std::chrono::sys_days(std::chrono::year(2027) / (Below(2) == 0 ? 3 : 10) / 1);
    return begin + std::chrono::minutes(Below(45 * 24 * 60));
  }

 private:
  std::string OneWindow() {
    constexpr const char* kDays[] = {"mon", "tue, sun", "sat, sun", "mon, wed, thu, fri", "sun"};
    constexpr const char* kZones[] = {"UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"};
    const auto time = [&] { return fmt::format("{:02}:{:02}", Below(24), 15 * Below(4)); };
    const auto from = time();
    return Window(kDays[Below(5)], from, time(), kZones[Below(4)]);
  }

  std::mt19937 random_;
};

TEST(ChangeCalendar, ItsMomentsAreThoseAtWhichItTurns) {
  int open = 0;
  int closed = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    RandomCalendar random(seed);
    const Calendar calendar({random.Document(), random.Document()});
    const auto now = random.Moment();
    const auto opening = calendar.At(now);
    (opening.open ? open : closed) += 1;
    const auto turn = opening.open ? opening.closes : opening.opens;
    if (!turn) continue;
    ASSERT_LT(now, *turn) << seed;
    ASSERT_NE(calendar.At(*turn).open, opening.open) << seed;
    ASSERT_EQ(calendar.At(*turn - 1ms).open, opening.open) << seed;
    ASSERT_EQ(calendar.At(now + (*turn - now) / 2).open, opening.open) << seed;
    ASSERT_EQ(opening.open, opening.obstacles.empty()) << seed;
  }
  EXPECT_GT(open, 20);
  EXPECT_GT(closed, 20);
}

}  // namespace
}  // namespace seatkeeper
