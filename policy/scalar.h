#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace seatkeeper {

/// "90s", "5m", "24h", "14d" or "250ms": one whole number and one unit, at most ten years.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// Decimal digits with an optional sign and, where `fraction`, an optional fraction: no exponent,
/// no other base. A number beyond a double's range is infinite. Nothing when it is no such text.
std::optional<double> ParseDecimal(std::string_view text, bool fraction);

/// "2027-03-31": a day that the calendar has, from the year 1 on.
std::optional<std::chrono::year_month_day> ParseDate(std::string_view text);

/// "09:00": since midnight, before 24:00.
std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text);

}  // namespace seatkeeper
