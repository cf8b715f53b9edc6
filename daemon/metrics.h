#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/shared_text.h"
#include "reconciler/graph/quota_limits.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/duration.h"
#include "reconciler/seams/observer.h"

namespace seatkeeper {

class MetricGroup;
struct WasteReport;

/// What the config says of a tenant.
struct TenantFacts {
  std::string mode = "observe";  ///< Or "enforce".
  std::chrono::milliseconds interval = std::chrono::minutes(5);
  /// How many the config says that the service takes.
  double writes_per_second = kWritesPerSecond;
};

/// How the policy stands.
struct PolicyFacts {
  std::string revision;  ///< Of what is in force; empty while there is none.
  bool outdated = false;
  std::size_t load_errors = 0;
  std::map<std::string, std::size_t> errors_by_file = {};
  std::optional<WallTime> loaded_at = std::nullopt;  ///< When the newest files last did load.
};

/// Turns what happens into Prometheus metrics; metric_table.h says which. Events come on the loop's
/// thread; Render may be called from any. Series of a tenant that was removed and of products that
/// vanished from it disappear. The text of a tenant is made when its cycle ends; a scrape makes
/// what has changed since and puts the rest together, so that it is cheap with many tenants.
class MetricsObserver final : public Observer {
 public:
  explicit MetricsObserver(const std::string& version);
  ~MetricsObserver() override;
  MetricsObserver(const MetricsObserver&) = delete;
  MetricsObserver& operator=(const MetricsObserver&) = delete;

  /// Shows the tenant's counters from 0, so that the first increase is seen. Again, with other
  /// facts: counters go on.
  void AddTenant(const std::string& tenant, const TenantFacts& facts = {});
  /// Events of a tenant that was not added, or was removed, leave no trace.
  void RemoveTenant(const std::string& tenant);
  /// Changes accepted or possibly made that no two readings have confirmed yet; since when the
  /// oldest of them is.
  void SetUnconfirmed(const std::string& tenant, std::size_t count,
                      std::optional<WallTime> oldest = {});
  /// Removals that can still be put back in time, and when the oldest of them was made.
  void SetRestorable(const std::string& tenant, std::size_t count,
                     std::optional<WallTime> oldest = {});
  /// Adds complete readings: of everybody, and of what changed only.
  void CountReadings(const std::string& tenant, std::uint64_t full, std::uint64_t changes);
  void SetSuspended(const std::string& tenant, bool suspended);
  /// As CredentialExpiries, in the place of what was shown before.
  void SetCredentialExpiry(const std::string& tenant,
                           const std::map<std::string, WallTime>& by_identity);
  void SetPolicy(const PolicyFacts& policy);
  void SetStoreSize(std::uintmax_t bytes);
  /// Of `notify`, by the config's word for the type; by 0 makes it seen.
  void CountNotification(std::string_view type, std::string_view result, int by = 1);
  /// Says how the service's limits stand for a tenant; asked after requests and cycles.
  void SetQuotaSource(std::function<QuotaUse(std::string_view tenant)> source);

  /// Prometheus's text format, version 0.0.4.
  SharedText Render() const;

  void OnRead(std::string_view tenant, const ObservedState& observed) override;
  void OnPlan(std::string_view tenant, const Plan& plan) override;
  void OnWaste(std::string_view tenant, const WasteReport& waste) override;
  void OnOutcome(const Outcome& outcome) override;
  void OnCircuit(const Circuit& circuit) override;
  void OnRequest(const Request& request) override;
  void OnCycleFinished(std::string_view tenant, const CycleReport& report) override;

 private:
  void ShowQuota(std::string_view tenant, MetricGroup& group);
  /// nullptr: not added, or removed.
  std::shared_ptr<MetricGroup> GroupOf(std::string_view tenant) const;
  /// As MetricGroup::Update, of a tenant that has been added; defined where it is used.
  template <typename Write>
  void Update(std::string_view tenant, Write&& write);

  std::shared_ptr<MetricGroup> process_;
  std::function<QuotaUse(std::string_view tenant)> quota_source_;
  // By tenant: what its counters have taken in. On the loop's thread only.
  std::map<std::string, QuotaUse, std::less<>> quota_shown_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<MetricGroup>, std::less<>> tenants_;  // Guarded by mutex_.
};

}  // namespace seatkeeper
