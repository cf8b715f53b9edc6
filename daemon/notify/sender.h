#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/notify/news.h"
#include "daemon/notify/target.h"
#include "policy/result.h"
#include "reconciler/seams/clock.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/timers.h"

namespace seatkeeper {

/// What news is sent with; everything outlives the sender.
struct SenderParts {
  HttpTransport& transport;
  Clock& clock;
  Timers& timers;
  Random& random;
};

/// What became of news.
enum class NewsDelivery {
  kSent,     ///< Answered with 2xx.
  kFailed,   ///< Refused, or not taken in kAttempts attempts.
  kDropped,  ///< Never tried: kMostWaiting wait already.
};
/// "sent", "failed" and "dropped".
std::string_view ToString(NewsDelivery delivery);

/// Sends news to one target, one message at a time and in order. Never blocks: on the loop's thread
/// it starts requests and sets timers. What may pass by (no answer, 408, 429, 5xx) is tried again,
/// with full jitter and no sooner than the target's Retry-After; a message that arrived although
/// its answer was lost comes twice, with the same id.
class NotifySender {
 public:
  static constexpr int kAttempts = 4;
  static constexpr std::size_t kMostWaiting = 32;

  /// `ended` is told of every message once; `why` is for a person and never holds the address.
  using Ended =
      std::function<void(const News& news, NewsDelivery delivery, const std::string& why)>;

  /// The target has to outlive it.
  NotifySender(const NotifyTarget& target, SenderParts parts, Ended ended)
      : target_(target), parts_(parts), ended_(std::move(ended)) {}
  /// What waits is given up.
  ~NotifySender();
  NotifySender(const NotifySender&) = delete;
  NotifySender& operator=(const NotifySender&) = delete;

  void Send(News news);
  /// Nothing is tried again from now on: what has failed once has failed. `idle` is called, perhaps
  /// at once, when nothing is left.
  void Finish(std::function<void()> idle);

 private:
  struct Message {
    News news;
    std::string id;
    int attempts = 0;
  };

  void Next();
  void Try();
  void Answered(const HttpOutcome& outcome);
  void AttemptFailed(const std::string& why, std::optional<std::chrono::milliseconds> retry_after);
  void End(NewsDelivery delivery, const std::string& why);
  void TellIdle();

  const NotifyTarget& target_;
  SenderParts parts_;
  Ended ended_;
  std::deque<Message> waiting_;  // The first is the one under way.
  bool under_way_ = false;
  bool finishing_ = false;
  std::function<void()> idle_;
  HttpRequestId request_ = 0;
  TimerId timer_ = 0;
};

}  // namespace seatkeeper
