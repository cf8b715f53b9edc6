#include "reconciler/execute/circuit_breaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/execute/error_table.h"

namespace seatkeeper {
namespace {

using Kind = WriteResult::Kind;

/// Nothing was sent, for there is no token, or the service did not accept it.
bool IsNotSignedIn(const WriteResult& result) {
  return result.kind == Kind::kRefused && ReachOf(result) == ErrorReach::kEverything;
}

bool IsAnswered(const WriteResult& result) {
  return result.kind != Kind::kTryAgain || result.service.status == 0;
}

/// Of those that are answered, or could not even be sent.
bool IsServiceFailure(const WriteResult& result) {
  if (result.kind == Kind::kRefused) {
    const auto reach = ReachOf(result);
    return reach == ErrorReach::kTenant || reach == ErrorReach::kEverything;
  }
  return result.kind != Kind::kAccepted;
}

}  // namespace

CircuitBreaker::Judgement CircuitBreaker::Judge(const std::vector<WriteResult>& results) {
  if (results.empty()) return Judgement::kNothing;
  if (std::ranges::all_of(results, IsNotSignedIn)) return Judgement::kSignIn;
  const auto answered = std::ranges::count_if(results, IsAnswered);
  if (answered == 0) return Judgement::kNothing;
  const auto failed = std::ranges::count_if(results, [](const WriteResult& result) {
    return IsAnswered(result) && IsServiceFailure(result);
  });
  return failed * 2 >= answered ? Judgement::kFailed : Judgement::kSound;
}

CircuitBreaker::Permit CircuitBreaker::Ask(MonotonicTime now) {
  if (state_ == State::kClosed) return Permit::kAll;
  if (PauseLeft(now)) return Permit::kNothing;
  state_ = State::kProbing;
  return Permit::kProbe;
}

bool CircuitBreaker::Take(const std::vector<WriteResult>& results, MonotonicTime now) {
  const auto judgement = Judge(results);
  if (state_ == State::kOpen || judgement == Judgement::kNothing) return false;
  if (state_ == State::kClosed) return TakeWhileClosed(judgement, now);
  const bool accepted = std::ranges::any_of(
      results, [](const WriteResult& result) { return result.kind == Kind::kAccepted; });
  return TakeProbe(judgement, accepted, now);
}

bool CircuitBreaker::TakeWhileClosed(Judgement judgement, MonotonicTime now) {
  const bool failed = judgement != Judgement::kSound;
  in_a_row_ = failed ? in_a_row_ + 1 : 0;
  latest_.push_back(failed);
  if (latest_.size() > settings_.window) latest_.pop_front();
  const auto failures = static_cast<std::size_t>(std::ranges::count(latest_, true));
  if (judgement == Judgement::kSignIn) {
    Open("the application could not sign in", now);
  } else if (in_a_row_ >= settings_.consecutive) {
    Open(fmt::format("{} requests in a row failed", in_a_row_), now);
  } else if (latest_.size() == settings_.window && failures >= settings_.failed) {
    Open(fmt::format("{} of the last {} requests failed", failures, latest_.size()), now);
  } else {
    return false;
  }
  return true;
}

bool CircuitBreaker::TakeProbe(Judgement judgement, bool accepted, MonotonicTime now) {
  if (accepted) {
    Close();
    return true;
  }
  // A definitive refusal is about the user: the next change tells.
  if (judgement == Judgement::kSound) return false;
  Open(judgement == Judgement::kSignIn ? "the application could not sign in" : reason_, now);
  return true;
}

void CircuitBreaker::Open(std::string reason, MonotonicTime now) {
  auto pause = std::min(settings_.first_pause, settings_.longest_pause);
  // Doubling step by step, so that no number of pauses can overflow.
  for (int i = 0; i < pauses_ && pause < settings_.longest_pause; ++i) {
    pause = std::min(pause * 2, settings_.longest_pause);
  }
  ++pauses_;
  state_ = State::kOpen;
  reason_ = std::move(reason);
  until_ = now + pause;
}

void CircuitBreaker::Close() {
  state_ = State::kClosed;
  reason_.clear();
  latest_.clear();
  in_a_row_ = 0;
  pauses_ = 0;
}

std::optional<std::chrono::milliseconds> CircuitBreaker::PauseLeft(MonotonicTime now) const {
  if (state_ != State::kOpen || now >= until_) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(until_ - now);
}

}  // namespace seatkeeper
