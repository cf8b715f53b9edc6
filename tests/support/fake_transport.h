#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/seams/http_transport.h"
#include "tests/support/fake_clock.h"

namespace seatkeeper::test {

inline HttpOutcome Answer(int status, std::string body, HttpHeaders headers = {}) {
  HttpOutcome outcome;
  outcome.kind = HttpOutcome::Kind::kAnswered;
  outcome.response = {status, std::move(headers), std::move(body)};
  return outcome;
}
inline HttpOutcome Failure(HttpOutcome::Kind kind, std::string why = "connection reset") {
  HttpOutcome outcome;
  outcome.kind = kind;
  outcome.failure = std::move(why);
  return outcome;
}
inline HttpOutcome BadCertificate(CertificateTrouble trouble) {
  auto outcome = Failure(HttpOutcome::Kind::kNeverSent, "the certificate is not accepted");
  outcome.certificate = trouble;
  return outcome;
}

/// Answers requests from a function, in virtual time, and keeps what it was asked.
class FakeTransport final : public HttpTransport {
 public:
  using Handler = std::function<HttpOutcome(const HttpRequest&)>;

  FakeTransport(FakeClock& clock, FakeTimers& timers) : clock_(clock), timers_(timers) {}

  /// The handler is called when the answer falls due, not when the request is sent.
  void SetHandler(Handler handler) { handler_ = std::move(handler); }
  /// Handlers by a part of the URL; the first that fits answers, before the general handler.
  void On(std::string url_part, Handler handler) {
    routes_.emplace_back(std::move(url_part), std::move(handler));
  }
  void SetLatency(std::chrono::milliseconds latency) { latency_ = latency; }

  HttpRequestId Send(HttpRequest request, std::function<void(HttpOutcome)> done) override {
    const HttpRequestId id = ++last_id_;
    requests.push_back(request);
    most_under_way = std::max(most_under_way, timer_of_.size() + 1);
    timer_of_[id] =
        timers_.At(clock_.Monotonic() + latency_, [this, id, request = std::move(request), done] {
          timer_of_.erase(id);
          HttpOutcome outcome = Handle(request);
          outcome.elapsed = latency_;
          done(std::move(outcome));
        });
    return id;
  }
  void Cancel(HttpRequestId request) override {
    const auto found = timer_of_.find(request);
    if (found == timer_of_.end()) return;
    timers_.Cancel(found->second);
    timer_of_.erase(found);
  }

  std::size_t under_way() const { return timer_of_.size(); }
  std::size_t CountTo(std::string_view url_part) const {
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(), [url_part](const HttpRequest& request) {
          return request.url.find(url_part) != std::string::npos;
        }));
  }

  std::vector<HttpRequest> requests;  ///< In the order sent.
  std::size_t most_under_way = 0;

 private:
  HttpOutcome Handle(const HttpRequest& request) {
    for (const auto& [part, handler] : routes_) {
      if (request.url.find(part) != std::string::npos) return handler(request);
    }
    if (handler_) return handler_(request);
    return Failure(HttpOutcome::Kind::kNeverSent, "no handler for " + request.url);
  }

  FakeClock& clock_;
  FakeTimers& timers_;
  Handler handler_;
  std::vector<std::pair<std::string, Handler>> routes_;
  std::chrono::milliseconds latency_{50};
  HttpRequestId last_id_ = 0;
  std::map<HttpRequestId, TimerId> timer_of_;
};

}  // namespace seatkeeper::test
