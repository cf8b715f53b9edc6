#include "reconciler/graph/token_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "policy/text.h"
#include "reconciler/execute/retry_delay.h"
#include "reconciler/graph/aadsts.h"
#include "reconciler/graph/http_time.h"
#include "reconciler/graph/unanswered.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kRequestTimeout{30'000};
constexpr milliseconds kRenewBefore{300'000};
// The assertion is outside the time that it is valid for.
constexpr int kOutOfTime = 700024;
// What a token without a stated lifetime is taken for; Entra's last at least an hour.
constexpr std::int64_t kDefaultLifetimeSeconds = 600;

// The v1 endpoint and managed identities send numbers as texts.
std::optional<std::int64_t> NumberAt(const json& body, const char* name) {
  constexpr std::size_t kMostDigits = 12;
  const auto found = body.find(name);
  if (found == body.end()) return std::nullopt;
  if (found->is_number()) {
    return static_cast<std::int64_t>(std::clamp(found->get<double>(), 0.0, 1e12));
  }
  if (!found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  const bool digits =
      !text.empty() && text.size() <= kMostDigits &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional<std::int64_t>(std::stoll(text)) : std::nullopt;
}

// App Service tells the end alone.
std::int64_t LifetimeSeconds(const json& body, WallTime now) {
  constexpr std::int64_t kMostSeconds = 864'000;
  if (const auto lasts = NumberAt(body, "expires_in")) return std::min(*lasts, kMostSeconds);
  const auto ends = NumberAt(body, "expires_on");
  if (!ends) return kDefaultLifetimeSeconds;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return std::clamp<std::int64_t>(*ends - seconds, 0, kMostSeconds);
}

int FirstErrorCode(const json& body) {
  const auto codes = body.find("error_codes");
  if (codes == body.end() || !codes->is_array() || codes->empty()) return 0;
  return codes->front().is_number_integer() ? codes->front().get<int>() : 0;
}

std::string TextAt(const json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string SkewSentence(const HttpResponse& response, WallTime now) {
  const auto skew = ClockSkew(response.headers, now, milliseconds(0));
  if (!skew) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*skew).count();
  return fmt::format("This machine's clock is {} s {} the service's.", std::abs(seconds),
                     seconds < 0 ? "ahead of" : "behind");
}

// For PlantedBug::kTokenByClient alone.
void ShareByClient(const std::string& client, Secret& token, MonotonicTime& renew_at) {
  static std::map<std::string, std::pair<Secret, MonotonicTime>> kept;
  auto& known = kept[client];
  if (token.empty()) {
    std::tie(token, renew_at) = known;
  } else {
    known = {token, renew_at};
  }
}

}  // namespace

TokenSource::TokenSource(Dependencies dependencies, TokenSettings settings)
    : to_(dependencies), settings_(std::move(settings)) {}

TokenSource::~TokenSource() {
  if (request_ != 0) to_.transport.Cancel(request_);
  if (retry_timer_ != 0) to_.timers.Cancel(retry_timer_);
}

TokenSource::WaitId TokenSource::Get(Done done) {
  if (IsPlanted(PlantedBug::kTokenByClient))
    ShareByClient(settings_.target.client_id, token_, renew_at_);
  if (!token_.empty() && to_.clock.Monotonic() < renew_at_) {
    done(token_);
    return 0;
  }
  const WaitId wait = ++last_wait_;
  waiting_.emplace(wait, std::move(done));
  if (attempt_ == 0) {
    attempt_ = 1;
    Request();
  }
  return wait;
}

void TokenSource::CancelWait(WaitId wait) { waiting_.erase(wait); }

void TokenSource::Invalidate(const Secret& token) {
  if (!(token == token_)) return;
  token_ = Secret();
  claims_.reset();
}

void TokenSource::Request() {
  auto made = settings_.credential->Request(settings_.target, to_.clock.Now(), to_.random);
  if (!made) {
    // Not from inside: whoever waits does not expect to be called before Get has returned.
    retry_timer_ =
        to_.timers.At(to_.clock.Monotonic(), [this, message = std::move(made.error().message)] {
          retry_timer_ = 0;
          Fail(ErrorKind::kPermission, "Signing in was not tried: " + message);
        });
    return;
  }
  HttpRequest request = std::move(made).value();
  request.ca_file = settings_.ca_file;
  request.timeout = kRequestTimeout;
  asked_at_ = to_.clock.Monotonic();
  request_ = to_.transport.Send(std::move(request), [this](const HttpOutcome& outcome) {
    request_ = 0;
    to_.observer.OnRequest({.tenant = settings_.tenant,
                            .call = "token",
                            .status = outcome.response.status,
                            .elapsed = outcome.elapsed,
                            .throttled = outcome.response.status == 429});
    Take(outcome);
  });
}

void TokenSource::Take(const HttpOutcome& outcome) {
  if (outcome.kind != HttpOutcome::Kind::kAnswered) {
    if (!MayPass(outcome)) return FailAtOnce(DescribeFailure(outcome));
    RetryOrFail(outcome.failure, std::nullopt);
  } else if (IsRedirect(outcome.response.status)) {
    FailAtOnce(DescribeRedirect(outcome.response));
  } else if (outcome.response.status == 200) {
    TakeToken(outcome.response);
  } else {
    TakeRefusal(outcome.response);
  }
}

void TokenSource::TakeToken(const HttpResponse& response) {
  const json body = json::parse(response.body, nullptr, false);
  const std::string token = body.is_object() ? TextAt(body, "access_token") : std::string();
  if (token.empty()) return RetryOrFail("the answer holds no access token", std::nullopt);
  auto claims = DecodeToken(token);
  if (!claims) {
    return Fail(ErrorKind::kPermission,
                "Signing in gave a token that does not say which tenant it is for (it is no JWT); "
                "such a token is not used.");
  }
  const auto& tenant_id = settings_.target.tenant_id;
  if (!EqualsIgnoreCase(claims->tenant_id, tenant_id)) {
    return Fail(ErrorKind::kPermission,
                fmt::format("Signing in gave a token for tenant '{}' instead of '{}'; it is not "
                            "used. Check tenantId and the login endpoint.",
                            claims->tenant_id, tenant_id));
  }
  const milliseconds lifetime = std::chrono::seconds(LifetimeSeconds(body, to_.clock.Now()));
  renew_at_ = asked_at_ + std::max(lifetime - kRenewBefore, lifetime * 4 / 5);
  token_ = Secret(token);
  claims_ = std::move(claims);
  Answer(token_);
}

void TokenSource::TakeRefusal(const HttpResponse& response) {
  const json body = json::parse(response.body, nullptr, false);
  const int code = body.is_object() ? FirstErrorCode(body) : 0;
  const SignInExplanation known = ExplainSignInError(code);
  const auto retry_after = RetryAfter(response.headers, to_.clock.Now());
  if (known.transient || settings_.credential->IsTransient(response.status)) {
    return RetryOrFail(fmt::format("the sign-in service answered {}", response.status),
                       retry_after);
  }
  std::string words = body.is_object() ? TextAt(body, "error_description") : std::string();
  words.resize(std::min(words.size(), words.find_first_of("\r\n")));
  std::string message = "Sign-in was refused";
  if (code != 0) {
    message += fmt::format(" (AADSTS{})", code);
  } else {
    message += fmt::format(": {} answered {}{}", settings_.credential->Where(settings_.target),
                           response.status, words.empty() ? ", without a reason" : "");
  }
  message += '.';
  for (const std::string_view sentence : {known.meaning, known.mend}) {
    if (!sentence.empty()) message += fmt::format(" {}", sentence);
  }
  if (known.meaning.empty() && !words.empty()) message += fmt::format(" {}", words);
  const auto details = code == kOutOfTime ? SkewSentence(response, to_.clock.Now())
                                          : settings_.credential->Shown(code);
  if (!details.empty()) message += fmt::format(" {}", details);
  ServiceError service{.status = response.status};
  if (body.is_object()) {
    service.code = code != 0 ? fmt::format("AADSTS{}", code) : TextAt(body, "error");
    service.request_id = TextAt(body, "trace_id");
  }
  Fail(ErrorKind::kPermission, std::move(message), std::move(service));
}

void TokenSource::FailAtOnce(const std::string& why) {
  Fail(ErrorKind::kUnreachable, fmt::format("Signing in at {} failed: {}.",
                                            settings_.credential->Where(settings_.target), why));
}

void TokenSource::RetryOrFail(std::string why, std::optional<milliseconds> retry_after) {
  const TokenRetries retries = settings_.credential->retries();
  const bool too_long = retry_after && *retry_after > retries.ceiling;
  if (attempt_ >= retries.attempts || too_long) {
    return Fail(ErrorKind::kUnreachable,
                fmt::format("Signing in at {} failed after {} attempts: {}.",
                            settings_.credential->Where(settings_.target), attempt_, why),
                {.retry_after = retry_after});
  }
  const auto delay =
      RetryDelay(attempt_, retries.base, retries.ceiling, retry_after, to_.random.Next());
  ++attempt_;
  retry_timer_ = to_.timers.At(to_.clock.Monotonic() + delay, [this] {
    retry_timer_ = 0;
    Request();
  });
}

void TokenSource::Fail(ErrorKind kind, std::string message, ServiceError service) {
  Error error{.kind = kind, .message = std::move(message)};
  if (service.status != 0 || service.retry_after) error.service = std::move(service);
  Answer(std::move(error));
}

void TokenSource::Answer(const Result<Secret>& result) {
  // A waiter may invalidate what `result` refers to.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const Result<Secret> kept = result;
  attempt_ = 0;
  // One at a time: a waiter's callback may cancel the others.
  const WaitId newest = last_wait_;
  while (!waiting_.empty() && waiting_.begin()->first <= newest) {
    const auto waiter = waiting_.extract(waiting_.begin());
    waiter.mapped()(kept);
  }
}

}  // namespace seatkeeper
