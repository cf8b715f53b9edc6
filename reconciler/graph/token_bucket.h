#pragma once

#include <chrono>
#include <optional>

#include "reconciler/graph/quota_limits.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// What is left of one of the service's limits, as a bucket of its size that fills up evenly and is
/// full in the beginning. What the service says of it corrects what was reckoned: others draw on
/// the same limit. Pure: time is handed in and does not go back. Single-threaded.
class TokenBucket {
 public:
  /// `share`, from 0 to 1: as if the limit were so much smaller. REQUIRES: amount and period above
  /// 0.
  explicit TokenBucket(RateLimit limit, double share = 1);
  /// Another limit from now on; what is used is used.
  void SetLimit(RateLimit limit, double share);

  /// When `amount` may be taken, as far as is known now, with `spare` of the whole bucket (0 to 1)
  /// left over; `now` or earlier: at once. More than the bucket holds is asked for as if it were
  /// all. A hundredth always stays, for what others take before we hear of it.
  MonotonicTime When(double amount, MonotonicTime now, double spare = 0);
  /// Whether it may be or not: it may go below empty.
  void Take(double amount, MonotonicTime now);
  void Return(double amount);

  /// The service says which share of the limit is used; `under_way` is what it may not have seen.
  /// Above 1 it throttles: filling slows down in proportion, to nearly nothing at 1.8. Source:
  /// x-ms-throttle-limit-percentage in Microsoft Graph's throttling guidance.
  void Told(double used, double under_way, MonotonicTime now);
  /// A request was throttled: nothing is left, nor to be had before that time has passed. Where
  /// `others` have the limit as well, half of what we had of it is theirs. Slower filling goes back
  /// to normal evenly, within one period.
  void Throttled(std::optional<std::chrono::milliseconds> retry_after, bool others,
                 MonotonicTime now);

  const RateLimit& limit() const { return limit_; }
  /// The share of the limit that is in use, from 0 to 1.
  double Used(MonotonicTime now);

 private:
  void Fill(MonotonicTime now);
  double capacity() const { return limit_.amount * share_; }
  double per_millisecond() const { return capacity() / static_cast<double>(limit_.period.count()); }

  RateLimit limit_;
  double share_;
  double level_;
  double pace_ = 1;  // Of filling.
  MonotonicTime at_{};
  MonotonicTime not_before_{};
};

}  // namespace seatkeeper
