#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace seatkeeper {

/// How long to wait before trying again. Pure: the randomness is handed in.
///
/// `attempt` counts the attempts made so far, from 1 (less counts as 1). Without `retry_after` the
/// delay is spread evenly over 0 to base * 2^(attempt-1), but at most `ceiling` ("full jitter":
/// many clients that failed together do not come back together). With `retry_after` the service's
/// word counts: never less than that, the ceiling notwithstanding, plus up to a tenth of it. A
/// `retry_after` of zero or less says nothing and is treated as absent.
std::chrono::milliseconds RetryDelay(int attempt, std::chrono::milliseconds base,
                                     std::chrono::milliseconds ceiling,
                                     std::optional<std::chrono::milliseconds> retry_after,
                                     std::uint64_t random);

}  // namespace seatkeeper
