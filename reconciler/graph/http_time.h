#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// "Sun, 06 Nov 1994 08:49:37 GMT", the one form of HTTP's dates that is still sent.
std::optional<WallTime> ParseHttpDate(std::string_view text);

/// A Retry-After header: decimal seconds (Graph's own sample is fractional: "2.128"; rounded up to
/// milliseconds) or a date. Nothing when absent or unreadable; never negative, at most a day.
std::optional<std::chrono::milliseconds> RetryAfter(const HttpHeaders& headers, WallTime now);

}  // namespace seatkeeper
