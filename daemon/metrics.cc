#include "daemon/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "daemon/cycle_result.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {
namespace {

using prometheus::Labels;

// From a small tenant over a local network to a million users at the service's pace.
const prometheus::Histogram::BucketBoundaries kCycleBuckets{0.1, 0.5, 1,   5,   15,  30,
                                                            60,  120, 300, 900, 1800};
const prometheus::Histogram::BucketBoundaries kRequestBuckets{0.05, 0.1, 0.25, 0.5, 1,
                                                              2.5,  5,   10,   30,  60};

constexpr std::array kDriftKinds{Drift::Kind::kMissing,   Drift::Kind::kExtra,
                                 Drift::Kind::kPlans,     Drift::Kind::kInherited,
                                 Drift::Kind::kRedundant, Drift::Kind::kUnknown};
constexpr std::array<std::string_view, 4> kResults{"ok", "held", "partial", "failed"};

// A family together with its series, so that series can go again: the library forgets which
// labels a metric has.
template <typename Metric>
class SeriesSet {
 public:
  using Family = prometheus::Family<Metric>;
  explicit SeriesSet(Family& family) : family_(family) {}

  template <typename... Arguments>
  Metric& Get(const Labels& labels, Arguments&&... arguments) {
    const auto found = series_.find(labels);
    if (found != series_.end()) return *found->second;
    auto& metric = family_.Add(labels, std::forward<Arguments>(arguments)...);
    series_.emplace(labels, &metric);
    return metric;
  }

  template <typename Predicate>
  void RemoveWhere(Predicate gone) {
    for (auto series = series_.begin(); series != series_.end();) {
      if (gone(series->first)) {
        family_.Remove(series->second);
        series = series_.erase(series);
      } else {
        ++series;
      }
    }
  }

  void RemoveTenant(const std::string& tenant) {
    RemoveWhere([&](const Labels& labels) { return labels.at("tenant") == tenant; });
  }

  /// Removes the tenant's series whose product is not among those.
  void KeepProducts(const std::string& tenant, const std::set<std::string>& products) {
    RemoveWhere([&](const Labels& labels) {
      return labels.at("tenant") == tenant && !products.contains(labels.at("product"));
    });
  }

 private:
  Family& family_;
  std::map<Labels, Metric*> series_;
};

std::string StatusClass(int status) {
  if (status < 100 || status > 599) return "none";
  return std::to_string(status / 100) + "xx";
}

double Seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

struct MetricsObserver::Families {
  using Gauges = SeriesSet<prometheus::Gauge>;
  using Counters = SeriesSet<prometheus::Counter>;
  using Histograms = SeriesSet<prometheus::Histogram>;

  prometheus::Registry registry;

  prometheus::Family<prometheus::Gauge>& Gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Counter>& Counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Histogram>& Histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  Gauges purchased{Gauge("seatkeeper_seats_purchased", "Seats bought and enabled.")};
  Gauges assigned{Gauge("seatkeeper_seats_assigned", "Seats in use, as the service counts them.")};
  Gauges unused{Gauge("seatkeeper_seats_unused", "Seats bought, enabled and not in use.")};
  Gauges shortage{Gauge("seatkeeper_seats_short", "Seats that policy asks for and lacks.")};
  Gauges drift{Gauge("seatkeeper_drift", "Differences between desired and observed state.")};
  Counters changes{Counter("seatkeeper_changes_total", "Changes by the state they reached.")};
  Gauges held{Gauge("seatkeeper_changes_held", "Changes held by a guardrail.")};
  Gauges approvals{
      Gauge("seatkeeper_approvals_open", "Approvals in force with something left to release.")};
  Gauges unconfirmed{
      Gauge("seatkeeper_changes_unconfirmed", "Changes sent that readings do not confirm yet.")};
  Histograms duration{Histogram("seatkeeper_cycle_duration_seconds", "Time taken by cycles.")};
  Counters cycles{Counter("seatkeeper_cycles_total", "Finished cycles by result.")};
  Gauges success{Gauge("seatkeeper_last_success_timestamp_seconds",
                       "When a cycle last ended without error or failed change.")};
  Gauges reading{Gauge("seatkeeper_last_complete_reading_timestamp_seconds",
                       "When the last complete reading of the tenant began.")};
  Counters requests{Counter("seatkeeper_api_requests_total", "Requests to the service.")};
  Histograms request_duration{
      Histogram("seatkeeper_api_request_duration_seconds", "Time taken by requests.")};
  Counters throttled{Counter("seatkeeper_api_throttled_total", "Requests that were throttled.")};
  Gauges suspended{
      Gauge("seatkeeper_suspended", "1 while nothing of the tenant is changed, on request.")};
  Gauges circuit{Gauge("seatkeeper_circuit_open",
                       "1 while changes of the tenant are not sent, since its service fails.")};
  Gauges store_doubt{
      Gauge("seatkeeper_store_in_doubt", "1 while the store is in doubt and removals are held.")};
  Gauges clock_doubt{
      Gauge("seatkeeper_clock_in_doubt", "1 while the clock is in doubt and removals are held.")};
  Gauges suspicious{Gauge("seatkeeper_policy_suspicious",
                          "1 while the policy's revision is suspicious and removals are held.")};
  Gauges skew{Gauge("seatkeeper_clock_skew_seconds", "The service's time less local time.")};
  Gauges users{Gauge("seatkeeper_users", "Users in the tenant, as last read.")};
  prometheus::Gauge& load_errors =
      Gauge("seatkeeper_policy_load_errors", "What is wrong with the newest policy files.").Add({});
  prometheus::Gauge& outdated =
      Gauge("seatkeeper_policy_outdated", "1 while the newest policy files do not load.").Add({});
  Gauges policy{Gauge("seatkeeper_policy_info", "The policy revision in force.")};

  std::set<std::string> tenants;

  bool Knows(std::string_view tenant) const { return tenants.contains(std::string(tenant)); }
};

MetricsObserver::MetricsObserver(const std::string& version)
    : families_(std::make_unique<Families>()) {
  families_->Gauge("seatkeeper_build_info", "The version that runs.")
      .Add({{"version", version}})
      .Set(1);
}

MetricsObserver::~MetricsObserver() = default;

void MetricsObserver::AddTenant(const std::string& tenant) {
  auto& all = *families_;
  all.tenants.insert(tenant);
  for (const auto result : kResults) {
    all.cycles.Get({{"tenant", tenant}, {"result", std::string(result)}});
  }
  for (const auto state : {ChangeState::kAccepted, ChangeState::kRefused, ChangeState::kWithdrawn,
                           ChangeState::kAmbiguous}) {
    all.changes.Get({{"tenant", tenant}, {"result", std::string(ToString(state))}});
  }
  all.unconfirmed.Get({{"tenant", tenant}});
  all.suspended.Get({{"tenant", tenant}});
  all.circuit.Get({{"tenant", tenant}}).Set(0);
  all.throttled.Get({{"tenant", tenant}});
}

void MetricsObserver::RemoveTenant(const std::string& tenant) {
  auto& all = *families_;
  all.tenants.erase(tenant);
  for (auto* gauges :
       {&all.purchased, &all.assigned, &all.unused, &all.shortage, &all.drift, &all.held,
        &all.unconfirmed, &all.success, &all.reading, &all.users, &all.approvals, &all.suspended,
        &all.circuit, &all.store_doubt, &all.clock_doubt, &all.suspicious, &all.skew}) {
    gauges->RemoveTenant(tenant);
  }
  for (auto* counters : {&all.changes, &all.cycles, &all.requests, &all.throttled}) {
    counters->RemoveTenant(tenant);
  }
  for (auto* histograms : {&all.duration, &all.request_duration}) histograms->RemoveTenant(tenant);
}

void MetricsObserver::SetUnconfirmed(const std::string& tenant, std::size_t count) {
  if (!families_->Knows(tenant)) return;
  families_->unconfirmed.Get({{"tenant", tenant}}).Set(static_cast<double>(count));
}

void MetricsObserver::SetSuspended(const std::string& tenant, bool suspended) {
  if (!families_->Knows(tenant)) return;
  families_->suspended.Get({{"tenant", tenant}}).Set(suspended ? 1 : 0);
}

void MetricsObserver::SetPolicy(const std::string& revision, bool outdated,
                                std::size_t load_errors) {
  auto& all = *families_;
  all.outdated.Set(outdated ? 1 : 0);
  all.load_errors.Set(static_cast<double>(load_errors));
  all.policy.RemoveWhere([&](const Labels& labels) { return labels.at("revision") != revision; });
  if (!revision.empty()) all.policy.Get({{"revision", revision}}).Set(1);
}

std::string MetricsObserver::Render() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

void MetricsObserver::OnRead(std::string_view tenant_name, const ObservedState& observed) {
  auto& all = *families_;
  if (!all.Knows(tenant_name)) return;
  const std::string tenant(tenant_name);
  all.users.Get({{"tenant", tenant}}).Set(static_cast<double>(observed.users.size()));
  all.reading.Get({{"tenant", tenant}}).Set(Seconds(observed.read_at));
  if (observed.clock_skew) {
    all.skew.Get({{"tenant", tenant}})
        .Set(std::chrono::duration<double>(*observed.clock_skew).count());
  }
  struct Sum {
    int purchased = 0;
    int assigned = 0;
    int unused = 0;
  };
  std::map<std::string, Sum> sums;  // A part number could stand twice.
  for (const auto& product : observed.products) {
    if (!product.subscribed) continue;
    auto& sum = sums[product.name()];
    sum.purchased += product.prepaid.enabled;
    sum.assigned += product.consumed;
    sum.unused += std::max(0, product.prepaid.enabled - product.consumed);
  }
  std::set<std::string> names;
  for (const auto& [name, sum] : sums) {
    names.insert(name);
    const Labels labels{{"tenant", tenant}, {"product", name}};
    all.purchased.Get(labels).Set(sum.purchased);
    all.assigned.Get(labels).Set(sum.assigned);
    all.unused.Get(labels).Set(sum.unused);
  }
  for (auto* gauges : {&all.purchased, &all.assigned, &all.unused}) {
    gauges->KeepProducts(tenant, names);
  }
}

void MetricsObserver::OnPlan(std::string_view tenant_name, const Plan& plan) {
  auto& all = *families_;
  if (!all.Knows(tenant_name)) return;
  const std::string tenant(tenant_name);
  std::map<std::pair<std::string, Drift::Kind>, int> drift;
  std::set<std::string> names;
  for (const auto& product : plan.products) {
    const auto name = plan.ProductName(product.id);
    names.insert(name);
    all.shortage.Get({{"tenant", tenant}, {"product", name}}).Set(product.short_by);
    for (const auto kind : kDriftKinds) drift[{name, kind}] += 0;
  }
  for (const auto& difference : plan.drift) {
    ++drift[{plan.ProductName(difference.product), difference.kind}];
    names.insert(plan.ProductName(difference.product));
  }
  for (const auto& [key, count] : drift) {
    all.drift
        .Get({{"tenant", tenant},
              {"product", key.first},
              {"kind", std::string(ToString(key.second))}})
        .Set(count);
  }
  all.shortage.KeepProducts(tenant, names);
  all.drift.KeepProducts(tenant, names);

  const auto in_doubt = [&](std::string_view what) {
    return std::ranges::find(plan.doubts, what, &HeldBy::guardrail) != plan.doubts.end() ? 1 : 0;
  };
  all.store_doubt.Get({{"tenant", tenant}}).Set(in_doubt(kStoreInDoubt));
  all.clock_doubt.Get({{"tenant", tenant}}).Set(in_doubt(kClockInDoubt));
  all.approvals.Get({{"tenant", tenant}}).Set(plan.open_approvals);
  all.suspicious.Get({{"tenant", tenant}}).Set(plan.suspicions.empty() ? 0 : 1);

  std::map<std::string, int> held;
  for (const auto& change : plan.changes) {
    std::set<std::string> by;
    for (const auto& hold : change.held) by.insert(hold.guardrail);
    for (const auto& guardrail : by) ++held[guardrail];
  }
  all.held.RemoveWhere([&](const Labels& labels) {
    return labels.at("tenant") == tenant && !held.contains(labels.at("guardrail"));
  });
  for (const auto& [guardrail, count] : held) {
    all.held.Get({{"tenant", tenant}, {"guardrail", guardrail}}).Set(count);
  }
}

void MetricsObserver::OnOutcome(const Outcome& outcome) {
  if (!families_->Knows(outcome.tenant)) return;
  families_->changes
      .Get({{"tenant", std::string(outcome.tenant)}, {"result", std::string(outcome.state)}})
      .Increment();
}

void MetricsObserver::OnCircuit(const Circuit& circuit) {
  if (!families_->Knows(circuit.tenant)) return;
  families_->circuit.Get({{"tenant", std::string(circuit.tenant)}}).Set(circuit.open ? 1 : 0);
}

void MetricsObserver::OnRequest(const Request& request) {
  auto& all = *families_;
  if (!all.Knows(request.tenant)) return;
  const std::string tenant(request.tenant);
  const std::string call(request.call);
  all.requests.Get({{"tenant", tenant}, {"call", call}, {"status", StatusClass(request.status)}})
      .Increment();
  all.request_duration.Get({{"tenant", tenant}, {"call", call}}, kRequestBuckets)
      .Observe(std::chrono::duration<double>(request.elapsed).count());
  if (request.throttled) all.throttled.Get({{"tenant", tenant}}).Increment();
}

void MetricsObserver::OnCycleFinished(std::string_view tenant_name, const CycleReport& report) {
  auto& all = *families_;
  if (!all.Knows(tenant_name)) return;
  const std::string tenant(tenant_name);
  const auto result = ResultOf(report);
  all.cycles.Get({{"tenant", tenant}, {"result", std::string(result)}}).Increment();
  all.duration.Get({{"tenant", tenant}}, kCycleBuckets)
      .Observe(std::chrono::duration<double>(report.finished_at - report.started_at).count());
  if (result == "ok" || result == "held") {
    all.success.Get({{"tenant", tenant}}).Set(Seconds(report.finished_at));
  }
}

}  // namespace seatkeeper
