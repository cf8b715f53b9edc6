#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/config.h"
#include "daemon/runtime.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/cycle/kept_audit.h"
#include "reconciler/cycle/kept_reading.h"
#include "reconciler/execute/circuit_breaker.h"

namespace seatkeeper {

/// One tenant of the daemon: its provider and the cycle that runs. On the loop's thread only.
class TenantSession {
 public:
  TenantSession(TenantConfig config, Runtime& runtime)
      : config_(std::move(config)), runtime_(runtime), breaker_(SettingsFor(config_.interval)) {}

  const TenantConfig& config() const { return config_; }
  bool running() const { return cycle_ != nullptr; }
  const CircuitBreaker& breaker() const { return breaker_; }
  /// How often the tenant was read since this was last asked.
  KeptReading::Counts TakeReadings() { return std::exchange(kept_.readings, {}); }

  /// Starts a cycle in the tenant's mode. `done` comes later, once; by then no cycle runs. An
  /// Error, and no `done`, when what the tenant is signed in to with cannot be read, or is known to
  /// be refused.
  /// REQUIRES: !running().
  Result<void> Start(const PolicyInForce& policy, std::function<void(const CycleReport&)> done);
  /// Finishes what is under way; nothing when no cycle runs.
  void Stop(const std::string& reason);

 private:
  /// The first pause is no longer than the interval: the next cycle but one may probe.
  static BreakerSettings SettingsFor(std::chrono::milliseconds interval);
  Result<void> RefreshProvider();

  TenantConfig config_;
  Runtime& runtime_;
  std::optional<ClockMark> clock_;  // What the last cycle believed of it.
  CircuitBreaker breaker_;
  KeptReading kept_;
  KeptAudit audit_;
  std::unique_ptr<TenantProvider> provider_;
  std::unique_ptr<Cycle> cycle_;  // After the provider: dropped before it.
};

}  // namespace seatkeeper
