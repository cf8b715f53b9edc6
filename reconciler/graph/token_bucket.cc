#include "reconciler/graph/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr double kKeptBack = 0.01;
constexpr double kSlowest = 0.05;
// From 1 to 1.8 the service says how much it throttles.
constexpr double kRangeOfPressure = 0.8;
// What sums of fractions may be off by.
constexpr double kRoundingError = 1e-6;

}  // namespace

TokenBucket::TokenBucket(RateLimit limit, double share)
    : limit_(limit), share_(share), level_(limit.amount * share) {}

void TokenBucket::SetLimit(RateLimit limit, double share) {
  level_ += limit.amount * share - capacity();
  limit_ = limit;
  share_ = share;
}

void TokenBucket::Fill(MonotonicTime now) {
  if (now <= at_) return;
  const auto passed = static_cast<double>((now - at_).count());
  const double pace = std::min(1.0, pace_ + passed / static_cast<double>(limit_.period.count()));
  level_ = std::min(capacity(), level_ + passed * per_millisecond() * (pace_ + pace) / 2);
  pace_ = pace;
  at_ = now;
}

MonotonicTime TokenBucket::When(double amount, MonotonicTime now, double spare) {
  Fill(now);
  const double kept_back = capacity() * kKeptBack;
  const double wanted = std::min(amount + spare * capacity() + kept_back, capacity());
  const auto earliest = std::max(now, not_before_);
  const double missing = wanted - level_;
  if (missing <= kRoundingError) return earliest;
  // Half of it, so that after this wait nothing is missing for certain.
  const double wait = std::ceil((missing - kRoundingError / 2) / (per_millisecond() * pace_));
  return std::max(earliest, now + milliseconds(static_cast<milliseconds::rep>(wait)));
}

void TokenBucket::Take(double amount, MonotonicTime now) {
  Fill(now);
  level_ -= amount;
}

void TokenBucket::Return(double amount) { level_ = std::min(capacity(), level_ + amount); }

void TokenBucket::Told(double used, double under_way, MonotonicTime now) {
  Fill(now);
  level_ = std::min(level_, (1 - std::min(used, 1.0)) * limit_.amount - under_way);
  if (used > 1) {
    pace_ = std::min(pace_, std::max(kSlowest, 1 - (used - 1) / kRangeOfPressure));
  }
}

void TokenBucket::Throttled(std::optional<milliseconds> retry_after, bool others,
                            MonotonicTime now) {
  Fill(now);
  level_ = std::min(level_, 0.0);
  not_before_ = std::max(not_before_, now + retry_after.value_or(milliseconds(0)));
  if (others) pace_ = std::max(kSlowest, pace_ / 2);
}

double TokenBucket::Used(MonotonicTime now) {
  Fill(now);
  return std::clamp(1 - level_ / limit_.amount, 0.0, 1.0);
}

}  // namespace seatkeeper
