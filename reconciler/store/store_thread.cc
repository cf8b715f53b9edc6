#include "reconciler/store/store_thread.h"

#include <utility>

namespace seatkeeper {
namespace {

/// Gives the error to those works that would otherwise count as done.
void FailAll(std::span<StoreWork> works, const Error& error) {
  for (StoreWork& work : works) {
    if (work.result.ok()) work.result = error;
  }
}

/// Does one work inside the open transaction. An error from here means the transaction is gone.
Result<void> RunOne(TransactionalStore& store, StoreWork& unit) {
  if (auto set = store.SetSavepoint(); !set) return set;
  unit.result = unit.work(store);
  if (unit.result.ok()) return store.ReleaseSavepoint();
  auto undone = store.RollbackToSavepoint();
  // What ended the transaction says more than that there is nothing left to roll back.
  if (!undone && unit.result.error().kind == ErrorKind::kStore) return unit.result;
  return undone;
}

/// Does works from the front in one transaction; says how many have their result.
std::size_t RunTransaction(TransactionalStore& store, std::span<StoreWork> works) {
  if (auto begun = store.Begin(); !begun) {
    FailAll(works, begun.error());
    return works.size();
  }
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (auto kept = RunOne(store, works[i]); !kept) {
      FailAll(works.first(i + 1), kept.error());
      return i + 1;
    }
  }
  if (auto committed = store.Commit(); !committed) FailAll(works, committed.error());
  return works.size();
}

void PostResult(Dispatcher& dispatcher, StoreWork& unit) {
  if (!unit.done) return;
  dispatcher.Post([done = std::move(unit.done), result = std::move(unit.result)]() mutable {
    done(std::move(result));
  });
}

}  // namespace

void RunAsGroup(TransactionalStore& store, std::span<StoreWork> works) {
  while (!works.empty()) works = works.subspan(RunTransaction(store, works));
}

StoreThread::StoreThread(std::unique_ptr<TransactionalStore> store, Dispatcher& dispatcher)
    : store_(std::move(store)), dispatcher_(dispatcher), thread_([this] { Loop(); }) {}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreThread::Run(std::function<Result<void>(Store&)> work,
                      std::function<void(Result<void>)> done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({.work = std::move(work), .done = std::move(done), .result = {}});
  }
  wake_.notify_one();
}

void StoreThread::Loop() {
  for (;;) {
    std::vector<StoreWork> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      group.swap(queue_);
    }
    RunAsGroup(*store_, group);
    for (StoreWork& unit : group) PostResult(dispatcher_, unit);
  }
}

void InlineStoreRunner::Run(std::function<Result<void>(Store&)> work,
                            std::function<void(Result<void>)> done) {
  StoreWork unit{.work = std::move(work), .done = std::move(done), .result = {}};
  RunAsGroup(store_, std::span(&unit, 1));
  PostResult(dispatcher_, unit);
}

}  // namespace seatkeeper
