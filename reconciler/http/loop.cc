#include "reconciler/http/loop.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "reconciler/http/curl_transfer.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

// The longest sleep; anything that matters wakes the loop earlier.
constexpr std::chrono::milliseconds kLongestWait{60'000};

// Once a byte has moved. libcurl 7.88 (Debian 12) looks at all transfers in turn and then discards
// what it meant to be woken for within a millisecond of when it began: what has come by then, such
// as the end of an answer, would lie there until something else happens.
constexpr std::chrono::milliseconds kWaitForMore{1};

MonotonicTime MonotonicNow() { return SystemClock().Monotonic(); }

}  // namespace

Loop::Loop(LoopOptions options) : options_(std::move(options)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, options_.max_connections_per_host);
}

Loop::~Loop() {
  for (const auto& [id, transfer] : transfers_) {
    if (transfer->easy() != nullptr) curl_multi_remove_handle(multi_, transfer->easy());
  }
  transfers_.clear();
  curl_multi_cleanup(multi_);
  curl_global_cleanup();
}

void Loop::Run() {
  while (!stopping_) {
    RunPosted();
    RunTimers();
    RunTransfers();
    if (!stopping_) Wait();
  }
  stopping_ = false;
}

void Loop::Stop() {
  stopping_ = true;
  curl_multi_wakeup(multi_);
}

HttpRequestId Loop::Send(HttpRequest request, std::function<void(HttpOutcome)> done) {
  const HttpRequestId id = ++last_id_;
  auto transfer = std::make_unique<CurlTransfer>(id, std::move(request), std::move(done), options_);
  const bool started =
      transfer->easy() != nullptr && curl_multi_add_handle(multi_, transfer->easy()) == CURLM_OK;
  if (!started) completed_.emplace_back(id, transfer->Outcome(CURLE_COULDNT_CONNECT));
  transfers_.emplace(id, std::move(transfer));
  return id;
}

TimerId Loop::At(MonotonicTime when, std::function<void()> callback) {
  const TimerId id = ++last_id_;
  timers_.emplace(std::pair(when, id), std::move(callback));
  timer_due_.emplace(id, when);
  return id;
}

void Loop::Cancel(std::uint64_t id) {
  if (const auto timer = timer_due_.find(id); timer != timer_due_.end()) {
    timers_.erase({timer->second, id});
    timer_due_.erase(timer);
    return;
  }
  const auto transfer = transfers_.find(id);
  if (transfer == transfers_.end()) return;
  // Taking a handle out that has left already does no harm.
  if (transfer->second->easy() != nullptr) {
    curl_multi_remove_handle(multi_, transfer->second->easy());
  }
  transfers_.erase(transfer);
}

void Loop::Post(std::function<void()> callback) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(callback));
  }
  curl_multi_wakeup(multi_);
}

WatchId Loop::WatchReadable(int descriptor, std::function<void()> callback) {
  const WatchId id = ++last_id_;
  watches_.emplace(id, Watch{descriptor, std::move(callback)});
  return id;
}

void Loop::Unwatch(WatchId watch) { watches_.erase(watch); }

void Loop::RunPosted() {
  std::vector<std::function<void()>> batch;
  {
    const std::lock_guard lock(posted_mutex_);
    batch.swap(posted_);
  }
  for (auto& callback : batch) callback();
}

void Loop::RunTimers() {
  // Only what is due now: a callback that sets a timer for "now" must not starve the rest.
  const MonotonicTime now = MonotonicNow();
  const TimerId newest = last_id_;
  auto next = timers_.begin();
  while (next != timers_.end() && next->first.first <= now) {
    if (next->first.second > newest) {
      ++next;
      continue;
    }
    const auto due = timers_.extract(next);
    timer_due_.erase(due.key().second);
    due.mapped()();
    next = timers_.begin();
  }
}

void Loop::RunTransfers() {
  const MonotonicTime began = MonotonicNow();
  int running = 0;
  curl_multi_perform(multi_, &running);
  moved_ = MovedSince(began);
  CollectFinished();
  GiveUpSilent();
  auto completed = std::exchange(completed_, {});
  for (auto& [id, outcome] : completed) {
    const auto transfer = transfers_.find(id);
    if (transfer == transfers_.end()) continue;  // Cancelled by an earlier callback.
    auto done = transfer->second->TakeDone();
    transfers_.erase(transfer);
    done(std::move(outcome));
  }
  auto readable = std::exchange(readable_, {});
  for (const WatchId id : readable) {
    const auto watch = watches_.find(id);
    if (watch == watches_.end()) continue;
    const auto callback = watch->second.callback;  // A copy: it may unwatch itself.
    callback();
  }
}

bool Loop::MovedSince(MonotonicTime when) const {
  return std::ranges::any_of(
      transfers_, [&](const auto& transfer) { return transfer.second->moved_at() >= when; });
}

void Loop::CollectFinished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    char* owner = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    auto& transfer = *reinterpret_cast<CurlTransfer*>(owner);
    curl_multi_remove_handle(multi_, easy);
    completed_.emplace_back(transfer.id(), transfer.Outcome(code));
  }
}

// After what has come was read, so that nobody is blamed for a loop that was late itself.
void Loop::GiveUpSilent() {
  const MonotonicTime now = MonotonicNow();
  next_silent_.reset();
  for (const auto& [id, transfer] : transfers_) {
    const auto until = transfer->SilentUntil();
    if (!until) continue;
    if (*until > now) {
      next_silent_ = std::min(next_silent_.value_or(*until), *until);
      continue;
    }
    transfer->Abandon();
    curl_multi_remove_handle(multi_, transfer->easy());
    completed_.emplace_back(id, transfer->Outcome(CURLE_OPERATION_TIMEDOUT));
  }
}

int Loop::WaitMilliseconds() {
  {
    const std::lock_guard lock(posted_mutex_);
    if (!posted_.empty()) return 0;
  }
  if (!completed_.empty()) return 0;
  MonotonicTime next = MonotonicNow() + kLongestWait;
  if (!timers_.empty()) next = std::min(next, timers_.begin()->first.first);
  if (next_silent_) next = std::min(next, *next_silent_);
  if (moved_) next = std::min(next, MonotonicNow() + kWaitForMore);
  const auto wait = next - MonotonicNow();
  return static_cast<int>(std::clamp(wait, std::chrono::milliseconds(0), kLongestWait).count());
}

void Loop::Wait() {
  std::vector<curl_waitfd> descriptors;
  std::vector<WatchId> ids;
  for (const auto& [id, watch] : watches_) {
    descriptors.push_back({watch.descriptor, CURL_WAIT_POLLIN, 0});
    ids.push_back(id);
  }
  curl_multi_poll(multi_, descriptors.data(), static_cast<unsigned>(descriptors.size()),
                  WaitMilliseconds(), nullptr);
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    if (descriptors[i].revents != 0) readable_.push_back(ids[i]);
  }
}

}  // namespace seatkeeper
