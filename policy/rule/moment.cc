#include "policy/rule/moment.h"

#include <fmt/format.h>

#include <utility>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kMomentHint[] = "write a date, as in 2027-03-31 or 2027-03-31T08:00:00Z";
constexpr char kDurationHint[] = "write an ISO 8601 duration, as in p30d, p1w or pt12h";
// As far as a rule may look ahead or back; keeps all sums far from overflow.
constexpr days kLongest(36'525);
constexpr int kMaxOffsetHours = 14;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Eats a text from its front. Once something is not as expected, nothing is any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

  // A letter in either case, or a sign.
  bool Accept(char upper) {
    if (!ok_ || !EqualsIgnoreCase(rest_.substr(0, 1), std::string_view(&upper, 1))) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char upper) { ok_ = Accept(upper); }

  // Exactly `count` digits whose number lies within the bounds.
  int Number(std::size_t count, int min, int max) {
    const auto [value, digits] = Digits(count);
    if (digits != count || value < min || value > max) ok_ = false;
    return value;
  }

  // 1 to `max_count` digits, and how many they were.
  std::pair<int, std::size_t> Digits(std::size_t max_count) {
    int value = 0;
    std::size_t count = 0;
    for (; count < max_count && !rest_.empty() && IsDigit(rest_[0]); ++count) {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    if (count == 0) ok_ = false;
    return {value, count};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Graph writes up to seven digits after the point.
milliseconds Fraction(Reader& reader) {
  auto [value, digits] = reader.Digits(7);
  for (; digits < 3; ++digits) value *= 10;
  for (; digits > 3; --digits) value /= 10;
  return milliseconds(value);
}

milliseconds TimeOfDay(Reader& reader) {
  milliseconds time = hours(reader.Number(2, 0, 23));
  reader.Expect(':');
  time += minutes(reader.Number(2, 0, 59));
  if (!reader.Accept(':')) return time;
  time += seconds(reader.Number(2, 0, 59));
  return reader.Accept('.') ? time + Fraction(reader) : time;
}

// How far the clock written is ahead of UTC.
minutes Offset(Reader& reader, bool ahead) {
  minutes offset = hours(reader.Number(2, 0, kMaxOffsetHours));
  reader.Expect(':');
  offset += minutes(reader.Number(2, 0, 59));
  return ahead ? offset : -offset;
}

bool WithinYears(Moment moment) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(moment));
  return date.year() >= std::chrono::year(1) && date.year() <= std::chrono::year(9999);
}

struct Unit {
  char letter;
  bool of_time;  // Stands after the T.
  seconds length;
};
constexpr Unit kUnits[] = {
    {'W', false, days(7)},   {'D', false, days(1)},   {'H', true, hours(1)},
    {'M', true, minutes(1)}, {'S', true, seconds(1)},
};

// Years and months, which ISO 8601 has and a clock has not.
bool NamesYearsOrMonths(std::string_view text) {
  const std::string before_t = AsciiLower(text.substr(0, text.find_first_of("tT")));
  return before_t.starts_with('p') && before_t.find_first_of("ym") != std::string::npos &&
         before_t.find_first_not_of("pymwd0123456789") == std::string::npos;
}

}  // namespace

std::variant<Moment, std::string> ParseMoment(std::string_view text) {
  Reader reader(text);
  const std::chrono::year year(reader.Number(4, 1, 9999));
  reader.Expect('-');
  const std::chrono::month month(static_cast<unsigned>(reader.Number(2, 1, 12)));
  reader.Expect('-');
  const std::chrono::day day(static_cast<unsigned>(reader.Number(2, 1, 31)));
  const std::chrono::year_month_day date(year, month, day);
  if (!reader.ok()) return kMomentHint;
  if (!date.ok()) return "there is no such day in the calendar";
  Moment moment = std::chrono::sys_days(date);
  if (reader.AtEnd()) return moment;
  reader.Expect('T');
  moment += TimeOfDay(reader);
  if (reader.ok() && reader.AtEnd()) return "add Z for UTC, or an offset such as +02:00";
  const bool ahead = reader.Accept('+');
  if (ahead || reader.Accept('-')) {
    moment -= Offset(reader, ahead);
  } else {
    reader.Expect('Z');
  }
  if (!reader.ok() || !reader.AtEnd() || !WithinYears(moment)) return kMomentHint;
  return moment;
}

std::string PrintMoment(Moment moment) {
  const auto day = std::chrono::floor<days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(moment - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + "Z";
}

std::variant<seconds, std::string> ParseIsoDuration(std::string_view text) {
  if (NamesYearsOrMonths(text)) {
    return "write days, as in p30d: months and years differ in length (minutes stand after a T)";
  }
  Reader reader(text);
  reader.Expect('P');
  seconds total(0);
  bool of_time = false;
  bool named = false;
  for (const auto& unit : kUnits) {
    if (!reader.ok() || reader.AtEnd()) break;
    if (unit.of_time && !of_time) {
      reader.Expect('T');
      of_time = true;
      named = false;
    }
    Reader ahead = reader;
    const int count = ahead.Digits(8).first;
    if (!ahead.Accept(unit.letter)) continue;
    reader = ahead;
    named = true;
    total += count * unit.length;
  }
  if (!reader.ok() || !reader.AtEnd() || !named) return kDurationHint;
  if (total > kLongest) return "write at most 100 years, in days";
  return total;
}

std::string PrintIsoDuration(seconds duration) {
  const auto day = std::chrono::floor<days>(duration);
  const std::chrono::hh_mm_ss clock(duration - day);
  std::string date;
  if (day.count() != 0) date = fmt::format("{}d", day.count());
  std::string time;
  if (clock.hours().count() != 0) time += fmt::format("{}h", clock.hours().count());
  if (clock.minutes().count() != 0) time += fmt::format("{}m", clock.minutes().count());
  if (clock.seconds().count() != 0) time += fmt::format("{}s", clock.seconds().count());
  if (date.empty() && time.empty()) return "p0d";
  return "p" + date + (time.empty() ? "" : "t" + time);
}

}  // namespace seatkeeper::rule
