#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

namespace seatkeeper::rule {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

/// A moment of the years 1 to 9999: "2027-03-31" (midnight, UTC), "2027-03-31T08:00Z",
/// "2027-03-31T08:00:00.5+02:00"; T and Z in either letter case. Fractions beyond milliseconds are
/// cut off, as they are in what is read of a tenant. Otherwise a hint: what would be right.
std::variant<Moment, std::string> ParseMoment(std::string_view text);

/// "2027-03-31T08:00:00Z", with ".123" only where there are milliseconds.
std::string PrintMoment(Moment moment);

/// An ISO 8601 duration of weeks, days, hours, minutes and seconds, in whole numbers and any letter
/// case: "P30D", "p1w", "PT12H30M"; at most a hundred years. Years and months are refused, since
/// they differ in length. Otherwise a hint: what would be right.
std::variant<std::chrono::seconds, std::string> ParseIsoDuration(std::string_view text);

/// "p30d", "p1dt12h": lower case, as Entra's documentation writes them. Not negative.
std::string PrintIsoDuration(std::chrono::seconds duration);

}  // namespace seatkeeper::rule
