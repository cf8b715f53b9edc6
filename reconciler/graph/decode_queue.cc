#include "reconciler/graph/decode_queue.h"

#include <mutex>
#include <utility>

namespace seatkeeper {

struct DecodeQueue::Lifetime {
  std::mutex mutex;
  bool alive = true;  // Written on the loop's thread, under the mutex.
};

DecodeQueue::DecodeQueue(Workers& workers)
    : workers_(workers), lifetime_(std::make_shared<Lifetime>()) {}

DecodeQueue::~DecodeQueue() {
  const std::lock_guard lock(lifetime_->mutex);
  lifetime_->alive = false;
}

void DecodeQueue::Push(std::function<void()> work, std::function<void()> done) {
  jobs_.push_back({std::move(work), std::move(done)});
  if (!busy_) StartNext();
}

void DecodeQueue::StartNext() {
  if (jobs_.empty()) return;
  busy_ = true;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  workers_.Run(
      [lifetime = lifetime_, work = std::move(job.work)] {
        const std::lock_guard lock(lifetime->mutex);
        if (lifetime->alive) work();
      },
      [this, lifetime = lifetime_, done = std::move(job.done)] {
        if (!lifetime->alive) return;
        busy_ = false;
        StartNext();
        done();
      });
}

}  // namespace seatkeeper
