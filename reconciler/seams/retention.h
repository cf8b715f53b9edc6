#pragma once

#include <chrono>

namespace seatkeeper {

/// How long the store keeps what is over. Nothing is removed before its time, and some things never
/// are: changes that are open, and changes that spent an approval.
struct Retention {
  /// No limit that is counted, no wait for an outcome and no approval looks back so far.
  static constexpr std::chrono::hours kShortest = std::chrono::days(30);
  /// What products had day by day: two years and a renewal can be looked back on.
  static constexpr std::chrono::hours kProductDays = std::chrono::days(800);

  /// Changes and their transitions, whole plans at a time: `history` shows them and `undo` puts
  /// back what they took for so long.
  std::chrono::milliseconds journal = std::chrono::days(400);
  /// Summaries of cycles. The newest of a tenant stays, however old: it says when the store was
  /// heard of last.
  std::chrono::milliseconds cycles = std::chrono::days(90);

  friend bool operator==(const Retention&, const Retention&) = default;
};

}  // namespace seatkeeper
