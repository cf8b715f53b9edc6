#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// A small pool of threads for decoding and planning. Run is thread-safe; jobs start in the order
/// they came. The destructor lets running jobs end, drops those that wait (their `done` never
/// comes) and joins; the dispatcher must outlive it.
class ThreadWorkers final : public Workers {
 public:
  ThreadWorkers(Dispatcher& dispatcher, std::size_t threads);
  ~ThreadWorkers() override;
  ThreadWorkers(const ThreadWorkers&) = delete;
  ThreadWorkers& operator=(const ThreadWorkers&) = delete;

  void Run(std::function<void()> work, std::function<void()> done) override;

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };
  void Serve();

  Dispatcher& dispatcher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;   // Guarded by mutex_.
  bool stopping_ = false;  // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

}  // namespace seatkeeper
