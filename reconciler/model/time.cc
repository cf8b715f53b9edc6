#include "reconciler/model/time.h"

#include <fmt/format.h>

namespace seatkeeper {
namespace {

// Reads exactly `count` digits at `at` and moves past them; -1 when they are not there.
int Digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (std::size_t end = at + count; at < end; ++at) {
    if (text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool Accept(std::string_view text, std::size_t& at, char expected) {
  if (at >= text.size() || text[at] != expected) return false;
  ++at;
  return true;
}

// Up to 7 digits after the point, cut off to milliseconds; -1 when malformed.
int FractionMillis(std::string_view text, std::size_t& at) {
  int millis = 0;
  int digits = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (digits < 3) millis = millis * 10 + (text[at] - '0');
    ++digits;
    ++at;
  }
  if (digits == 0 || digits > 7) return -1;
  for (; digits < 3; ++digits) millis *= 10;
  return millis;
}

}  // namespace

std::string FormatTime(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + "Z";
}

std::optional<WallTime> ParseTime(std::string_view text) {
  using namespace std::chrono;
  std::size_t at = 0;
  const int year_number = Digits(text, at, 4);
  if (year_number < 0 || !Accept(text, at, '-')) return std::nullopt;
  const int month_number = Digits(text, at, 2);
  if (month_number < 0 || !Accept(text, at, '-')) return std::nullopt;
  const int day_number = Digits(text, at, 2);
  if (day_number < 0 || !Accept(text, at, 'T')) return std::nullopt;
  const int hour = Digits(text, at, 2);
  if (hour < 0 || hour > 23 || !Accept(text, at, ':')) return std::nullopt;
  const int minute = Digits(text, at, 2);
  if (minute < 0 || minute > 59 || !Accept(text, at, ':')) return std::nullopt;
  const int second = Digits(text, at, 2);
  if (second < 0 || second > 59) return std::nullopt;
  int millis = 0;
  if (Accept(text, at, '.')) millis = FractionMillis(text, at);
  if (millis < 0 || !Accept(text, at, 'Z') || at != text.size()) return std::nullopt;
  const year_month_day date(year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number)));
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(millis);
}

}  // namespace seatkeeper
