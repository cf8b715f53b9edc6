#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "policy/result.h"
#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/transactional_store.h"

namespace seatkeeper {

/// One unit of work that waits, or has been done and waits to be reported.
struct StoreWork {
  std::function<Result<void>(Store&)> work;
  std::function<void(Result<void>)> done;  ///< May be empty: nobody wants to know.
  Result<void> result;
};

/// Group commit: does the works in order in one transaction and fills in their results. A work that
/// fails is undone alone. When the transaction itself fails, every work in it gets that error and
/// nothing of it is kept; works after a transaction that was lost half-way get a new one.
void RunAsGroup(TransactionalStore& store, std::span<StoreWork> works);

/// The store on a thread of its own. Works that were queued while a commit was under way share the
/// next one. Run may be called from any thread; `done` comes through the dispatcher, in the order
/// of the works. Works run on the store's thread and must not call Run.
class StoreThread : public StoreRunner {
 public:
  /// `dispatcher` must outlive this object.
  StoreThread(std::unique_ptr<TransactionalStore> store, Dispatcher& dispatcher);
  /// Does what is queued, posts its results, then ends the thread.
  ~StoreThread() override;
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void Run(std::function<Result<void>(Store&)> work,
           std::function<void(Result<void>)> done) override;

 private:
  void Loop();

  const std::unique_ptr<TransactionalStore> store_;  // Used on thread_ alone.
  Dispatcher& dispatcher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<StoreWork> queue_;  // Guarded by mutex_, as is stopping_.
  bool stopping_ = false;
  std::thread thread_;  // Last: starts when all else is there.
};

/// Does each work at once, on the caller's thread, in a transaction of its own; `done` comes
/// through the dispatcher. For simulations and one-shot commands. Not thread-safe.
class InlineStoreRunner : public StoreRunner {
 public:
  /// Both must outlive this object.
  InlineStoreRunner(TransactionalStore& store, Dispatcher& dispatcher)
      : store_(store), dispatcher_(dispatcher) {}

  void Run(std::function<Result<void>(Store&)> work,
           std::function<void(Result<void>)> done) override;

 private:
  TransactionalStore& store_;
  Dispatcher& dispatcher_;
};

}  // namespace seatkeeper
