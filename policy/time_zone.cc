#include "policy/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <exception>

namespace seatkeeper {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds kListedUntil = sys_days(std::chrono::year(2037) / 1 / 1);
constexpr sys_seconds kLongAfter = sys_days(std::chrono::year(2200) / 1 / 1);

// Not a zone but whatever the machine is set to.
constexpr std::string_view kOwnZone = "localtime";

// The last change of clocks that the database lists for the zone.
sys_seconds LastChange(const date::time_zone& zone) { return zone.get_info(kLongAfter).begin; }

// Clocks change in some of these to the end of every list: where they do not, lists are cut short.
bool ListsYearsToCome(const date::tzdb& database) {
  constexpr std::array<std::string_view, 4> kChanging = {"America/New_York", "Europe/Paris",
                                                         "America/Santiago", "Australia/Sydney"};
  return std::any_of(kChanging.begin(), kChanging.end(), [&](std::string_view name) {
    const auto zone = std::find_if(database.zones.begin(), database.zones.end(),
                                   [&](const auto& each) { return each.name() == name; });
    return zone != database.zones.end() && LastChange(*zone) >= kListedUntil;
  });
}

// nullptr: there is none that can be used. Every exception of the library ends in this file.
const date::tzdb* Database() {
  static const date::tzdb* const usable = []() -> const date::tzdb* {
    try {
      const auto& database = date::get_tzdb();
      return ListsYearsToCome(database) ? &database : nullptr;
    } catch (const std::exception&) {
      return nullptr;
    }
  }();
  return usable;
}

Error NoSuchZone() {
  return {.kind = ErrorKind::kNotFound,
          .message = "there is no such time zone",
          .position = {},
          .service = {}};
}

Error NoDatabase() {
  return {.kind = ErrorKind::kIo,
          .message =
              "this machine has no time zone database that can be used; install the package "
              "tzdata, as Debian has it, and start seatkeeper again",
          .position = {},
          .service = {}};
}

}  // namespace

TimeZone::TimeZone(const date::time_zone& zone) : zone_(&zone) {
  const auto last = LastChange(zone);
  if (last >= kListedUntil) known_until_ = last;
}

Result<TimeZone> TimeZone::Find(std::string_view name) {
  if (Database() == nullptr) return NoDatabase();
  if (name == kOwnZone) return NoSuchZone();
  try {
    return TimeZone(*date::locate_zone(name));
  } catch (const std::exception&) {
    return NoSuchZone();
  }
}

std::optional<TimeZone::Moments> TimeZone::MomentsOf(std::chrono::local_seconds shown) const {
  try {
    const date::local_seconds local(shown.time_since_epoch());
    const auto info = zone_->get_info(local);
    const auto moment = [&](const date::sys_info& offset) {
      return sys_seconds(local.time_since_epoch() - offset.offset);
    };
    Moments moments{};
    switch (info.result) {
      case date::local_info::nonexistent:
        moments = {info.first.end, info.first.end};
        break;
      case date::local_info::ambiguous:
        moments = {moment(info.first), moment(info.second)};
        break;
      default:
        moments = {moment(info.first), moment(info.first)};
        break;
    }
    if (known_until_ && moments.last >= *known_until_) return std::nullopt;
    return moments;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::vector<std::string_view> TimeZoneNames() {
  std::vector<std::string_view> names;
  const auto* database = Database();
  if (database == nullptr) return names;
  for (const auto& zone : database->zones) {
    if (zone.name() != kOwnZone) names.emplace_back(zone.name());
  }
  return names;
}

}  // namespace seatkeeper
