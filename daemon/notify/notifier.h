#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/news.h"
#include "daemon/notify/news_memory.h"
#include "daemon/notify/sender.h"
#include "daemon/notify/target.h"

namespace seatkeeper {

/// Tells every target what it is to know, each at its own pace. On the loop's thread only.
class Notifier {
 public:
  /// After this long nobody waits for a target when the process ends.
  static constexpr std::chrono::seconds kPatience{3};

  /// What became of a message, for logs and metrics.
  using Ended = std::function<void(const NotifyTarget& target, const News& news,
                                   NewsDelivery delivery, const std::string& why)>;

  Notifier(SenderParts parts, Ended ended) : parts_(parts), ended_(std::move(ended)) {}
  ~Notifier();

  /// Targets that stay as they are keep what they know and what waits for them.
  void SetTargets(const std::vector<NotifyTarget>& targets);
  /// Nobody is told anything: news need not be made.
  bool empty() const { return channels_.empty(); }
  /// To each target what is news for it. What does not arrive is said again with the next news,
  /// where it still stands.
  void Tell(const News& news);
  void Forget(const std::string& tenant);
  /// Gives what waits one attempt; `done` is called once, at the latest after kPatience.
  void Finish(std::function<void()> done);

 private:
  struct Channel {
    explicit Channel(NotifyTarget of) : target(std::move(of)) {}
    NotifyTarget target;
    NewsMemory memory;
    std::unique_ptr<NotifySender> sender;
  };
  void OneIsIdle();
  void Done();

  SenderParts parts_;
  Ended ended_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::size_t busy_ = 0;  // Of those that Finish waits for.
  std::function<void()> done_;
  TimerId timer_ = 0;
};

}  // namespace seatkeeper
