#include "reconciler/plan/change_calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "policy/time_zone.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::sys_days;

constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// From `begin` to just before `end`.
struct Span {
  WallTime begin;
  WallTime end;
};

std::string TimeOfDay(std::chrono::minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string DayText(const std::chrono::year_month_day& day) {
  return FormatTime(sys_days(day)).substr(0, 10);
}

// "mon-thu", "mon, wed-fri".
std::string DaysText(const std::bitset<7>& named) {
  std::string text;
  for (std::size_t day = 0; day < named.size(); ++day) {
    if (!named[day]) continue;
    const auto first = day;
    while (day + 1 < named.size() && named[day + 1]) ++day;
    if (!text.empty()) text += ", ";
    text += kDays[first];
    if (day > first) text += fmt::format("{}{}", day > first + 1 ? "-" : ", ", kDays[day]);
  }
  return text;
}

class Window {
 public:
  explicit Window(const ChangeWindow& window) : window_(window) {
    auto zone = TimeZone::Find(window.timezone.value);
    if (zone) zone_ = *zone;
  }

  // The first time it is open that has not ended at `moment`; nothing: not within reach.
  std::optional<Span> NextAt(WallTime moment) const {
    // Clocks are at most 14 hours from UTC, and it closes on the day after the one named.
    const auto first = local_days(floor<days>(moment).time_since_epoch()) - days(3);
    for (auto day = first; day <= first + kCalendarReach + days(6); day += days(1)) {
      const auto span = OnDay(day);
      if (span && span->begin < span->end && moment < span->end) return span;
    }
    return std::nullopt;
  }

  std::string Text() const {
    return fmt::format("{} {}-{} {} ({})", DaysText(window_.days), TimeOfDay(window_.from),
                       TimeOfDay(window_.to), window_.timezone.value, ToString(window_.at));
  }

 private:
  std::optional<Span> OnDay(local_days day) const {
    const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
    if (!zone_ || !window_.days.test(weekday)) return std::nullopt;
    const auto closes_on = window_.to > window_.from ? day : day + days(1);
    const auto opens = zone_->MomentsOf(day + window_.from);
    const auto closes = zone_->MomentsOf(closes_on + window_.to);
    if (!opens || !closes) return std::nullopt;
    return Span{opens->last, closes->first};
  }

  const ChangeWindow& window_;
  std::optional<TimeZone> zone_;
};

// The windows of one document, of which one has to be open.
class WindowsOf {
 public:
  explicit WindowsOf(const Guardrails& document)
      : document_(document), windows_(document.windows.begin(), document.windows.end()) {}

  // `moment` itself where one is open then.
  std::optional<WallTime> OpenFrom(WallTime moment) const {
    std::optional<WallTime> opens;
    for (const auto& window : windows_) {
      const auto next = window.NextAt(moment);
      if (!next) continue;
      const auto from = std::max(next->begin, moment);
      opens = std::min(from, opens.value_or(from));
    }
    return opens;
  }

  // When none is open any more; nothing: not before `limit`. REQUIRES: one is open at `moment`.
  std::optional<WallTime> ClosesAfter(WallTime moment, WallTime limit) const {
    while (moment < limit) {
      auto closes = moment;
      for (const auto& window : windows_) {
        const auto next = window.NextAt(moment);
        if (next && next->begin <= moment) closes = std::max(closes, next->end);
      }
      if (closes == moment) return closes;
      moment = closes;
    }
    return std::nullopt;
  }

  std::string Text() const {
    std::vector<std::string> texts;
    texts.reserve(windows_.size());
    for (const auto& window : windows_) texts.push_back(window.Text());
    return fmt::format("outside the window{} of {}: {}", texts.size() == 1 ? "" : "s",
                       document_.name, fmt::join(texts, ", "));
  }

 private:
  const Guardrails& document_;
  std::vector<Window> windows_;
};

struct FreezeOf {
  const Guardrails& document;
  const Freeze& freeze;

  WallTime begin() const { return sys_days(freeze.from); }
  WallTime end() const { return sys_days(freeze.to) + days(1); }
  bool Covers(WallTime moment) const { return begin() <= moment && moment < end(); }

  std::string Text() const {
    return fmt::format("freeze of {} from {} to {}{} ({})", document.name, DayText(freeze.from),
                       DayText(freeze.to), freeze.reason.empty() ? "" : ", " + freeze.reason,
                       ToString(freeze.at));
  }
};

class Calendar {
 public:
  explicit Calendar(const std::vector<const Guardrails*>& documents) {
    for (const auto* document : documents) {
      if (!document->windows.empty()) windows_.emplace_back(*document);
      for (const auto& freeze : document->freezes) freezes_.push_back({*document, freeze});
    }
  }

  Opening At(WallTime now) const {
    const auto limit = now + kCalendarReach;
    Opening opening;
    // Each turn waits out one thing that stands in the way; where nothing does, it is open.
    std::optional<WallTime> moment = now;
    while (moment && *moment < limit) {
      const auto later = WaitOut(*moment, opening.obstacles);
      if (later == moment) break;
      opening.open = false;
      moment = later;
    }
    if (opening.open) {
      opening.closes = ClosesAfter(now, limit);
    } else if (moment && *moment < limit) {
      opening.opens = moment;
    }
    return opening;
  }

 private:
  // When the first thing that stands in the way then no longer does; `moment`: nothing does.
  // Nothing: never within reach.
  std::optional<WallTime> WaitOut(WallTime moment, std::vector<std::string>& obstacles) const {
    for (const auto& freeze : freezes_) {
      if (!freeze.Covers(moment)) continue;
      Note(freeze.Text(), obstacles);
      return freeze.end();
    }
    for (const auto& windows : windows_) {
      const auto opens = windows.OpenFrom(moment);
      if (opens == moment) continue;
      Note(windows.Text(), obstacles);
      return opens;
    }
    return moment;
  }

  std::optional<WallTime> ClosesAfter(WallTime now, WallTime limit) const {
    std::optional<WallTime> closes;
    const auto take = [&](WallTime moment) {
      if (moment < limit) closes = std::min(moment, closes.value_or(moment));
    };
    for (const auto& windows : windows_) {
      if (const auto moment = windows.ClosesAfter(now, limit)) take(*moment);
    }
    for (const auto& freeze : freezes_) {
      if (now < freeze.begin()) take(freeze.begin());
    }
    return closes;
  }

  static void Note(std::string text, std::vector<std::string>& obstacles) {
    const bool known = std::find(obstacles.begin(), obstacles.end(), text) != obstacles.end();
    if (!known) obstacles.push_back(std::move(text));
  }

  std::vector<WindowsOf> windows_;
  std::vector<FreezeOf> freezes_;
};

}  // namespace

Opening OpeningAt(const std::vector<const Guardrails*>& documents, WallTime now) {
  return Calendar(documents).At(now);
}

std::string UntilOpen(const Opening& opening) {
  const auto why = fmt::format("{}", fmt::join(opening.obstacles, "; "));
  if (opening.opens) return fmt::format("{}, {}", FormatTime(*opening.opens), why);
  return fmt::format("windows and freezes allow it, which is not within {} days: {}",
                     kCalendarReach.count(), why);
}

}  // namespace seatkeeper
