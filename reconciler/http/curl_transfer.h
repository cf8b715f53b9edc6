#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "reconciler/http/loop.h"

namespace seatkeeper {

/// One request on its way through curl: owns the easy handle and everything curl points into, so
/// it must be taken out of the multi handle before it goes. Part of Loop; nobody else includes it.
class CurlTransfer {
 public:
  CurlTransfer(HttpRequestId id, HttpRequest request, std::function<void(HttpOutcome)> done,
               const LoopOptions& options);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* easy() const { return easy_; }
  HttpRequestId id() const { return id_; }
  std::function<void(HttpOutcome)> TakeDone() { return std::move(done_); }
  /// What came of it, from curl's result code.
  HttpOutcome Outcome(CURLcode code);

 private:
  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self);
  static int OnDebug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);

  void Configure(const LoopOptions& options);
  void ConfigureMethod();
  void TakeHeaderLine(std::string_view line);
  std::string Describe(CURLcode code) const;

  HttpRequestId id_;
  HttpRequest request_;
  std::function<void(HttpOutcome)> done_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  HttpResponse response_;
  std::size_t max_response_bytes_;
  bool too_large_ = false;
  bool bytes_sent_ = false;
};

}  // namespace seatkeeper
