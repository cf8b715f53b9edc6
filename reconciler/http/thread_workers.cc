#include "reconciler/http/thread_workers.h"

#include <algorithm>
#include <utility>

namespace seatkeeper {

ThreadWorkers::ThreadWorkers(Dispatcher& dispatcher, std::size_t threads)
    : dispatcher_(dispatcher) {
  const std::size_t count = std::max<std::size_t>(threads, 1);
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Serve(); });
}

ThreadWorkers::~ThreadWorkers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadWorkers::Run(std::function<void()> work, std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::move(work), std::move(done)});
  }
  wake_.notify_one();
}

void ThreadWorkers::Serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.work();
    // What the work captured must be gone before `done` says that it has ended.
    job.work = nullptr;
    dispatcher_.Post(std::move(job.done));
    lock.lock();
  }
}

}  // namespace seatkeeper
