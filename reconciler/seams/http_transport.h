#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatkeeper {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header with this name (any letter case), or nullptr.
const std::string* FindHeader(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;
  std::string ca_file;  ///< PEM file of extra authorities; empty: the system's.
  bool direct = false;  ///< Past any proxy: for an address that is this machine's own.
  std::chrono::milliseconds timeout{60'000};  ///< For the whole exchange.
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
};

/// What is wrong with the certificate that the other side shows, or with what would judge it.
enum class CertificateTrouble {
  kNone,
  kUnknownIssuer,  ///< Nobody who is trusted stands behind it; a self-signed one, too.
  kOutOfTime,      ///< Expired, or not valid yet.
  kOtherHost,      ///< It is for another name.
  kOther,
  kNoAuthorities,  ///< `ca_file` cannot be read, or holds no certificate.
};

/// What became of a request: an answer, or a failure that says whether the service may have acted.
struct HttpOutcome {
  enum class Kind {
    kAnswered,   ///< `response` is whole.
    kNeverSent,  ///< Provably not a byte of the request left: name, connect or TLS failure.
    kBroken,     ///< Sent at least in part, no whole answer: the service may have acted on it.
    kCancelled,  ///< The caller cancelled it; may have been acted on.
  };
  Kind kind = Kind::kBroken;
  HttpResponse response;
  std::string failure;  ///< For a person; empty with kAnswered.
  std::chrono::milliseconds elapsed{0};
  /// Why it failed, where that is why: then trying again soon is of no use.
  CertificateTrouble certificate = CertificateTrouble::kNone;
};

using HttpRequestId = std::uint64_t;  ///< 0 is never a request.

/// Sends HTTP requests. Redirects are not followed: a token must never travel to another host.
/// Used on the loop's thread only; calls back there, never from inside Send or Cancel.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual HttpRequestId Send(HttpRequest request, std::function<void(HttpOutcome)> done) = 0;
  /// Drops the request; `done` is not called. Finished or unknown requests are fine.
  virtual void Cancel(HttpRequestId request) = 0;
};

}  // namespace seatkeeper
