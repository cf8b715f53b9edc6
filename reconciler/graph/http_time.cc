#include "reconciler/graph/http_time.h"

#include <algorithm>
#include <array>
#include <string>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestDelay = std::chrono::hours(24);

std::optional<int> Number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<unsigned> Month(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

// Decimal seconds as milliseconds, rounded up. By hand: the text comes from the network and the
// library's parsers take locales, exponents and infinities.
std::optional<milliseconds> DecimalSeconds(std::string_view text) {
  std::int64_t millis = 0;
  std::int64_t unit = 1000;
  bool digits = false;
  bool fraction = false;
  bool rest = false;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (!fraction) {
      millis =
          std::min<std::int64_t>(millis * 10 + std::int64_t{c - '0'} * 1000, kLongestDelay.count());
    } else {
      unit /= 10;
      millis += (c - '0') * unit;
      rest = rest || (unit == 0 && c != '0');
    }
  }
  if (!digits) return std::nullopt;
  return milliseconds(millis + (rest ? 1 : 0));
}

}  // namespace

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(26) != "GMT" || text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  const auto day = Number(text.substr(5, 2));
  const auto month = Month(text.substr(8, 3));
  const auto year = Number(text.substr(12, 4));
  const auto hour = Number(text.substr(17, 2));
  const auto minute = Number(text.substr(20, 2));
  const auto second = Number(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<milliseconds> RetryAfter(const HttpHeaders& headers, WallTime now) {
  const std::string* value = FindHeader(headers, "Retry-After");
  if (value == nullptr) return std::nullopt;
  std::optional<milliseconds> delay = DecimalSeconds(*value);
  if (!delay) {
    const auto date = ParseHttpDate(*value);
    if (!date) return std::nullopt;
    delay = *date - now;
  }
  return std::clamp(*delay, milliseconds(0), kLongestDelay);
}

std::optional<std::chrono::milliseconds> ClockSkew(const HttpHeaders& headers, WallTime received,
                                                   std::chrono::milliseconds elapsed) {
  const auto* text = FindHeader(headers, "Date");
  const auto date = text == nullptr ? std::nullopt : ParseHttpDate(*text);
  if (!date) return std::nullopt;
  const auto latest = *date + std::chrono::seconds(1) + elapsed;
  if (received < *date) return *date - received;
  return std::min(latest - received, std::chrono::milliseconds(0));
}

}  // namespace seatkeeper
