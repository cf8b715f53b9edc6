#include "policy/scalar.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace seatkeeper {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> ToInteger(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!IsDigits(digits) || error != std::errc()) return std::nullopt;
  return number;
}

// A field of fixed width, such as the month of a date.
std::optional<int> Field(std::string_view text, std::size_t at, std::size_t width) {
  const auto number = ToInteger(text.substr(at, width));
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = ToInteger(text.substr(0, unit_at));
  const auto unit = text.substr(unit_at);
  const std::int64_t unit_ms = unit == "ms"  ? 1
                               : unit == "s" ? 1'000
                               : unit == "m" ? 60'000
                               : unit == "h" ? 3'600'000
                               : unit == "d" ? 86'400'000
                                             : 0;
  constexpr std::int64_t kTenYearsMs = std::int64_t{3'652} * 86'400'000;
  if (!count || unit_ms == 0 || *count > kTenYearsMs / unit_ms) return std::nullopt;
  return std::chrono::milliseconds(*count * unit_ms);
}

std::optional<double> ParseDecimal(std::string_view text, bool fraction) {
  auto digits = text;
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  const auto dot = fraction ? digits.find('.') : std::string_view::npos;
  if (!IsDigits(digits.substr(0, dot))) return std::nullopt;
  if (dot != std::string_view::npos && !IsDigits(digits.substr(dot + 1))) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);  // from_chars does not take it.
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  return number;
}

std::optional<std::chrono::year_month_day> ParseDate(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = Field(text, 0, 4);
  const auto m = Field(text, 5, 2);
  const auto d = Field(text, 8, 2);
  if (!y || !m || !d || *y == 0) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d)));
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = Field(text, 0, 2);
  const auto minutes = Field(text, 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes(*hours * 60 + *minutes);
}

}  // namespace seatkeeper
