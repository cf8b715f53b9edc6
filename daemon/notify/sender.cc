#include "daemon/notify/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "daemon/notify/render.h"
#include "reconciler/execute/retry_delay.h"

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstDelay{2'000};
constexpr milliseconds kLongestDelay{60'000};
// Who asks for more has no use for it any more when the time comes.
constexpr std::chrono::minutes kMostRetryAfter{10};

// In seconds alone; a date there says nothing.
std::optional<milliseconds> RetryAfter(const HttpResponse& response) {
  const auto* text = FindHeader(response.headers, "Retry-After");
  if (text == nullptr) return std::nullopt;
  int seconds = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end || seconds < 0) return std::nullopt;
  return std::min<milliseconds>(std::chrono::seconds(seconds), kMostRetryAfter);
}

bool MayPass(int status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

std::string_view ToString(NewsDelivery delivery) {
  switch (delivery) {
    case NewsDelivery::kSent:
      return "sent";
    case NewsDelivery::kFailed:
      return "failed";
    case NewsDelivery::kDropped:
      break;
  }
  return "dropped";
}

NotifySender::~NotifySender() {
  parts_.transport.Cancel(request_);
  parts_.timers.Cancel(timer_);
}

void NotifySender::Send(News news) {
  if (waiting_.size() >= kMostWaiting) {
    return ended_(news, NewsDelivery::kDropped, fmt::format("{} wait already", waiting_.size()));
  }
  waiting_.push_back(
      {.news = std::move(news),
       .id = fmt::format("{:016x}{:016x}", parts_.random.Next(), parts_.random.Next()),
       .attempts = 0});
  if (!under_way_) Next();
}

void NotifySender::Finish(std::function<void()> idle) {
  idle_ = std::move(idle);
  finishing_ = true;
  // Of what waits for another attempt the first has failed.
  if (timer_ != 0 && !waiting_.empty() && waiting_.front().attempts > 0) {
    parts_.timers.Cancel(std::exchange(timer_, 0));
    return End(NewsDelivery::kFailed, "seatkeeper is stopping");
  }
  TellIdle();
}

void NotifySender::Next() {
  under_way_ = !waiting_.empty();
  if (under_way_) return Try();
  TellIdle();
}

void NotifySender::TellIdle() {
  if (under_way_ || !idle_) return;
  const auto idle = std::exchange(idle_, nullptr);
  idle();
}

void NotifySender::Try() {
  auto& message = waiting_.front();
  ++message.attempts;
  const auto url = AddressOf(target_);
  if (!url) return AttemptFailed(url.error().message, std::nullopt);
  if (auto why = WhyNotSendTo(*url); !why.empty()) return AttemptFailed(why, std::nullopt);
  std::string secret;
  if (target_.type == NotifyType::kWebhook) {
    auto read = SigningKeyOf(target_);
    if (!read) return AttemptFailed(read.error().message, std::nullopt);
    secret = *std::move(read);
  }
  request_ = parts_.transport.Send(
      NotifyRequest(target_, message.news, message.id, *url, secret, parts_.clock.Now()),
      [this](const HttpOutcome& outcome) {
        request_ = 0;
        Answered(outcome);
      });
}

void NotifySender::Answered(const HttpOutcome& outcome) {
  if (outcome.kind != HttpOutcome::Kind::kAnswered) {
    return AttemptFailed("there was no answer", std::nullopt);
  }
  const int status = outcome.response.status;
  if (status >= 200 && status < 300) return End(NewsDelivery::kSent, {});
  const auto why = fmt::format("the answer was {}", status);
  if (!MayPass(status)) return End(NewsDelivery::kFailed, why);
  AttemptFailed(why, RetryAfter(outcome.response));
}

void NotifySender::AttemptFailed(const std::string& why, std::optional<milliseconds> retry_after) {
  const auto attempts = waiting_.front().attempts;
  if (finishing_ || attempts >= kAttempts) {
    return End(NewsDelivery::kFailed,
               fmt::format("{} ({} {})", why, attempts, attempts == 1 ? "attempt" : "attempts"));
  }
  const auto delay =
      RetryDelay(attempts, kFirstDelay, kLongestDelay, retry_after, parts_.random.Next());
  timer_ = parts_.timers.At(parts_.clock.Monotonic() + delay, [this] {
    timer_ = 0;
    Try();
  });
}

void NotifySender::End(NewsDelivery delivery, const std::string& why) {
  const auto message = std::move(waiting_.front());
  waiting_.pop_front();
  ended_(message.news, delivery, why);
  Next();
}

}  // namespace seatkeeper
