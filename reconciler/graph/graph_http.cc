#include "reconciler/graph/graph_http.h"

#include <fmt/format.h>

#include <utility>

#include "reconciler/execute/retry_delay.h"
#include "reconciler/graph/graph_errors.h"
#include "reconciler/graph/http_time.h"
#include "reconciler/graph/unanswered.h"
#include "reconciler/graph/url.h"

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr int kMaxAttempts = 5;
constexpr milliseconds kRetryBase{1'000};
constexpr milliseconds kRetryCeiling{30'000};
// Told to wait longer than this, a reading had better fail and be started anew later.
constexpr milliseconds kLongestRetryAfter{60'000};
constexpr milliseconds kRequestTimeout{120'000};

bool IsTransient(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::string RequestGuid(Random& random) {
  const std::uint64_t high = random.Next();
  const std::uint64_t low = random.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, ((low >> 48U) & 0x3fffU) | 0x8000U, low & 0xffffffffffffU);
}

std::string InParentheses(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

Result<HttpResponse> Judge(Result<HttpOutcome> result, const std::string& doing, WallTime now) {
  if (!result.ok()) return std::move(result).error();
  HttpOutcome& outcome = *result;
  if (outcome.kind != HttpOutcome::Kind::kAnswered) {
    return Error{.kind = ErrorKind::kUnreachable,
                 .message = fmt::format("{}: {}", doing, DescribeFailure(outcome))};
  }
  const int status = outcome.response.status;
  if (status >= 200 && status < 300) return std::move(outcome.response);
  return ToError(ParseGraphError(outcome.response, now), doing);
}

}  // namespace

struct GraphHttp::Exchange {
  std::uint64_t id;
  Call call;
  DoneRaw done;
  int attempt = 1;
  bool renewed = false;  // A second token has been asked for after 401.
  TokenSource::WaitId token_wait = 0;
  HttpRequestId request = 0;
  MonotonicTime sent_at{};
  TimerId timer = 0;
  Secret token;
};

GraphHttp::GraphHttp(TokenSource::Dependencies dependencies, TokenSource& tokens,
                     GraphHttpSettings settings)
    : to_(dependencies), tokens_(tokens), settings_(std::move(settings)) {}

GraphHttp::~GraphHttp() {
  for (const auto& [id, exchange] : exchanges_) {
    tokens_.CancelWait(exchange->token_wait);
    if (exchange->request != 0) to_.transport.Cancel(exchange->request);
    if (exchange->timer != 0) to_.timers.Cancel(exchange->timer);
  }
}

void GraphHttp::Send(Call call, Done done) {
  std::string doing = call.doing;
  SendRaw(std::move(call),
          [this, doing = std::move(doing), done = std::move(done)](Result<HttpOutcome> result) {
            done(Judge(std::move(result), doing, to_.clock.Now()));
          });
}

void GraphHttp::SendRaw(Call call, DoneRaw done) {
  if (call.url.starts_with('/')) call.url = settings_.base + "/v1.0" + call.url;
  if (!SameOrigin(call.url, settings_.base)) {
    Error error{.kind = ErrorKind::kIncomplete,
                .message = fmt::format("{}: the service points to another host{}; the token is "
                                       "not sent there.",
                                       call.doing, InParentheses(ShownOrigin(call.url)))};
    return done(std::move(error));
  }
  const std::uint64_t id = ++last_id_;
  auto exchange = std::make_unique<Exchange>();
  exchange->id = id;
  exchange->call = std::move(call);
  exchange->done = std::move(done);
  Exchange& started = *exchange;
  exchanges_.emplace(id, std::move(exchange));
  Admit(started);
}

void GraphHttp::Admit(Exchange& exchange) {
  const auto& quota = settings_.quota;
  const Call& call = exchange.call;
  if (quota == nullptr || call.writes > 0) return Authorise(exchange);
  const auto now = to_.clock.Monotonic();
  const double units = call.units > 0 ? call.units : quota->UnitsOf(call.name);
  // Those are the readings anew that removals wait for.
  const auto urgency = call.units > 0 ? Quota::Urgency::kUrgent : Quota::Urgency::kCanWait;
  const auto when = quota->UnitsAt(units, urgency, now);
  if (when <= now) {
    quota->TakeUnits(units, now);
    return Authorise(exchange);
  }
  quota->ReadWaited(when - now);
  exchange.timer = to_.timers.At(when, [this, id = exchange.id] {
    Exchange& waiting = *exchanges_.at(id);
    waiting.timer = 0;
    Admit(waiting);
  });
}

void GraphHttp::Authorise(Exchange& exchange) {
  const std::uint64_t id = exchange.id;
  const auto wait = tokens_.Get([this, id](Result<Secret> token) {
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end()) return;
    found->second->token_wait = 0;
    if (!token.ok()) return Finish(*found->second, std::move(token).error());
    Transmit(*found->second, *token);
  });
  if (wait != 0) exchange.token_wait = wait;
}

void GraphHttp::Transmit(Exchange& exchange, const Secret& token) {
  exchange.token = token;
  HttpRequest request;
  request.method = exchange.call.body.empty() ? "GET" : "POST";
  request.url = exchange.call.url;
  request.headers = exchange.call.headers;
  request.headers.emplace_back("Authorization", "Bearer " + token.Reveal());
  if (FindHeader(request.headers, "Accept") == nullptr) {
    request.headers.emplace_back("Accept", "application/json");
  }
  request.headers.emplace_back("client-request-id", RequestGuid(to_.random));
  if (!settings_.throttle_priority.empty()) {
    request.headers.emplace_back("x-ms-throttle-priority", settings_.throttle_priority);
  }
  if (!exchange.call.body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = exchange.call.body;
  }
  request.ca_file = settings_.ca_file;
  request.timeout = kRequestTimeout;
  exchange.sent_at = to_.clock.Monotonic();
  exchange.request =
      to_.transport.Send(std::move(request), [this, id = exchange.id](HttpOutcome outcome) {
        Exchange& answered = *exchanges_.at(id);
        answered.request = 0;
        Take(answered, std::move(outcome));
      });
}

void GraphHttp::Take(Exchange& exchange, HttpOutcome outcome) {
  const int status = outcome.response.status;
  const auto skew = ClockSkew(outcome.response.headers, to_.clock.Now(),
                              to_.clock.Monotonic() - exchange.sent_at);
  if (skew) clock_skew_ = skew;
  to_.observer.OnRequest({.tenant = settings_.tenant,
                          .call = exchange.call.name,
                          .status = status,
                          .elapsed = outcome.elapsed,
                          .throttled = status == 429,
                          .writes = exchange.call.writes});
  TellQuota(exchange.call, outcome);
  if (status == 401 && !exchange.renewed) {
    // Not acted on, so this is safe for writes, too.
    exchange.renewed = true;
    tokens_.Invalidate(exchange.token);
    return Authorise(exchange);
  }
  if (TryAgain(exchange, outcome)) return;
  Finish(exchange, std::move(outcome));
}

void GraphHttp::TellQuota(const Call& call, const HttpOutcome& outcome) {
  const auto& quota = settings_.quota;
  if (quota == nullptr || outcome.kind != HttpOutcome::Kind::kAnswered) return;
  const auto now = to_.clock.Monotonic();
  const auto signs = ReadThrottleSigns(outcome.response, to_.clock.Now());
  quota->Hear(signs, call.writes > 0 ? Quota::Of::kWrites : Quota::Of::kReads, now);
  // A batch says of itself what says nothing of its items: whoever reads them tells.
  const bool single = call.writes == 0 && call.units <= 0;
  if (single && signs.units && outcome.response.status == 200) {
    quota->CorrectUnits(call.name, quota->UnitsOf(call.name), *signs.units, now);
  }
}

bool GraphHttp::TryAgain(Exchange& exchange, const HttpOutcome& outcome) {
  if (exchange.call.repeat != Repeat::kSafe || exchange.attempt >= kMaxAttempts) return false;
  const bool answered = outcome.kind == HttpOutcome::Kind::kAnswered;
  if (answered && !IsTransient(outcome.response.status)) return false;
  if (!MayPass(outcome)) return false;
  const auto retry_after = RetryAfter(outcome.response.headers, to_.clock.Now());
  if (retry_after && *retry_after > kLongestRetryAfter) return false;
  const auto delay =
      RetryDelay(exchange.attempt, kRetryBase, kRetryCeiling, retry_after, to_.random.Next());
  ++exchange.attempt;
  exchange.timer = to_.timers.At(to_.clock.Monotonic() + delay, [this, id = exchange.id] {
    Exchange& waiting = *exchanges_.at(id);
    waiting.timer = 0;
    Admit(waiting);
  });
  return true;
}

void GraphHttp::Finish(Exchange& exchange, Result<HttpOutcome> result) {
  const DoneRaw done = std::move(exchange.done);
  exchanges_.erase(exchange.id);
  done(std::move(result));  // May destroy *this.
}

}  // namespace seatkeeper
