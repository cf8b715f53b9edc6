#include <string>

#include "daemon/notify_schema.h"
#include "daemon/service.h"

// The part of Service that tells others what happens.

namespace seatkeeper {
namespace {

std::string_view WordOf(NotifyType type) {
  return kNotifyTypeWords[static_cast<std::size_t>(type)].word;
}

}  // namespace

void Service::UseNotifyTargets() {
  notifier_.SetTargets(config_.notify);
  for (const auto& target : config_.notify) {
    for (const auto result : {NewsDelivery::kSent, NewsDelivery::kFailed, NewsDelivery::kDropped}) {
      metrics_.CountNotification(WordOf(target.type), ToString(result), 0);
    }
  }
}

void Service::TellPolicyNews() {
  if (notifier_.empty()) return;
  notifier_.Tell(
      NewsOf(PolicyNewsInput{.in_force = policy_.in_force(),
                             .findings = policy_.findings(),
                             .failed = policy_.error_count() > 0 || !policy_.failure().empty(),
                             .now = runtime_.clock().Now()}));
}

void Service::NewsEnded(const NotifyTarget& target, const News& news, NewsDelivery delivery,
                        const std::string& why) {
  metrics_.CountNotification(WordOf(target.type), ToString(delivery));
  const std::string tenant = news.tenant.empty() ? "(policy)" : news.tenant;
  if (delivery == NewsDelivery::kSent) {
    log_.Info("notification sent", {{"target", target.name}, {"tenant", tenant}});
  } else {
    log_.Warn("notification not sent", {{"target", target.name},
                                        {"tenant", tenant},
                                        {"result", ToString(delivery)},
                                        {"detail", why}});
  }
}

}  // namespace seatkeeper
