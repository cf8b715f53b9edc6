#include "daemon/metric_table.h"

#include <array>

namespace seatkeeper {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr auto kCounter = MetricType::kCounter;
constexpr auto kHistogram = MetricType::kHistogram;

constexpr std::array kMetrics{
    MetricInfo{Metric::kSeatsPurchased, "seatkeeper_seats_purchased", kGauge, "product,tenant",
               "Seats bought and enabled."},
    MetricInfo{Metric::kSeatsAssigned, "seatkeeper_seats_assigned", kGauge, "product,tenant",
               "Seats in use, as the service counts them."},
    MetricInfo{Metric::kSeatsUnused, "seatkeeper_seats_unused", kGauge, "product,tenant",
               "Seats bought, enabled and not in use."},
    MetricInfo{Metric::kSeatsReserved, "seatkeeper_seats_reserved", kGauge, "product,tenant",
               "Seats that policy never plans away."},
    MetricInfo{Metric::kSeatsShort, "seatkeeper_seats_short", kGauge, "product,tenant",
               "Seats that policy asks for and lacks."},
    MetricInfo{Metric::kSeatsSpareMissing, "seatkeeper_seats_spare_missing", kGauge,
               "product,tenant", "Free seats that the agreed spare lacks after the plan."},
    MetricInfo{Metric::kSeatsWarning, "seatkeeper_seats_warning", kGauge, "product,tenant",
               "Seats of expired subscriptions in their grace period."},
    MetricInfo{Metric::kSeatsSuspended, "seatkeeper_seats_suspended", kGauge, "product,tenant",
               "Seats of suspended subscriptions."},
    MetricInfo{Metric::kSeatsWasted, "seatkeeper_seats_wasted", kGauge, "product,reason,tenant",
               "Seats in use that do nothing, each for the first reason that holds."},
    MetricInfo{Metric::kSeatsReturnable, "seatkeeper_seats_returnable", kGauge, "product,tenant",
               "Unused seats beyond reserve, agreed spare and shortages."},
    MetricInfo{Metric::kWastedMonthlyCost, "seatkeeper_wasted_monthly_cost", kGauge,
               "currency,product,reason,tenant",
               "What wasted seats cost a month, where policy says a price."},
    MetricInfo{Metric::kUnusedMonthlyCost, "seatkeeper_unused_monthly_cost", kGauge,
               "currency,product,tenant",
               "What unused seats cost a month, where policy says a price."},
    MetricInfo{Metric::kUsers, "seatkeeper_users", kGauge, "tenant",
               "Users in the tenant, as last read."},
    MetricInfo{Metric::kDrift, "seatkeeper_drift", kGauge, "kind,product,tenant",
               "Differences between desired and observed state."},
    MetricInfo{Metric::kChangesPlanned, "seatkeeper_changes_planned", kGauge, "tenant,verdict",
               "Changes of the last plan by verdict: go, deferred or held."},
    MetricInfo{Metric::kChangesHeld, "seatkeeper_changes_held", kGauge, "guardrail,tenant",
               "Changes held by a guardrail."},
    MetricInfo{Metric::kApprovalsOpen, "seatkeeper_approvals_open", kGauge, "tenant",
               "Approvals in force with something left to release."},
    MetricInfo{Metric::kChangesTotal, "seatkeeper_changes_total", kCounter, "action,result,tenant",
               "Changes that ended, by what they do and the state they reached."},
    MetricInfo{Metric::kChangesUnconfirmed, "seatkeeper_changes_unconfirmed", kGauge, "tenant",
               "Changes sent that readings do not confirm yet."},
    MetricInfo{Metric::kOldestUnconfirmed,
               "seatkeeper_changes_unconfirmed_oldest_timestamp_seconds", kGauge, "tenant",
               "When the oldest change that is not confirmed was written down."},
    MetricInfo{Metric::kRemovalsRestorable, "seatkeeper_removals_restorable", kGauge, "tenant",
               "Removals of the last 30 days that no change of ours gave back."},
    MetricInfo{Metric::kOldestRestorable, "seatkeeper_removals_restorable_oldest_timestamp_seconds",
               kGauge, "tenant",
               "When the oldest of them was made: 30 days later its data is gone."},
    MetricInfo{Metric::kCycles, "seatkeeper_cycles_total", kCounter, "result,tenant",
               "Finished cycles by result: ok, held, partial or failed."},
    MetricInfo{Metric::kCycleDuration, "seatkeeper_cycle_duration_seconds", kHistogram, "tenant",
               "Time taken by cycles."},
    MetricInfo{Metric::kReadings, "seatkeeper_readings_total", kCounter, "kind,tenant",
               "Complete readings: full, of everybody, or of changes only."},
    MetricInfo{Metric::kLastSuccess, "seatkeeper_last_success_timestamp_seconds", kGauge, "tenant",
               "When a cycle last ended without error or failed change."},
    MetricInfo{Metric::kLastCompleteReading, "seatkeeper_last_complete_reading_timestamp_seconds",
               kGauge, "tenant", "When the last complete reading of the tenant began."},
    MetricInfo{Metric::kTenantInfo, "seatkeeper_tenant_info", kGauge, "mode,tenant",
               "A tenant of the config and its mode: observe or enforce."},
    MetricInfo{Metric::kTenantInterval, "seatkeeper_tenant_interval_seconds", kGauge, "tenant",
               "How often the tenant is looked at."},
    MetricInfo{Metric::kSuspended, "seatkeeper_suspended", kGauge, "tenant",
               "1 while nothing of the tenant is changed, on request."},
    MetricInfo{Metric::kCircuitOpen, "seatkeeper_circuit_open", kGauge, "tenant",
               "1 while changes of the tenant are not sent, since its service fails."},
    MetricInfo{Metric::kStoreDoubt, "seatkeeper_store_in_doubt", kGauge, "tenant",
               "1 while the store is in doubt and removals are held."},
    MetricInfo{Metric::kClockDoubt, "seatkeeper_clock_in_doubt", kGauge, "tenant",
               "1 while the clock is in doubt and removals are held."},
    MetricInfo{Metric::kClockSkew, "seatkeeper_clock_skew_seconds", kGauge, "tenant",
               "The service's time less local time."},
    MetricInfo{Metric::kPolicySuspicious, "seatkeeper_policy_suspicious", kGauge, "tenant",
               "1 while the policy's revision is suspicious and removals are held."},
    MetricInfo{Metric::kCredentialExpiry, "seatkeeper_credential_expiry_timestamp_seconds", kGauge,
               "identity,tenant", "When the certificate that it signs in with expires."},
    MetricInfo{Metric::kApiRequests, "seatkeeper_api_requests_total", kCounter,
               "call,status,tenant", "Requests to the service by status: 2xx to 5xx, or none."},
    MetricInfo{Metric::kApiRequestDuration, "seatkeeper_api_request_duration_seconds", kHistogram,
               "call,tenant", "Time taken by requests."},
    MetricInfo{Metric::kApiThrottled, "seatkeeper_api_throttled_total", kCounter, "tenant",
               "Requests that were throttled."},
    MetricInfo{Metric::kApiThrottledItems, "seatkeeper_api_throttled_items_total", kCounter,
               "tenant", "Items of batches that were throttled."},
    MetricInfo{Metric::kApiWrites, "seatkeeper_api_writes_total", kCounter, "tenant",
               "Writes sent; each item of a batch counts."},
    MetricInfo{Metric::kApiWriteLimit, "seatkeeper_api_writes_per_second_limit", kGauge, "tenant",
               "Writes a second that the service takes of the application in the tenant for long."},
    MetricInfo{Metric::kApiQuotaUsed, "seatkeeper_api_quota_used_ratio", kGauge, "kind,tenant",
               "Share of the service's limit in use when a request was last answered."},
    MetricInfo{Metric::kApiWaited, "seatkeeper_api_waited_seconds_total", kCounter, "kind,tenant",
               "Time that writes and reads waited for the service's limits."},
    MetricInfo{Metric::kPolicyInfo, "seatkeeper_policy_info", kGauge, "revision",
               "The policy revision in force."},
    MetricInfo{Metric::kPolicyLoadedAt, "seatkeeper_policy_loaded_timestamp_seconds", kGauge, "",
               "When the newest policy files were last read and loaded."},
    MetricInfo{Metric::kPolicyOutdated, "seatkeeper_policy_outdated", kGauge, "",
               "1 while the newest policy files do not load."},
    MetricInfo{Metric::kPolicyLoadErrors, "seatkeeper_policy_load_errors", kGauge, "",
               "What is wrong with the newest policy files."},
    MetricInfo{Metric::kPolicyFileErrors, "seatkeeper_policy_file_errors", kGauge, "file",
               "The same by file: of twenty files; further ones are called (others)."},
    MetricInfo{Metric::kStoreSize, "seatkeeper_store_size_bytes", kGauge, "",
               "Size of the store with its write-ahead log: journal, memory, approvals."},
    MetricInfo{Metric::kNotifications, "seatkeeper_notifications_total", kCounter, "result,type",
               "Notifications by type of target and result: sent, failed or dropped."},
    MetricInfo{Metric::kBuildInfo, "seatkeeper_build_info", kGauge, "version",
               "The version that runs."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    if (kMetrics[i].metric != static_cast<Metric>(i)) return false;
  }
  return kMetrics.back().metric == Metric::kBuildInfo;
}
static_assert(InOrder(), "the table has every metric, in the order of the enumeration");

}  // namespace

std::string_view ToString(MetricType type) {
  switch (type) {
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kCounter:
      return "counter";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "";
}

std::span<const MetricInfo> AllMetrics() { return kMetrics; }

const MetricInfo& InfoOf(Metric metric) { return kMetrics[static_cast<std::size_t>(metric)]; }

}  // namespace seatkeeper
