#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/secret.h"

namespace seatkeeper {

/// Whom a token is for, and where it is asked for.
struct TokenTarget {
  std::string tenant_id;
  std::string client_id;   ///< Empty: a managed identity that needs no name.
  std::string login_base;  ///< For example "https://login.microsoftonline.com", no trailing slash.
  std::string scope;       ///< For example "https://graph.microsoft.com/.default".
};

/// How often a token is asked for, and how long is waited in between.
struct TokenRetries {
  int attempts = 5;
  std::chrono::milliseconds base{1'000};
  std::chrono::milliseconds ceiling{30'000};
};

/// The text of a file that may be another one tomorrow, read whenever it is needed.
using ReadText = std::function<Result<std::string>()>;

/// What an application shows to get a token. Whatever it consists of is read for every request: it
/// is replaced while the process runs. Errors are sentences that say what would be right; they
/// never hold what must not show. On the loop's thread only.
class Credential {
 public:
  virtual ~Credential() = default;

  /// What can be known to be wrong before anybody is asked.
  virtual Result<void> Check(WallTime now) const = 0;
  /// The whole request but for its time limit and authorities. Errors as Check.
  virtual Result<HttpRequest> Request(const TokenTarget& target, WallTime now,
                                      Random& random) const = 0;
  /// What was shown, where that helps with a refusal (AADSTS number): a sentence, or nothing.
  virtual std::string Shown(int /*code*/) const { return {}; }
  /// When what is shown ends, as far as it says so itself and can be read now.
  virtual std::optional<WallTime> NotAfter() const { return std::nullopt; }
  /// Whom the request goes to, for a sentence.
  virtual std::string Where(const TokenTarget& target) const { return target.login_base; }
  virtual TokenRetries retries() const { return {}; }
  /// An answer with this status is worth another attempt.
  virtual bool IsTransient(int status) const { return status == 429 || status >= 500; }
};

/// The token endpoint of a tenant; also the audience of assertions.
std::string TokenEndpoint(const TokenTarget& target);

/// A request for client credentials (OAuth 2); `proof` is the rest of the form, encoded.
HttpRequest ClientCredentialsRequest(const TokenTarget& target, const std::string& proof);

/// The part of the form that holds an assertion (RFC 7523, 2.2).
std::string AssertionForm(const std::string& assertion);

/// A client secret.
class SecretCredential final : public Credential {
 public:
  explicit SecretCredential(ReadText read) : read_(std::move(read)) {}
  explicit SecretCredential(const Secret& secret)
      : read_([secret] { return Result<std::string>(secret.Reveal()); }) {}

  Result<void> Check(WallTime now) const override;
  Result<HttpRequest> Request(const TokenTarget& target, WallTime now,
                              Random& random) const override;

 private:
  ReadText read_;
};

/// A token of another issuer that the application trusts, from a file that somebody renews: the
/// workload identity of a cluster.
/// Source: Microsoft identity platform documentation, "Workload identity federation".
class FederatedCredential final : public Credential {
 public:
  /// `path` is for messages.
  FederatedCredential(ReadText read, std::string path)
      : read_(std::move(read)), path_(std::move(path)) {}

  Result<void> Check(WallTime now) const override;
  Result<HttpRequest> Request(const TokenTarget& target, WallTime now,
                              Random& random) const override;
  std::string Shown(int code) const override;

 private:
  Result<std::string> ReadToken(WallTime now) const;

  ReadText read_;
  std::string path_;
};

}  // namespace seatkeeper
