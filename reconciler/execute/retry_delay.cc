#include "reconciler/execute/retry_delay.h"

#include <algorithm>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

/// Evenly over 0 to `most`, both included; the bias of the remainder is far below a millisecond.
milliseconds Spread(milliseconds most, std::uint64_t random) {
  const auto count = static_cast<std::uint64_t>(std::max<milliseconds::rep>(most.count(), 0));
  return milliseconds(static_cast<milliseconds::rep>(random % (count + 1)));
}

}  // namespace

milliseconds RetryDelay(int attempt, milliseconds base, milliseconds ceiling,
                        std::optional<milliseconds> retry_after, std::uint64_t random) {
  if (retry_after && *retry_after > milliseconds(0)) {
    return *retry_after + Spread(*retry_after / 10, random);
  }
  milliseconds most = std::min(base, ceiling);
  // Doubling step by step, so that no attempt count can overflow.
  for (int i = 1; i < attempt && most < ceiling && most > milliseconds(0); ++i) {
    most = most > ceiling / 2 ? ceiling : most * 2;
  }
  return Spread(most, random);
}

}  // namespace seatkeeper
