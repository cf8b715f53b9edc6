#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace seatkeeper {

/// Calendar time, UTC, in milliseconds: for people, for tokens, for what is stored.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Time that never jumps: for intervals and time-outs inside one process.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

/// ISO 8601 in UTC: "2026-11-21T09:12:33Z", with ".123" only where there are milliseconds.
std::string FormatTime(WallTime time);

/// ISO 8601 with `Z`, 0 to 7 fraction digits (Graph's range; beyond milliseconds is cut off).
std::optional<WallTime> ParseTime(std::string_view text);

}  // namespace seatkeeper
