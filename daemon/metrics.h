#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reconciler/seams/observer.h"

namespace seatkeeper {

/// Turns what happens into Prometheus metrics. Events come on the loop's thread; Render may be
/// called from any. Labels are tenants, products (part numbers) and closed sets, never users.
/// Series of a tenant that was removed and of products that vanished from it disappear.
///
/// - seatkeeper_seats_purchased, _assigned, _unused {tenant,product}: as last read
/// - seatkeeper_seats_short {tenant,product}: seats that grants ask for and that are not there
/// - seatkeeper_drift {tenant,product,kind}: differences between desired and observed state
/// - seatkeeper_changes_total {tenant,result}: changes by the state that they reached
/// - seatkeeper_changes_held {tenant,guardrail}; seatkeeper_changes_unconfirmed {tenant}
/// - seatkeeper_suspended {tenant}
/// - seatkeeper_circuit_open {tenant}: 1 while the circuit breaker lets at most a probe pass
/// - seatkeeper_approvals_open {tenant}: in force, and with something left to release
/// - seatkeeper_cycle_duration_seconds, seatkeeper_cycles_total {tenant,result}
/// - seatkeeper_last_success_timestamp_seconds, seatkeeper_last_complete_reading_timestamp_seconds
/// - seatkeeper_api_requests_total {tenant,call,status}: status is 2xx, 3xx, 4xx, 5xx or none
/// - seatkeeper_api_request_duration_seconds {tenant,call}; seatkeeper_api_throttled_total {tenant}
/// - seatkeeper_users {tenant}
/// - seatkeeper_store_in_doubt, _clock_in_doubt {tenant}: 1 while that holds removals
/// - seatkeeper_clock_skew_seconds {tenant}: the service's time less local time
/// - seatkeeper_policy_suspicious {tenant}: 1 while the revision holds removals
/// - seatkeeper_policy_load_errors, _policy_outdated, _policy_info {revision}
/// - seatkeeper_build_info {version}
class MetricsObserver final : public Observer {
 public:
  explicit MetricsObserver(const std::string& version);
  ~MetricsObserver() override;
  MetricsObserver(const MetricsObserver&) = delete;
  MetricsObserver& operator=(const MetricsObserver&) = delete;

  /// Shows the tenant's counters from 0, so that the first increase is seen.
  void AddTenant(const std::string& tenant);
  /// Events of a tenant that was not added, or was removed, leave no trace.
  void RemoveTenant(const std::string& tenant);
  /// Changes accepted or possibly made that no two readings have confirmed yet.
  void SetUnconfirmed(const std::string& tenant, std::size_t count);
  void SetSuspended(const std::string& tenant, bool suspended);
  /// `revision` of what is in force; empty while there is none.
  void SetPolicy(const std::string& revision, bool outdated, std::size_t load_errors);

  /// Prometheus's text format, version 0.0.4.
  std::string Render() const;

  void OnRead(std::string_view tenant, const ObservedState& observed) override;
  void OnPlan(std::string_view tenant, const Plan& plan) override;
  void OnOutcome(const Outcome& outcome) override;
  void OnCircuit(const Circuit& circuit) override;
  void OnRequest(const Request& request) override;
  void OnCycleFinished(std::string_view tenant, const CycleReport& report) override;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace seatkeeper
