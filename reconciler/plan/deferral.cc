#include "reconciler/plan/deferral.h"

#include <algorithm>

#include "reconciler/seams/planted.h"

namespace seatkeeper {

const Deferral* Deferrals::Find(const SubjectProduct& key) const {
  const auto found = std::ranges::lower_bound(entries, key, {}, &Deferral::key);
  return found != entries.end() && found->key() == key ? &*found : nullptr;
}

bool Covers(const ReadingTimes& reading, WallTime earlier) {
  const auto gap = reading.began - earlier;
  const bool covered = gap <= kCoveredIntervals * reading.interval;
  return reading.ended >= earlier && (covered || IsPlanted(PlantedBug::kWaitsByTheClock));
}

Deferral BeginDeferral(const SubjectProduct& whose, std::vector<PlanId> plans,
                       const ReadingTimes& reading) {
  return {.subject = whose.first,
          .product = whose.second,
          .plans = std::move(plans),
          .first_seen = reading.ended,
          .since = reading.ended,
          .confirmed_at = reading.ended};
}

Deferral SeenAgain(Deferral deferral, WallTime last_reading, const ReadingTimes& reading,
                   const UnassignWaiting& terms) {
  const auto seen = deferral.last_seen.value_or(last_reading);
  if (!Covers(reading, seen)) deferral.since += reading.ended - seen;
  deferral.since = std::min(deferral.since, reading.ended);
  deferral.last_seen.reset();
  // A clock that was set back must not put off the next confirmation by as much.
  deferral.confirmed_at = std::min(deferral.confirmed_at, reading.ended);
  const bool counts = deferral.confirmations < terms.confirmations &&
                      reading.ended - deferral.confirmed_at >= kConfirmationGap;
  if (counts) {
    ++deferral.confirmations;
    deferral.confirmed_at = reading.ended;
  }
  return deferral;
}

Deferral NotTold(Deferral deferral, WallTime last_reading) {
  if (!deferral.last_seen) deferral.last_seen = last_reading;
  return deferral;
}

std::optional<RemovalWait> StillWaits(const Deferral& deferral, const ReadingTimes& reading,
                                      const UnassignWaiting& terms) {
  const int readings = std::max(0, terms.confirmations - deferral.confirmations);
  const auto covered = reading.ended - deferral.since;
  if (readings == 0 && covered >= terms.after) return std::nullopt;
  auto earliest = std::max(deferral.since + terms.after, reading.ended);
  if (readings > 0) {
    earliest = std::max(earliest, deferral.confirmed_at + readings * kConfirmationGap);
  }
  return RemovalWait{.first_seen = std::chrono::floor<std::chrono::seconds>(deferral.first_seen),
                     .covered = std::chrono::floor<std::chrono::seconds>(covered),
                     .earliest = std::chrono::ceil<std::chrono::seconds>(earliest),
                     .left = earliest - reading.ended,
                     .readings = readings,
                     .begins = deferral.first_seen == reading.ended};
}

}  // namespace seatkeeper
