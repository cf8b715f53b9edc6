#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "policy/result.h"
#include "reconciler/graph/credential.h"
#include "reconciler/graph/jwt.h"
#include "reconciler/seams/clock.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/observer.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/secret.h"
#include "reconciler/seams/timers.h"

namespace seatkeeper {

struct TokenSettings {
  std::string tenant;  ///< Name in the config, for the observer.
  TokenTarget target;
  std::shared_ptr<const Credential> credential;
  std::string ca_file;
};

/// Access tokens of one application in one tenant of one cloud: whoever signs in as another one has
/// another source, so that no token is ever taken for somebody else's. A token is kept until 5
/// minutes before its end (a short-lived one until 80 % of its life); at most one request is under
/// way, everybody waits for it. Transient failures are tried again, then reported as kUnreachable,
/// certificates that do not hold and redirects at once; refusals, and a credential with which
/// nobody need be asked, as kPermission with what mends them. A token that is not provably for the
/// tenant is refused. On the loop's thread only. Destroying it drops what is under way without
/// calling back.
class TokenSource {
 public:
  struct Dependencies {
    HttpTransport& transport;
    Clock& clock;
    Timers& timers;
    Random& random;
    Observer& observer;
  };
  using Done = std::function<void(Result<Secret>)>;
  using WaitId = std::uint64_t;  ///< 0: the answer has been given already.

  TokenSource(Dependencies dependencies, TokenSettings settings);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  /// Calls back at once, from inside, when a token is at hand.
  WaitId Get(Done done);
  /// That waiter is not called any more. Unknown ids and 0 are fine.
  void CancelWait(WaitId wait);
  /// Forgets `token` if it is still the present one: the service did not accept it.
  void Invalidate(const Secret& token);

  /// Of the present token; nothing when there is none.
  const std::optional<TokenClaims>& claims() const { return claims_; }

 private:
  void Request();
  void Take(const HttpOutcome& outcome);
  void TakeToken(const HttpResponse& response);
  void TakeRefusal(const HttpResponse& response);
  void FailAtOnce(const std::string& why);
  void RetryOrFail(std::string why, std::optional<std::chrono::milliseconds> retry_after);
  void Answer(const Result<Secret>& result);
  void Fail(ErrorKind kind, std::string message, ServiceError service = {});

  Dependencies to_;
  TokenSettings settings_;
  Secret token_;
  std::optional<TokenClaims> claims_;
  MonotonicTime renew_at_{};
  MonotonicTime asked_at_{};
  std::map<WaitId, Done> waiting_;
  WaitId last_wait_ = 0;
  int attempt_ = 0;  // 0: no request under way.
  HttpRequestId request_ = 0;
  TimerId retry_timer_ = 0;
};

}  // namespace seatkeeper
