#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/http/loop.h"

namespace seatkeeper {

/// One request on its way through curl: owns the easy handle and everything curl points into, so
/// it must be taken out of the multi handle before it goes. The options must outlive it. Part of
/// Loop; nobody else includes it.
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
  /// When a byte of it last moved, either way.
  MonotonicTime moved_at() const { return moved_at_; }
  /// When it is given up unless a byte moves before. Nothing while it waits for a connection, for
  /// which curl has limits of its own.
  std::optional<MonotonicTime> SilentUntil() const;
  /// It is given up for its silence, and its connection with it unless others use that, too.
  /// REQUIRES: SilentUntil says when, and it has not been taken out of the multi handle yet.
  void Abandon();
  /// What came of it, from curl's result code.
  HttpOutcome Outcome(CURLcode code);

 private:
  enum class Awaited { kConnection, kFirstByte, kNextByte };

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self);
  static int OnDebug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
  static int OnSocket(void* self, curl_socket_t socket, curlsocktype purpose);

  void Configure();
  void ConfigureLimits();
  void ConfigureMethod();
  void Await(Awaited awaited);
  void TakeHeaderLine(std::string_view line);
  CertificateTrouble JudgeCertificate(CURLcode code) const;
  long TunnelRefusal() const;
  std::string Describe(CURLcode code, CertificateTrouble certificate) const;

  HttpRequestId id_;
  HttpRequest request_;
  std::function<void(HttpOutcome)> done_;
  const LoopOptions& options_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  HttpResponse response_;
  Awaited awaited_ = Awaited::kConnection;
  MonotonicTime moved_at_{};
  std::string abandoned_;  // Why.
  bool too_large_ = false;
  bool bytes_sent_ = false;
};

}  // namespace seatkeeper
