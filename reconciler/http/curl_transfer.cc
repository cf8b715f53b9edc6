#include "reconciler/http/curl_transfer.h"

#include <fmt/format.h>

#include <utility>

namespace seatkeeper {
namespace {

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
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
      easy_(curl_easy_init()),
      max_response_bytes_(options.max_response_bytes) {
  if (easy_ != nullptr) Configure(options);
}

CurlTransfer::~CurlTransfer() {
  if (easy_ != nullptr) curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlTransfer::Configure(const LoopOptions& options) {
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Better one connection with many streams than a handshake for each request of a burst.
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  // Only to learn whether a byte of a request was ever written: curl may silently send a request
  // again on a new connection, and then its own counters describe the last attempt alone.
  curl_easy_setopt(easy_, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_DEBUGFUNCTION, &CurlTransfer::OnDebug);
  curl_easy_setopt(easy_, CURLOPT_DEBUGDATA, this);
  if (request_.direct) curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  // CAPATH keeps its default, so these authorities come on top of the system's.
  if (!request_.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, request_.ca_file.c_str());
  }
  ConfigureMethod();
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
  if (bytes > transfer.max_response_bytes_ - body.size()) {
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

int CurlTransfer::OnDebug(CURL* /*easy*/, curl_infotype type, char* /*data*/, std::size_t /*size*/,
                          void* self) {
  if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) {
    static_cast<CurlTransfer*>(self)->bytes_sent_ = true;
  }
  return 0;
}

void CurlTransfer::TakeHeaderLine(std::string_view line) {
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
    outcome.kind = !bytes_sent_ && CanPrecedeRequest(code) ? HttpOutcome::Kind::kNeverSent
                                                           : HttpOutcome::Kind::kBroken;
    outcome.failure = Describe(code);
    return outcome;
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  outcome.kind = HttpOutcome::Kind::kAnswered;
  response_.status = static_cast<int>(status);
  outcome.response = std::move(response_);
  return outcome;
}

std::string CurlTransfer::Describe(CURLcode code) const {
  if (too_large_) return fmt::format("the answer is larger than {} bytes", max_response_bytes_);
  if (error_text_[0] != '\0') return error_text_.data();
  return curl_easy_strerror(code);
}

}  // namespace seatkeeper
