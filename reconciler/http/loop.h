#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/timers.h"

namespace seatkeeper {

class CurlTransfer;

struct LoopOptions {
  std::string user_agent = "seatkeeper";
  /// From the beginning to a connection that can be written to: name, TCP, proxy and TLS.
  std::chrono::milliseconds connect_timeout{10'000};
  /// From the last byte of a request to the first one of its answer. Twenty licences in one $batch
  /// may well take half a minute.
  std::chrono::milliseconds first_byte_timeout{60'000};
  /// Without another byte of an answer that has begun. After as long without a sign of life, the
  /// system gives up a connection on which something was sent.
  std::chrono::milliseconds stall_timeout{30'000};
  /// Bound on one answer after decompression. A page of 999 users is about 1 MB.
  std::size_t max_response_bytes = 256U << 20U;
  long max_connections_per_host = 16;
};

using WatchId = std::uint64_t;  ///< 0 is never a watch.

/// The one event loop of the process: HTTP over one curl_multi (connections are shared by all
/// tenants), timers, file descriptors, and work posted from other threads.
///
/// Everything is used on the thread that calls Run, before or during it, except Post and Stop,
/// which any thread may call. Callbacks run on that thread from inside Run, never from inside
/// another call. Ids of requests and timers are drawn from one counter, which is why one Cancel
/// serves both. Destroying the loop drops everything without calling back.
///
/// HTTP: http and https only; HTTP/2 where offered; connections reused; HTTPS_PROXY and NO_PROXY
/// honoured (for http, as curl has it, only http_proxy in lower case); gzip accepted; redirects not
/// followed. An outcome is kNeverSent only if not one byte of a request was written to any
/// connection but to a proxy that was asked for a tunnel.
class Loop final : public HttpTransport, public Timers, public Dispatcher {
 public:
  explicit Loop(LoopOptions options = {});
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Serves callbacks until Stop. May be called again afterwards.
  void Run();
  /// Ends Run (the present one, or the next at once) after the callback that is running.
  void Stop();

  HttpRequestId Send(HttpRequest request, std::function<void(HttpOutcome)> done) override;
  TimerId At(MonotonicTime when, std::function<void()> callback) override;
  /// Of HttpTransport and of Timers.
  void Cancel(std::uint64_t id) override;
  void Post(std::function<void()> callback) override;

  /// `callback` runs whenever `descriptor` is readable (or closed by its peer); the descriptor
  /// stays the caller's and must be unwatched before it is closed.
  WatchId WatchReadable(int descriptor, std::function<void()> callback);
  void Unwatch(WatchId watch);

 private:
  struct Watch {
    int descriptor;
    std::function<void()> callback;
  };

  void RunPosted();
  void RunTimers();
  void RunTransfers();
  void Wait();
  int WaitMilliseconds();
  bool MovedSince(MonotonicTime when) const;
  void CollectFinished();
  void GiveUpSilent();

  LoopOptions options_;
  void* multi_ = nullptr;  // CURLM; void, so that only loop.cc and curl_transfer.cc know curl.
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<CurlTransfer>> transfers_;
  std::vector<std::pair<std::uint64_t, HttpOutcome>> completed_;
  bool moved_ = false;                        // Something did, when curl last looked at them.
  std::optional<MonotonicTime> next_silent_;  // When the first of them is given up.
  std::map<std::pair<MonotonicTime, TimerId>, std::function<void()>> timers_;
  std::unordered_map<TimerId, MonotonicTime> timer_due_;
  std::map<WatchId, Watch> watches_;
  std::vector<WatchId> readable_;
  std::atomic<bool> stopping_ = false;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // Guarded by posted_mutex_.
};

}  // namespace seatkeeper
