#include "reconciler/plan/deferral.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::IdOf;

constexpr minutes kInterval{5};
const SubjectProduct kWhose{IdOf<UserId>("ada"), IdOf<SkuId>("E5")};

WallTime At(milliseconds since_noon) { return *ParseTime("2026-03-01T12:00:00Z") + since_noon; }

/// A reading that takes no time.
ReadingTimes Reading(milliseconds at) {
  return {.began = At(at), .ended = At(at), .interval = kInterval};
}

UnassignWaiting Terms(milliseconds after, int confirmations) {
  return {.after = after, .confirmations = confirmations};
}

/// One removal through readings that all want it.
struct Watched {
  UnassignWaiting terms;
  Deferral deferral;
  WallTime last_reading;

  explicit Watched(const UnassignWaiting& asked)
      : terms(asked), deferral(BeginDeferral(kWhose, {}, Reading({}))), last_reading(At({})) {}

  std::optional<RemovalWait> See(const ReadingTimes& reading) {
    deferral = SeenAgain(deferral, last_reading, reading, terms);
    last_reading = reading.ended;
    return StillWaits(deferral, reading, terms);
  }
  std::optional<RemovalWait> See(milliseconds at) { return See(Reading(at)); }
};

TEST(Deferral, EndsWhenTheTimeIsCovered) {
  Watched watched(Terms(hours(1), 1));
  for (int at = 5; at < 60; at += 5) {
    const auto wait = watched.See(minutes(at));
    ASSERT_TRUE(wait) << at;
    EXPECT_EQ(wait->covered, minutes(at));
    EXPECT_EQ(wait->earliest, At(hours(1)));
    EXPECT_EQ(wait->left, minutes(60 - at));
    EXPECT_EQ(wait->readings, 0);
  }
  EXPECT_TRUE(watched.See(minutes(60) - milliseconds(1)));
  EXPECT_FALSE(watched.See(minutes(60)));
}

TEST(Deferral, AnUnbrokenSeriesOfReadingsChangesNothingThatIsStored) {
  Watched watched(Terms(days(7), 2));
  watched.See(minutes(30));
  watched.See(minutes(35));
  const auto before = watched.deferral;
  for (int at = 40; at < 600; at += 5) watched.See(minutes(at));
  EXPECT_EQ(watched.deferral, before);
}

TEST(Deferral, UpToThreeIntervalsBetweenReadingsAreCoveredAndMoreAreNot) {
  Watched three(Terms(days(7), 1));
  EXPECT_EQ(three.See(minutes(15))->covered, minutes(15));
  Watched more(Terms(days(7), 1));
  EXPECT_EQ(more.See(minutes(15) + milliseconds(1))->covered, minutes(0));
  EXPECT_EQ(more.See(minutes(20))->covered, minutes(5) - seconds(1));
  EXPECT_EQ(more.See(days(3))->covered, minutes(5) - seconds(1));
  EXPECT_EQ(more.See(days(3) + minutes(5))->covered, minutes(10) - seconds(1));
}

TEST(Deferral, WhatAReadingItselfTakesIsCovered) {
  Watched watched(Terms(days(7), 1));
  const ReadingTimes slow{.began = At(minutes(5)), .ended = At(hours(3)), .interval = kInterval};
  EXPECT_EQ(watched.See(slow)->covered, hours(3));
  const ReadingTimes late{.began = At(hours(4)), .ended = At(hours(5)), .interval = kInterval};
  EXPECT_EQ(watched.See(late)->covered, hours(3));
}

TEST(Deferral, TimeThatRunsBackwardsAddsNothingAndTakesNothing) {
  Watched watched(Terms(hours(1), 2));
  watched.See(minutes(10));
  EXPECT_EQ(watched.See(-days(15))->covered, minutes(10));
  EXPECT_EQ(watched.See(-days(15) + minutes(5))->covered, minutes(15));
  EXPECT_EQ(watched.deferral.confirmations, 1);
  watched.See(-days(15) + minutes(29));
  EXPECT_EQ(watched.deferral.confirmations, 1);
  watched.See(-days(15) + minutes(30));
  EXPECT_EQ(watched.deferral.confirmations, 2) << "half an hour by the clock as it is now";
}

TEST(Deferral, AClockThatJumpsAheadMakesNothingDue) {
  Watched watched(Terms(days(7), 2));
  watched.See(minutes(5));
  const auto wait = watched.See(days(15));
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->covered, minutes(5));
}

TEST(Deferral, FurtherReadingsCountWhenTheyAreHalfAnHourApart) {
  Watched watched(Terms({}, 3));
  const auto readings = [&](int at) {
    const auto wait = watched.See(minutes(at));
    return wait ? wait->readings : 0;
  };
  EXPECT_EQ(readings(10), 2);
  EXPECT_EQ(readings(29), 2);
  EXPECT_EQ(readings(31), 1);
  EXPECT_EQ(readings(60), 1) << "half an hour after the one that counted";
  EXPECT_EQ(readings(61), 0);
}

TEST(Deferral, SaysWhenTheReadingsThatAreMissingCouldHaveAgreed) {
  const auto first = StillWaits(BeginDeferral(kWhose, {}, Reading({})), Reading({}), Terms({}, 3));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->begins);
  EXPECT_EQ(first->left, hours(1));
  EXPECT_EQ(first->readings, 2);
  Watched watched(Terms(minutes(40), 3));
  for (int at = 15; at < 45; at += 15) watched.See(minutes(at));
  const auto later = watched.See(minutes(45));
  ASSERT_TRUE(later);
  EXPECT_FALSE(later->begins);
  EXPECT_EQ(later->earliest, At(hours(1)));
}

TEST(Deferral, AskedForOneReadingTheFirstIsEnough) {
  EXPECT_FALSE(StillWaits(BeginDeferral(kWhose, {}, Reading({})), Reading({}), Terms({}, 1)));
  EXPECT_TRUE(StillWaits(BeginDeferral(kWhose, {}, Reading({})), Reading({}), Terms({}, 2)));
  EXPECT_TRUE(
      StillWaits(BeginDeferral(kWhose, {}, Reading({})), Reading({}), Terms(milliseconds(1), 1)));
}

TEST(Deferral, AskedForMoreItGoesOnFromWhatThereIs) {
  Watched watched(Terms(hours(1), 2));
  for (int at = 5; at <= 60; at += 5) watched.See(minutes(at));
  watched.terms = Terms(hours(2), 3);
  const auto wait = watched.See(minutes(65));
  ASSERT_TRUE(wait) << "the last that counted was half an hour in";
  EXPECT_EQ(wait->readings, 0);
  EXPECT_EQ(wait->covered, minutes(65));
}

TEST(Deferral, AReadingThatDoesNotTellAddsNothing) {
  Watched watched(Terms(days(7), 2));
  watched.See(minutes(5));
  watched.deferral = NotTold(watched.deferral, watched.last_reading);
  EXPECT_EQ(watched.deferral.last_seen, At(minutes(5)));
  const auto once = watched.deferral;
  watched.deferral = NotTold(watched.deferral, At(minutes(10)));
  EXPECT_EQ(watched.deferral, once) << "nothing to be written while it lasts";
  watched.last_reading = At(hours(2));
  EXPECT_EQ(watched.See(hours(2) + minutes(5))->covered, minutes(5));
  EXPECT_EQ(watched.See(hours(2) + minutes(10))->covered, minutes(10));
}

TEST(Deferral, AFewReadingsThatDoNotTellAreBridged) {
  Watched watched(Terms(days(7), 1));
  watched.See(minutes(5));
  watched.deferral = NotTold(watched.deferral, watched.last_reading);
  watched.last_reading = At(minutes(10));
  EXPECT_EQ(watched.See(minutes(15))->covered, minutes(15));
}

TEST(Deferrals, AreFoundByWhomAndWhat) {
  const auto entry = [](const Subject& subject, const char* product) {
    return BeginDeferral({subject, IdOf<SkuId>(product)}, {}, Reading({}));
  };
  const Deferrals deferrals{.entries = {entry(IdOf<UserId>("ada"), "E3"),
                                        entry(IdOf<UserId>("ada"), "E5"),
                                        entry(IdOf<GroupId>("ada"), "E5")}};
  EXPECT_EQ(deferrals.Find(kWhose), &deferrals.entries[1]);
  EXPECT_EQ(deferrals.Find({IdOf<GroupId>("ada"), IdOf<SkuId>("E5")}), &deferrals.entries[2]);
  EXPECT_EQ(deferrals.Find({IdOf<UserId>("bob"), IdOf<SkuId>("E5")}), nullptr);
  EXPECT_EQ(deferrals.Find({IdOf<GroupId>("ada"), IdOf<SkuId>("E3")}), nullptr);
}

/// What a series of readings covers, told from the whole series at once and not step by step.
struct History {
  struct Entry {
    WallTime at;
    bool wanted;
    bool tells;
  };
  std::vector<Entry> entries;

  std::pair<milliseconds, int> Covered() const {
    milliseconds covered{0};
    int confirmations = 0;
    std::optional<WallTime> seen;
    std::optional<WallTime> counted;
    for (const auto& entry : entries) {
      if (!entry.tells) continue;
      if (!entry.wanted) {
        covered = {};
        confirmations = 0;
        seen.reset();
        counted.reset();
        continue;
      }
      if (seen && entry.at > *seen && entry.at - *seen <= 3 * kInterval) {
        covered += entry.at - *seen;
      }
      seen = entry.at;
      if (counted) counted = std::min(*counted, entry.at);
      if (!counted || entry.at - *counted >= minutes(30)) {
        ++confirmations;
        counted = entry.at;
      }
    }
    return {covered, confirmations};
  }
};

TEST(DeferralProperty, NothingGoesBeforeItsTimeWasCoveredAndNothingWaitsLonger) {
  int gone = 0;
  int kept = 0;
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const auto terms = Terms(minutes(below(120)), 1 + below(4));
    History history;
    std::optional<Deferral> deferral;
    WallTime last{};
    milliseconds at{0};
    for (int step = 0; step < 60; ++step) {
      const int kind = below(12);
      at += kind == 0   ? milliseconds(minutes(below(100)))
            : kind == 1 ? -milliseconds(minutes(below(100)))
                        : milliseconds(seconds(1 + below(900)));
      const History::Entry entry{.at = At(at), .wanted = below(40) != 0, .tells = below(10) != 0};
      history.entries.push_back(entry);
      if (!entry.tells) {
        if (deferral) deferral = NotTold(*deferral, last);
      } else if (!entry.wanted) {
        deferral.reset();
      } else if (deferral) {
        deferral = SeenAgain(*deferral, last, Reading(at), terms);
      } else {
        deferral = BeginDeferral(kWhose, {}, Reading(at));
      }
      last = entry.at;
      if (!entry.tells || !entry.wanted) continue;
      const auto [covered, confirmations] = history.Covered();
      const bool due = covered >= terms.after && confirmations >= terms.confirmations;
      const auto wait = StillWaits(*deferral, Reading(at), terms);
      ASSERT_EQ(!wait, due) << "seed " << seed << ", step " << step;
      ++(due ? gone : kept);
      if (wait) {
        ASSERT_EQ(wait->covered, std::chrono::floor<seconds>(covered)) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(gone, 1'000);
  EXPECT_GT(kept, 1'000);
}

}  // namespace
}  // namespace seatkeeper
