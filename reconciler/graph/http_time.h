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

/// What an answer's Date header says about the local clock: the service's time less local time; 0
/// where both may be the same, for Date is cut to seconds and an answer that took `elapsed` in all
/// may have been under way for as long. Nothing without a Date that can be read.
std::optional<std::chrono::milliseconds> ClockSkew(const HttpHeaders& headers, WallTime received,
                                                   std::chrono::milliseconds elapsed);

}  // namespace seatkeeper
