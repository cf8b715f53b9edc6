#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// Runs jobs of one owner on the workers, one at a time and in order, because they fill one
/// builder. Destroying it waits for the job that is running (the decoding of one page), drops the
/// rest, and no `done` comes after that; so the builder may go right afterwards.
/// On the loop's thread only.
class DecodeQueue {
 public:
  explicit DecodeQueue(Workers& workers);
  ~DecodeQueue();
  DecodeQueue(const DecodeQueue&) = delete;
  DecodeQueue& operator=(const DecodeQueue&) = delete;

  /// `work` runs on a worker, `done` afterwards on the loop, where it may
  /// destroy the queue.
  void Push(std::function<void()> work, std::function<void()> done);

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };
  struct Lifetime;
  void StartNext();

  Workers& workers_;
  // Shared with the job that is running, which may outlive the queue.
  std::shared_ptr<Lifetime> lifetime_;
  std::deque<Job> jobs_;
  bool busy_ = false;
};

}  // namespace seatkeeper
