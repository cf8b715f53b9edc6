#include "daemon/metric_series.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <span>
#include <utility>

namespace seatkeeper {
namespace {

// From a small tenant over a local network to a million users at the service's pace.
constexpr std::array kCycleBuckets{0.1,  0.5,   1.0,   5.0,   15.0,  30.0,
                                   60.0, 120.0, 300.0, 900.0, 1800.0};
constexpr std::array kRequestBuckets{0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0};

std::span<const double> BucketsOf(Metric metric) {
  if (metric == Metric::kCycleDuration) return kCycleBuckets;
  return kRequestBuckets;
}

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
    case MetricType::kGauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

prometheus::MetricFamily EmptyFamily(const MetricInfo& info) {
  return {.name = std::string(info.name),
          .help = std::string(info.help),
          .type = TypeOf(info.type),
          .metric = {}};
}

prometheus::ClientMetric EmptySample(const MetricInfo& info, const MetricLabels& labels) {
  prometheus::ClientMetric sample;
  for (const auto& [name, value] : labels) sample.label.push_back({name, value});
  if (info.type == MetricType::kHistogram) {
    for (const double bound : BucketsOf(info.metric)) {
      sample.histogram.bucket.push_back({.cumulative_count = 0, .upper_bound = bound});
    }
  }
  return sample;
}

}  // namespace

struct MetricSeries::State {
  const MetricInfo& info;
  std::size_t head_bytes;
  MetricLabels common;
  prometheus::MetricFamily family;
  std::map<MetricLabels, std::size_t> places;  // Own labels -> where in the family.
  std::shared_ptr<const std::string> text;     // nullptr: it has changed since.

  prometheus::ClientMetric& Get(const MetricLabels& own) {
    const auto found = places.find(own);
    if (found != places.end()) return family.metric[found->second];
    auto labels = common;
    labels.insert(own.begin(), own.end());
    text.reset();
    places.emplace(own, family.metric.size());
    return family.metric.emplace_back(EmptySample(info, labels));
  }
};

MetricSeries::MetricSeries(const MetricInfo& info, MetricLabels common)
    : state_(std::make_unique<State>(State{.info = info,
                                           .head_bytes = HeadOf(info).size(),
                                           .common = std::move(common),
                                           .family = EmptyFamily(info),
                                           .places = {},
                                           .text = nullptr})) {}
MetricSeries::~MetricSeries() = default;

void MetricSeries::Set(double value, const MetricLabels& labels) {
  auto& gauge = state_->Get(labels).gauge;
  if (gauge.value == value) return;
  gauge.value = value;
  state_->text.reset();
}

void MetricSeries::Count(double by, const MetricLabels& labels) {
  auto& counter = state_->Get(labels).counter;
  if (by == 0) return;
  counter.value += by;
  state_->text.reset();
}

void MetricSeries::Observe(double seconds, const MetricLabels& labels) {
  auto& histogram = state_->Get(labels).histogram;
  ++histogram.sample_count;
  histogram.sample_sum += seconds;
  for (auto& bucket : histogram.bucket) {
    if (seconds <= bucket.upper_bound) ++bucket.cumulative_count;
  }
  state_->text.reset();
}

void MetricSeries::RemoveWhere(const std::function<bool(const MetricLabels&)>& gone) {
  auto& state = *state_;
  std::vector<prometheus::ClientMetric> kept;
  std::map<MetricLabels, std::size_t> places;
  for (const auto& [labels, place] : state.places) {
    if (gone(labels)) continue;
    places.emplace(labels, kept.size());
    kept.push_back(std::move(state.family.metric[place]));
  }
  if (kept.size() != state.places.size()) state.text.reset();
  state.family.metric = std::move(kept);
  state.places = std::move(places);
}

std::shared_ptr<const std::string> MetricSeries::Text() {
  auto& state = *state_;
  if (state.text == nullptr) {
    std::string text;
    if (!state.family.metric.empty()) {
      text = prometheus::TextSerializer().Serialize({state.family});
      text.erase(0, state.head_bytes);
    }
    state.text = std::make_shared<const std::string>(std::move(text));
  }
  return state.text;
}

std::string HeadOf(const MetricInfo& info) {
  return prometheus::TextSerializer().Serialize({EmptyFamily(info)});
}

MetricGroup::MetricGroup(const std::string& tenant) {
  MetricLabels common;
  if (!tenant.empty()) common.emplace("tenant", tenant);
  for (const auto& info : AllMetrics()) {
    const bool ours = info.of_tenants() != tenant.empty();
    series_.push_back(ours ? std::make_unique<MetricSeries>(info, common) : nullptr);
  }
}

// A metric of tenants that is written for the process, or the other way round, is a mistake here.
MetricSeries& MetricGroup::At(Metric metric) { return *series_[static_cast<std::size_t>(metric)]; }

std::vector<std::shared_ptr<const std::string>> MetricGroup::Texts() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const std::string>> texts;
  texts.reserve(series_.size());
  for (auto& series : series_) texts.push_back(series == nullptr ? nullptr : series->Text());
  return texts;
}

}  // namespace seatkeeper
