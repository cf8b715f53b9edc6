#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "daemon/runtime.h"
#include "policy/result.h"
#include "reconciler/seams/store.h"
#include "reconciler/seams/timers.h"

namespace seatkeeper {

/// The right to change what is kept of a tenant, for a command that runs no cycle: while it is held
/// no cycle that records anything reads or writes there. Renewed whenever the loop is served, and
/// given back in the end. A person who thinks for long may lose it to a cycle: then Renew and every
/// fenced write fail with kConflict.
class TenantLease {
 public:
  /// The runtime has to have a store before Take is called.
  TenantLease(Runtime& runtime, TenantKey tenant) : runtime_(runtime), tenant_(std::move(tenant)) {}
  ~TenantLease();
  TenantLease(const TenantLease&) = delete;
  TenantLease& operator=(const TenantLease&) = delete;

  /// Serves the loop until it has the lease. `waiting` is told once, by whom it is held, before it
  /// waits for that long for another to end. kConflict when that does not suffice.
  Result<void> Take(std::chrono::milliseconds patience,
                    const std::function<void(const std::string&)>& waiting);
  /// Whether it is still in force; then it is for two minutes more.
  Result<void> Renew();
  /// REQUIRES: Take succeeded.
  const Lease& lease() const { return *lease_; }

 private:
  Result<Lease> TryToTake();
  void Wait(std::chrono::milliseconds span);
  void RenewLater();

  Runtime& runtime_;
  TenantKey tenant_;
  std::optional<Lease> lease_;
  TimerId renewal_ = 0;
};

}  // namespace seatkeeper
