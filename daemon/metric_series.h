#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/metric_table.h"

namespace seatkeeper {

using MetricLabels = std::map<std::string, std::string>;

/// The series of one metric that come and go together: those of one tenant, or of the process.
/// Keeps the text that they make, so that what did not change is not rendered again. Not
/// thread-safe.
class MetricSeries {
 public:
  /// `common` labels every series beside its own.
  MetricSeries(const MetricInfo& info, MetricLabels common);
  ~MetricSeries();
  MetricSeries(const MetricSeries&) = delete;
  MetricSeries& operator=(const MetricSeries&) = delete;

  /// Of a gauge.
  void Set(double value, const MetricLabels& labels = {});
  /// Of a counter; by 0 makes it seen.
  void Count(double by, const MetricLabels& labels = {});
  /// Of a histogram.
  void Observe(double seconds, const MetricLabels& labels = {});
  void RemoveWhere(const std::function<bool(const MetricLabels& own)>& gone);
  /// Removes the series whose value of that label is none of the keys of `kept`.
  template <typename Map>
  void KeepOnly(const std::string& label, const Map& kept) {
    RemoveWhere([&](const MetricLabels& own) { return !kept.contains(own.at(label)); });
  }

  /// Prometheus's text format without the metric's head; empty while there is no series.
  std::shared_ptr<const std::string> Text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HELP and TYPE, as they stand before the series of a metric.
std::string HeadOf(const MetricInfo& info);

/// All metrics of one tenant, or all that belong to none. Thread-safe: written on the loop's
/// thread, rendered on the HTTP server's.
class MetricGroup {
 public:
  /// Of the tenant; of the process where the name is empty.
  explicit MetricGroup(const std::string& tenant);

  /// Writes under the lock: `write` gets a function from Metric to its MetricSeries&.
  template <typename Write>
  void Update(Write&& write) {
    const std::lock_guard lock(mutex_);
    write([this](Metric metric) -> MetricSeries& { return At(metric); });
  }

  /// The text of every metric of the group as of one moment, by Metric; nullptr: not of this group.
  std::vector<std::shared_ptr<const std::string>> Texts();

 private:
  MetricSeries& At(Metric metric);

  std::mutex mutex_;
  std::vector<std::unique_ptr<MetricSeries>> series_;  // By Metric.
};

}  // namespace seatkeeper
