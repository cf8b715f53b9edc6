#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "reconciler/seams/dispatcher.h"

namespace seatkeeper::test {

/// A loop without a loop: keeps what is posted until the test runs it. Post from any thread.
class QueueDispatcher : public Dispatcher {
 public:
  void Post(std::function<void()> callback) override {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(callback));
    }
    posted_.notify_all();
  }

  /// Waits for the next post and runs it.
  void RunOne() {
    std::function<void()> callback;
    {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !queue_.empty(); });
      callback = std::move(queue_.front());
      queue_.pop_front();
    }
    callback();
  }

  /// Runs what is there, and what that posts; says how many.
  std::size_t RunAll() {
    std::size_t count = 0;
    for (; waiting() > 0; ++count) RunOne();
    return count;
  }

  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
};

}  // namespace seatkeeper::test
