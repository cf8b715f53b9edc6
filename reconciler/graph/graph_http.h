#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/graph/quota.h"
#include "reconciler/graph/token_source.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

struct GraphHttpSettings {
  std::string tenant;  ///< Name in the config, for the observer.
  std::string base;    ///< For example "https://graph.microsoft.com", no trailing slash.
  std::string ca_file;
  /// What the requests count against; null: nothing is reckoned, and none waits.
  std::shared_ptr<Quota> quota = nullptr;
  /// Of every request, as x-ms-throttle-priority; empty: not said.
  std::string throttle_priority = {};
};

/// Authorised requests to Graph: token, client-request-id, fresh token once after 401, and for
/// what is safe to repeat up to five attempts with backoff (network failures, 429, 500, 502, 503,
/// 504). Reads wait until the quota allows them; writes never do, since whoever sends them has
/// taken room for them before (WriteRoom). The token goes to the scheme, host and port of `base`
/// only, whatever a link says. On the loop's thread only; calls back there, possibly from inside
/// when a request cannot even be made. Destroying it drops what is under way without calling back.
class GraphHttp {
 public:
  enum class Repeat { kSafe, kNever };
  struct Call {
    std::string_view name;  ///< One of a bounded set, a literal: "users", "batch", ...
    std::string doing;      ///< Starts the sentence of errors: "Listing users, page 3".
    std::string url;        ///< Absolute, or a path under base/v1.0 that starts with '/'.
    HttpHeaders headers;
    std::string body;  ///< JSON; empty: GET, otherwise POST.
    Repeat repeat = Repeat::kSafe;
    int writes = 0;  ///< Changes that it asks for.
    /// What a batch of reads is reckoned to cost in all; 0: a single read, by its name.
    double units = 0;
  };
  /// The answer as it came (any status), or why there is none, or an Error when nothing was sent.
  using DoneRaw = std::function<void(Result<HttpOutcome>)>;
  using Done = std::function<void(Result<HttpResponse>)>;

  GraphHttp(TokenSource::Dependencies dependencies, TokenSource& tokens,
            GraphHttpSettings settings);
  ~GraphHttp();
  GraphHttp(const GraphHttp&) = delete;
  GraphHttp& operator=(const GraphHttp&) = delete;

  /// For writes, which have to know exactly what happened.
  void SendRaw(Call call, DoneRaw done);
  /// A 2xx answer, or an Error (see ToError; kThrottled when told to wait longer than a minute).
  void Send(Call call, Done done);

  /// As the last answer that said the service's time has it; see ClockSkew. Nothing before one.
  std::optional<std::chrono::milliseconds> clock_skew() const { return clock_skew_; }

 private:
  struct Exchange;
  void Admit(Exchange& exchange);
  void Authorise(Exchange& exchange);
  void Transmit(Exchange& exchange, const Secret& token);
  void Take(Exchange& exchange, HttpOutcome outcome);
  void TellQuota(const Call& call, const HttpOutcome& outcome);
  bool TryAgain(Exchange& exchange, const HttpOutcome& outcome);
  void Finish(Exchange& exchange, Result<HttpOutcome> result);

  TokenSource::Dependencies to_;
  TokenSource& tokens_;
  GraphHttpSettings settings_;
  std::optional<std::chrono::milliseconds> clock_skew_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace seatkeeper
