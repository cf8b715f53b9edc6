#include "daemon/notify/notifier.h"

#include <algorithm>
#include <utility>

namespace seatkeeper {

Notifier::~Notifier() { parts_.timers.Cancel(timer_); }

void Notifier::SetTargets(const std::vector<NotifyTarget>& targets) {
  auto before = std::exchange(channels_, {});
  for (const auto& target : targets) {
    const auto same = std::ranges::find_if(
        before, [&](const auto& each) { return each != nullptr && each->target == target; });
    if (same != before.end()) {
      channels_.push_back(std::move(*same));
      continue;
    }
    auto channel = std::make_unique<Channel>(target);
    auto& made = *channel;
    made.sender = std::make_unique<NotifySender>(
        made.target, parts_,
        [this, &made](const News& news, NewsDelivery delivery, const std::string& why) {
          if (delivery != NewsDelivery::kSent) made.memory.Unsay(news);
          ended_(made.target, news, delivery, why);
        });
    channels_.push_back(std::move(channel));
  }
}

void Notifier::Tell(const News& news) {
  for (const auto& channel : channels_) {
    auto selected = channel->memory.Select(channel->target, news, parts_.clock.Monotonic());
    if (!selected.empty()) channel->sender->Send(std::move(selected));
  }
}

void Notifier::Forget(const std::string& tenant) {
  for (const auto& channel : channels_) channel->memory.Forget(tenant);
}

void Notifier::Finish(std::function<void()> done) {
  if (done_) return;
  done_ = std::move(done);
  busy_ = channels_.size() + 1;  // This function, too.
  timer_ = parts_.timers.At(parts_.clock.Monotonic() + kPatience, [this] { Done(); });
  for (const auto& channel : channels_) channel->sender->Finish([this] { OneIsIdle(); });
  OneIsIdle();
}

void Notifier::OneIsIdle() {
  if (--busy_ == 0) Done();
}

void Notifier::Done() {
  parts_.timers.Cancel(std::exchange(timer_, 0));
  if (const auto done = std::exchange(done_, nullptr)) done();
}

}  // namespace seatkeeper
