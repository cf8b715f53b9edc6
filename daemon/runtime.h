#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/observers.h"
#include "daemon/providers.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/graph/quota.h"
#include "reconciler/http/loop.h"
#include "reconciler/http/signals.h"
#include "reconciler/http/system_clock.h"
#include "reconciler/http/system_random.h"
#include "reconciler/http/thread_workers.h"
#include "reconciler/store/store_thread.h"

namespace seatkeeper {

/// The machinery of the process, wired: loop, clock, workers, store, observers. One per process,
/// used on the thread that made it.
class Runtime {
 public:
  /// Which signals come to `on_signal`, on the loop's thread, instead of ending the process.
  enum class Signals { kNone, kStop, kStopAndReload };

  explicit Runtime(Signals signals = Signals::kNone, std::function<void(int)> on_signal = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  Loop& loop() { return loop_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  Workers& workers() { return workers_; }
  Observers& observers() { return observers_; }
  QuotaBook& quotas() { return quotas_; }
  ProviderParts provider_parts();

  /// Opens the store; ":memory:" for one that ends with the process.
  Result<void> OpenStore(const std::string& path);
  bool has_store() const { return store_ != nullptr; }  ///< OpenStore succeeded.
  /// REQUIRES: has_store().
  StoreRunner& store() { return *store_; }
  Cycle::Dependencies cycle_parts(TenantProvider& provider);

  /// Who holds leases taken here: process and host.
  static std::string Holder();

  /// Starts something that takes a `done` callback and serves the loop until it comes.
  template <typename T>
  T Await(const std::function<void(std::function<void(T)>)>& start) {
    std::optional<T> result;
    start([&](T value) {
      result.emplace(std::move(value));
      loop_.Stop();
    });
    while (!result) loop_.Run();
    return *std::move(result);
  }

  /// One cycle, from start to end. `started` gets it while it runs, for Stop; may be empty.
  CycleReport RunCycle(TenantProvider& provider, const PolicyInForce& policy, CycleRequest request,
                       const std::function<void(Cycle*)>& running = {});

 private:
  Loop loop_;
  std::unique_ptr<SignalWatcher> signals_;  // Before the first thread: threads inherit the mask.
  SystemClock clock_;
  SystemRandom random_;
  Observers observers_;
  QuotaBook quotas_;
  ThreadWorkers workers_;
  std::unique_ptr<StoreThread> store_;
};

}  // namespace seatkeeper
