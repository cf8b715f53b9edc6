#include "reconciler/graph/token_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "policy/text.h"
#include "reconciler/execute/retry_delay.h"
#include "reconciler/graph/aadsts.h"
#include "reconciler/graph/http_time.h"
#include "reconciler/graph/url.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr int kMaxAttempts = 5;
constexpr milliseconds kRetryBase{1'000};
constexpr milliseconds kRetryCeiling{30'000};
constexpr milliseconds kRequestTimeout{30'000};
constexpr milliseconds kRenewBefore{300'000};
// What a token without a stated lifetime is taken for; Entra's last at least an hour.
constexpr std::int64_t kDefaultLifetimeSeconds = 600;

// The v1 endpoint and managed identities send numbers as texts.
std::int64_t LifetimeSeconds(const json& body) {
  const auto found = body.find("expires_in");
  if (found == body.end()) return kDefaultLifetimeSeconds;
  if (found->is_number()) {
    return static_cast<std::int64_t>(std::clamp(found->get<double>(), 0.0, 864'000.0));
  }
  if (!found->is_string()) return kDefaultLifetimeSeconds;
  const auto& text = found->get_ref<const std::string&>();
  const bool digits =
      !text.empty() && text.size() < 7 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::stoll(text) : kDefaultLifetimeSeconds;
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
  if (IsPlanted(PlantedBug::kTokenByClient)) ShareByClient(settings_.client_id, token_, renew_at_);
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
  HttpRequest request;
  request.method = "POST";
  request.url =
      fmt::format("{}/{}/oauth2/v2.0/token", settings_.login_base, UrlEncode(settings_.tenant_id));
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = fmt::format("client_id={}&scope={}&grant_type=client_credentials&client_secret={}",
                             UrlEncode(settings_.client_id), UrlEncode(settings_.scope),
                             UrlEncode(settings_.client_secret.Reveal()));
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
    RetryOrFail(outcome.failure, std::nullopt);
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
  if (!EqualsIgnoreCase(claims->tenant_id, settings_.tenant_id)) {
    return Fail(ErrorKind::kPermission,
                fmt::format("Signing in gave a token for tenant '{}' instead of '{}'; it is not "
                            "used. Check tenantId and the login endpoint.",
                            claims->tenant_id, settings_.tenant_id));
  }
  const milliseconds lifetime = std::chrono::seconds(LifetimeSeconds(body));
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
  if (known.transient || response.status == 429 || response.status >= 500) {
    return RetryOrFail(fmt::format("the sign-in service answered {}", response.status),
                       retry_after);
  }
  std::string message = "Sign-in was refused";
  if (code != 0) message += fmt::format(" (AADSTS{})", code);
  message += '.';
  for (const std::string_view sentence : {known.meaning, known.mend}) {
    if (!sentence.empty()) message += fmt::format(" {}", sentence);
  }
  std::string words = body.is_object() ? TextAt(body, "error_description") : std::string();
  words.resize(std::min(words.size(), words.find_first_of("\r\n")));
  if (known.meaning.empty() && !words.empty()) message += fmt::format(" {}", words);
  ServiceError service{.status = response.status};
  if (body.is_object()) {
    service.code = code != 0 ? fmt::format("AADSTS{}", code) : TextAt(body, "error");
    service.request_id = TextAt(body, "trace_id");
  }
  Fail(ErrorKind::kPermission, std::move(message), std::move(service));
}

void TokenSource::RetryOrFail(std::string why, std::optional<milliseconds> retry_after) {
  const bool too_long = retry_after && *retry_after > kRetryCeiling;
  if (attempt_ >= kMaxAttempts || too_long) {
    return Fail(ErrorKind::kUnreachable,
                fmt::format("Signing in at {} failed after {} attempts: {}.", settings_.login_base,
                            attempt_, why),
                {.retry_after = retry_after});
  }
  const auto delay =
      RetryDelay(attempt_, kRetryBase, kRetryCeiling, retry_after, to_.random.Next());
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
