#include "reconciler/http/curl_transfer.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include <utility>

#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

// libcurl 7.88 (Debian 12) never sees the end of an HTTP/2 answer whose last frame does not fit
// into what is left of its transfer's buffer, unless something else follows on the connection. With
// the 16 kB that it takes by itself this befalls an answer of some 16,200 bytes on the wire at
// every attempt, and larger ones now and then while another one is waited for. So a buffer is
// larger than an answer: a page of 999 users is about 1 MB. Memory is taken up only by what has
// come.
constexpr long kReceiveBufferBytes = 4L << 20U;

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// "https://host:port" of a URL, for a sentence.
std::string_view OriginOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  const auto origin = url.substr(0, url.find_first_of("/?#", scheme + 3));
  return origin.find('@') == std::string_view::npos ? origin : "the address";  // Holds a password.
}

std::string Seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

std::string_view Without(std::string_view text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return text;
}

// Failures that can come before a request is written. Others count as broken even if nothing was
// seen to leave: when in doubt the service may have acted.
bool CanPrecedeRequest(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_PROXY:
      return true;
    default:
      return false;
  }
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequestId id, HttpRequest request,
                           std::function<void(HttpOutcome)> done, const LoopOptions& options)
    : id_(id),
      request_(std::move(request)),
      done_(std::move(done)),
      options_(options),
      easy_(curl_easy_init()) {
  if (easy_ != nullptr) Configure();
}

CurlTransfer::~CurlTransfer() {
  if (easy_ != nullptr) curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlTransfer::Configure() {
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Better one connection with many streams than a handshake for each request of a burst.
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options_.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  // Only to learn whether a byte of a request was ever written, and when: curl may silently send a
  // request again on a new connection, and then its own counters describe the last attempt alone.
  curl_easy_setopt(easy_, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_DEBUGFUNCTION, &CurlTransfer::OnDebug);
  curl_easy_setopt(easy_, CURLOPT_DEBUGDATA, this);
  if (request_.direct) curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  // CAPATH keeps its default, so these authorities come on top of the system's.
  if (!request_.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, request_.ca_file.c_str());
  }
  ConfigureLimits();
  ConfigureMethod();
}

// The limits between connecting and the whole are SilentUntil's: curl's own one, for slow answers,
// counts in seconds, and does not tell an answer that has not begun from one that has stopped.
void CurlTransfer::ConfigureLimits() {
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &CurlTransfer::OnSocket);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTDATA, this);
}

void CurlTransfer::ConfigureMethod() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET" || !request_.body.empty()) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
  headers_ = curl_slist_append(headers_, "Expect:");
  for (const auto& [name, value] : request_.headers) {
    headers_ = curl_slist_append(headers_, fmt::format("{}: {}", name, value).c_str());
  }
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

std::size_t CurlTransfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  std::string& body = transfer.response_.body;
  transfer.Await(Awaited::kNextByte);
  if (bytes > transfer.options_.max_response_bytes - body.size()) {
    transfer.too_large_ = true;
    return 0;
  }
  body.append(data, bytes);
  return bytes;
}

std::size_t CurlTransfer::OnHeader(char* data, std::size_t size, std::size_t count, void* self) {
  static_cast<CurlTransfer*>(self)->TakeHeaderLine({data, size * count});
  return size * count;
}

int CurlTransfer::OnDebug(CURL* /*easy*/, curl_infotype type, char* data, std::size_t size,
                          void* self) {
  if (type != CURLINFO_HEADER_OUT && type != CURLINFO_DATA_OUT) return 0;
  // What a proxy is asked is no request yet.
  const bool tunnel =
      type == CURLINFO_HEADER_OUT && std::string_view(data, size).starts_with("CONNECT ");
  if (tunnel) return 0;
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.bytes_sent_ = true;
  // An answer may begin before the request has ended.
  const bool begun = transfer.awaited_ == Awaited::kNextByte;
  transfer.Await(begun ? Awaited::kNextByte : Awaited::kFirstByte);
  return 0;
}

// A connection that leads nowhere any more would be shared by request after request, each of which
// has to find that out for itself.
int CurlTransfer::OnSocket(void* self, curl_socket_t socket, curlsocktype /*purpose*/) {
  const auto limit = static_cast<CurlTransfer*>(self)->options_.stall_timeout.count();
  const auto milliseconds = static_cast<unsigned>(limit);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return CURL_SOCKOPT_OK;
}

void CurlTransfer::Await(Awaited awaited) {
  awaited_ = awaited;
  moved_at_ = SystemClock().Monotonic();
}

std::optional<MonotonicTime> CurlTransfer::SilentUntil() const {
  switch (awaited_) {
    case Awaited::kConnection:
      return std::nullopt;
    case Awaited::kFirstByte:
      return moved_at_ + options_.first_byte_timeout;
    case Awaited::kNextByte:
      return moved_at_ + options_.stall_timeout;
  }
  return std::nullopt;
}

void CurlTransfer::Abandon() {
  abandoned_ = awaited_ == Awaited::kFirstByte
                   ? fmt::format("the request was sent, and no answer began within {}",
                                 Seconds(options_.first_byte_timeout))
                   : fmt::format("the answer stopped in the middle: not a byte for {}",
                                 Seconds(options_.stall_timeout));
  curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
}

void CurlTransfer::TakeHeaderLine(std::string_view line) {
  Await(Awaited::kNextByte);
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();  // What came before was an interim answer.
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace_back(Trim(line.substr(0, colon)), Trim(line.substr(colon + 1)));
}

HttpOutcome CurlTransfer::Outcome(CURLcode code) {
  HttpOutcome outcome;
  curl_off_t micros = 0;
  if (easy_ != nullptr) curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &micros);
  outcome.elapsed = std::chrono::milliseconds(micros / 1000);
  if (code != CURLE_OK) {
    const bool may_precede = CanPrecedeRequest(code) || TunnelRefusal() != 0;
    outcome.kind =
        !bytes_sent_ && may_precede ? HttpOutcome::Kind::kNeverSent : HttpOutcome::Kind::kBroken;
    outcome.certificate = JudgeCertificate(code);
    outcome.failure = Describe(code, outcome.certificate);
    return outcome;
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  outcome.kind = HttpOutcome::Kind::kAnswered;
  response_.status = static_cast<int>(status);
  outcome.response = std::move(response_);
  return outcome;
}

CertificateTrouble CurlTransfer::JudgeCertificate(CURLcode code) const {
  if (code == CURLE_SSL_CACERT_BADFILE) return CertificateTrouble::kNoAuthorities;
  if (code != CURLE_PEER_FAILED_VERIFICATION) return CertificateTrouble::kNone;
  long verdict = X509_V_OK;
  curl_easy_getinfo(easy_, CURLINFO_SSL_VERIFYRESULT, &verdict);
  switch (verdict) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:  // Before OpenSSL's verdict: curl compares the name itself.
      return CertificateTrouble::kOtherHost;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return CertificateTrouble::kOutOfTime;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return CertificateTrouble::kUnknownIssuer;
    default:
      return CertificateTrouble::kOther;
  }
}

// The status with which a proxy declined to connect; 0 when none did.
long CurlTransfer::TunnelRefusal() const {
  long status = 0;
  if (easy_ != nullptr) curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &status);
  return status >= 300 ? status : 0;
}

std::string CurlTransfer::Describe(CURLcode code, CertificateTrouble certificate) const {
  if (!abandoned_.empty()) return abandoned_;
  if (too_large_) {
    return fmt::format("the answer is larger than {} bytes", options_.max_response_bytes);
  }
  const std::string_view words =
      error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(code);
  const auto origin = OriginOf(request_.url);
  if (certificate == CertificateTrouble::kNoAuthorities) {
    return fmt::format("the authorities in {} cannot be used: {}", request_.ca_file, words);
  }
  if (certificate != CertificateTrouble::kNone) {
    return fmt::format("the certificate of {} is not accepted: {}", origin,
                       Without(Without(words, "SSL certificate problem: "), "SSL: "));
  }
  if (const long status = TunnelRefusal(); status != 0) {
    return fmt::format("the proxy (HTTPS_PROXY) refuses to connect to {}: it answers {}", origin,
                       status);
  }
  return std::string(words);
}

}  // namespace seatkeeper
