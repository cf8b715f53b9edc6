#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// When a service counts as out of order, and for how long it is left alone then.
struct BreakerSettings {
  int consecutive = 5;      ///< So many requests in a row failed, or ...
  std::size_t window = 20;  ///< ... of so many, the latest, ...
  std::size_t failed = 10;  ///< ... so many.
  std::chrono::milliseconds first_pause{60'000};
  std::chrono::milliseconds longest_pause{1'800'000};  ///< The pause doubles up to that.
};

/// Stops sending changes to a tenant whose service is out of order, so that what would fail anyway
/// is not tried a thousand times over, and tries again with one change. Pure: time is handed in.
/// One per tenant; it lives as long as the process, and a new process begins with a closed one.
/// Single-threaded.
///
/// What counts are requests, each with up to 20 changes:
/// - failed: at least half of the changes met a time-out, a reset, a 5xx, 401 or 403 or an answer
///   that cannot be read, or were never sent since the service could not be reached;
/// - sign-in: refused, or the token was not accepted (for every change). One is enough to open;
/// - sound: everything else that was decided, definitive refusals of single changes included: they
///   are about the user, not about the service;
/// - says nothing: throttling, and conflicts with other changes of the same user.
///
/// Open, it lets nothing pass until the pause is over; then one change after the other (a probe)
/// until one is accepted, which closes it. One that fails makes the next pause twice as long.
class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kProbing };
  /// What may be sent of a plan.
  enum class Permit { kAll, kProbe, kNothing };

  explicit CircuitBreaker(BreakerSettings settings = {}) : settings_(settings) {}

  /// Asked before a plan is carried out. kProbe begins the probing.
  Permit Ask(MonotonicTime now);
  /// What one request came to. True: the state is another one now. While it is open, answers to
  /// what was under way before do not count.
  bool Take(const std::vector<WriteResult>& results, MonotonicTime now);

  State state() const { return state_; }
  /// Why it opened, for a person, without names; empty while closed.
  const std::string& reason() const { return reason_; }
  /// How much of the pause is left. Nothing: it is not open, or the pause is over.
  std::optional<std::chrono::milliseconds> PauseLeft(MonotonicTime now) const;

 private:
  enum class Judgement { kSound, kFailed, kSignIn, kNothing };
  static Judgement Judge(const std::vector<WriteResult>& results);
  bool TakeWhileClosed(Judgement judgement, MonotonicTime now);
  bool TakeProbe(Judgement judgement, bool accepted, MonotonicTime now);
  void Open(std::string reason, MonotonicTime now);
  void Close();

  BreakerSettings settings_;
  State state_ = State::kClosed;
  std::string reason_;
  std::deque<bool> latest_;  // Whether each failed; the newest last.
  int in_a_row_ = 0;         // Failed, up to now.
  int pauses_ = 0;           // Since it was closed.
  MonotonicTime until_{};
};

}  // namespace seatkeeper
