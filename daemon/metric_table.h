#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace seatkeeper {

/// Every metric that /metrics shows. The order is that of the table and of the page.
enum class Metric : std::size_t {
  kSeatsPurchased,
  kSeatsAssigned,
  kSeatsUnused,
  kSeatsReserved,
  kSeatsShort,
  kSeatsSpareMissing,
  kSeatsWarning,
  kSeatsSuspended,
  kSeatsWasted,
  kSeatsReturnable,
  kWastedMonthlyCost,
  kUnusedMonthlyCost,
  kUsers,
  kDrift,
  kChangesPlanned,
  kChangesHeld,
  kApprovalsOpen,
  kChangesTotal,
  kChangesUnconfirmed,
  kOldestUnconfirmed,
  kRemovalsRestorable,
  kOldestRestorable,
  kCycles,
  kCycleDuration,
  kReadings,
  kLastSuccess,
  kLastCompleteReading,
  kTenantInfo,
  kTenantInterval,
  kSuspended,
  kCircuitOpen,
  kStoreDoubt,
  kClockDoubt,
  kClockSkew,
  kPolicySuspicious,
  kCredentialExpiry,
  kApiRequests,
  kApiRequestDuration,
  kApiThrottled,
  kApiThrottledItems,
  kApiWrites,
  kApiWriteLimit,
  kApiQuotaUsed,
  kApiWaited,
  kPolicyInfo,
  kPolicyLoadedAt,
  kPolicyOutdated,
  kPolicyLoadErrors,
  kPolicyFileErrors,
  kStoreSize,
  kNotifications,
  kBuildInfo,
};

enum class MetricType { kGauge, kCounter, kHistogram };
/// "gauge", "counter" or "histogram".
std::string_view ToString(MetricType type);

/// What is known of a metric without any series. `labels` are separated by commas, in the order of
/// the page; with "tenant" among them there are series per tenant, which go with it. Values of
/// labels are tenants, products, files and closed sets, never users.
struct MetricInfo {
  Metric metric;
  std::string_view name;
  MetricType type;
  std::string_view labels;
  std::string_view help;

  bool of_tenants() const { return labels.find("tenant") != std::string_view::npos; }
};

/// The one table: the README's is compared with it, and what Prometheus rules and dashboards ask
/// for has to stand in it. By Metric.
std::span<const MetricInfo> AllMetrics();
const MetricInfo& InfoOf(Metric metric);

}  // namespace seatkeeper
