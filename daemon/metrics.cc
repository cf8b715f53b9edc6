#include "daemon/metrics.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "daemon/cycle_result.h"
#include "daemon/metric_series.h"
#include "daemon/waste_metrics.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/change_action.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

constexpr std::array kDriftKinds{Drift::Kind::kMissing,   Drift::Kind::kExtra,
                                 Drift::Kind::kPlans,     Drift::Kind::kInherited,
                                 Drift::Kind::kRedundant, Drift::Kind::kUnknown};
constexpr std::array<std::string_view, 4> kResults{"ok", "held", "partial", "failed"};
constexpr std::array kVerdicts{Verdict::kGo, Verdict::kDeferred, Verdict::kHeld};
// As many as a person looks at; a label for each file of a large policy would be too many series.
constexpr std::size_t kFilesMost = 20;

std::string StatusClass(int status) {
  if (status < 100 || status > 599) return "none";
  return std::to_string(status / 100) + "xx";
}

double Seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

MetricLabels Label(const char* name, std::string_view value) {
  return {{name, std::string(value)}};
}

// Where there is no such moment there is no series.
void SetOrRemove(MetricSeries& series, std::optional<WallTime> moment) {
  if (moment) return series.Set(Seconds(*moment));
  series.RemoveWhere([](const auto&) { return true; });
}

// What is asked for as a gauge by product: those that vanished go.
template <typename Products, typename Value>
void SetByProduct(MetricSeries& series, const Products& products, Value&& value) {
  for (const auto& [name, product] : products) {
    series.Set(value(product), Label("product", name));
  }
  series.KeepOnly("product", products);
}

using DriftCounts = std::map<std::pair<std::string, Drift::Kind>, int>;

// Kinds of which there is none count as 0 for every product that is looked after.
DriftCounts CountDrift(const Plan& plan) {
  DriftCounts counts;
  for (const auto& product : plan.products) {
    for (const auto kind : kDriftKinds) counts[{plan.ProductName(product.id), kind}] = 0;
  }
  for (const auto& difference : plan.drift) {
    ++counts[{plan.ProductName(difference.product), difference.kind}];
  }
  return counts;
}

void SetDrift(MetricSeries& series, const DriftCounts& drift) {
  std::set<MetricLabels> present;
  for (const auto& [key, count] : drift) {
    MetricLabels labels{{"product", key.first}, {"kind", std::string(ToString(key.second))}};
    series.Set(count, labels);
    present.insert(std::move(labels));
  }
  series.RemoveWhere([&](const MetricLabels& own) { return !present.contains(own); });
}

// By guardrail; a change counts once for each that holds it.
std::map<std::string, int> CountHeld(const Plan& plan) {
  std::map<std::string, int> held;
  for (const auto& change : plan.changes) {
    std::set<std::string> by;
    for (const auto& hold : change.held) by.insert(hold.guardrail);
    for (const auto& guardrail : by) ++held[guardrail];
  }
  return held;
}

std::map<std::string, std::size_t> ErrorsToShow(const PolicyFacts& policy) {
  std::map<std::string, std::size_t> shown;
  for (const auto& [file, errors] : policy.errors_by_file) {
    shown[shown.size() < kFilesMost ? Printable(file) : "(others)"] += errors;
  }
  return shown;
}

struct Bought {
  int purchased = 0;
  int assigned = 0;
  int unused = 0;
  int warning = 0;
  int suspended = 0;
};

std::map<std::string, Bought> CountSeats(const ObservedState& observed) {
  std::map<std::string, Bought> seats;  // A part number could stand twice.
  for (const auto& product : observed.products) {
    if (!product.subscribed) continue;
    auto& sum = seats[product.name()];
    sum.purchased += product.prepaid.enabled;
    sum.assigned += product.consumed;
    sum.unused += std::max(0, product.prepaid.enabled - product.consumed);
    sum.warning += product.prepaid.warning;
    sum.suspended += product.prepaid.suspended;
  }
  return seats;
}

}  // namespace

MetricsObserver::MetricsObserver(const std::string& version)
    : process_(std::make_shared<MetricGroup>("")) {
  process_->Update([&](const auto& at) {
    at(Metric::kBuildInfo).Set(1, Label("version", version));
    at(Metric::kPolicyOutdated).Set(0);
    at(Metric::kPolicyLoadErrors).Set(0);
  });
}

MetricsObserver::~MetricsObserver() = default;

std::shared_ptr<MetricGroup> MetricsObserver::GroupOf(std::string_view tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : found->second;
}

template <typename Write>
void MetricsObserver::Update(std::string_view tenant, Write&& write) {
  if (const auto group = GroupOf(tenant); group != nullptr) {
    group->Update(std::forward<Write>(write));
  }
}

void MetricsObserver::AddTenant(const std::string& tenant, const TenantFacts& facts) {
  auto group = GroupOf(tenant);
  if (group == nullptr) {
    group = std::make_shared<MetricGroup>(tenant);
    // Its counters begin at 0, whatever another tenant of that name came to.
    if (quota_source_) quota_shown_.insert_or_assign(tenant, quota_source_(tenant));
  }
  group->Update([&](const auto& at) {
    at(Metric::kTenantInfo).RemoveWhere([](const auto&) { return true; });
    at(Metric::kTenantInfo).Set(1, Label("mode", facts.mode));
    at(Metric::kTenantInterval).Set(std::chrono::duration<double>(facts.interval).count());
    at(Metric::kApiWriteLimit).Set(facts.writes_per_second);
    for (const auto result : kResults) at(Metric::kCycles).Count(0, Label("result", result));
    for (const auto state : {ChangeState::kAccepted, ChangeState::kRefused, ChangeState::kWithdrawn,
                             ChangeState::kAmbiguous}) {
      for (const auto action : kChangeActions) {
        at(Metric::kChangesTotal)
            .Count(0, {{"action", std::string(action)}, {"result", std::string(ToString(state))}});
      }
    }
    for (const auto* kind : {"full", "changes"}) {
      at(Metric::kReadings).Count(0, Label("kind", kind));
    }
    at(Metric::kChangesUnconfirmed).Set(0);
    at(Metric::kSuspended).Set(0);
    at(Metric::kCircuitOpen).Set(0);
    at(Metric::kApiThrottled).Count(0);
    at(Metric::kApiThrottledItems).Count(0);
    for (const auto* kind : {"writes", "units"}) {
      at(Metric::kApiWaited).Count(0, Label("kind", kind));
    }
    at(Metric::kApiWrites).Count(0);
  });
  const std::lock_guard lock(mutex_);
  tenants_.insert_or_assign(tenant, std::move(group));
}

void MetricsObserver::RemoveTenant(const std::string& tenant) {
  quota_shown_.erase(tenant);
  const std::lock_guard lock(mutex_);
  tenants_.erase(tenant);
}

void MetricsObserver::SetUnconfirmed(const std::string& tenant, std::size_t count,
                                     std::optional<WallTime> oldest) {
  Update(tenant, [&](const auto& at) {
    at(Metric::kChangesUnconfirmed).Set(static_cast<double>(count));
    SetOrRemove(at(Metric::kOldestUnconfirmed), oldest);
  });
}

void MetricsObserver::SetRestorable(const std::string& tenant, std::size_t count,
                                    std::optional<WallTime> oldest) {
  Update(tenant, [&](const auto& at) {
    at(Metric::kRemovalsRestorable).Set(static_cast<double>(count));
    SetOrRemove(at(Metric::kOldestRestorable), oldest);
  });
}

void MetricsObserver::CountReadings(const std::string& tenant, std::uint64_t full,
                                    std::uint64_t changes) {
  Update(tenant, [&](const auto& at) {
    at(Metric::kReadings).Count(static_cast<double>(full), Label("kind", "full"));
    at(Metric::kReadings).Count(static_cast<double>(changes), Label("kind", "changes"));
  });
}

void MetricsObserver::SetSuspended(const std::string& tenant, bool suspended) {
  Update(tenant, [&](const auto& at) { at(Metric::kSuspended).Set(suspended ? 1 : 0); });
}

void MetricsObserver::SetCredentialExpiry(const std::string& tenant,
                                          const std::map<std::string, WallTime>& by_identity) {
  Update(tenant, [&](const auto& at) {
    auto& series = at(Metric::kCredentialExpiry);
    for (const auto& [identity, end] : by_identity) {
      series.Set(Seconds(end), Label("identity", identity));
    }
    series.KeepOnly("identity", by_identity);
  });
}

void MetricsObserver::SetPolicy(const PolicyFacts& policy) {
  process_->Update([&](const auto& at) {
    at(Metric::kPolicyOutdated).Set(policy.outdated ? 1 : 0);
    at(Metric::kPolicyLoadErrors).Set(static_cast<double>(policy.load_errors));
    const auto errors = ErrorsToShow(policy);
    auto& by_file = at(Metric::kPolicyFileErrors);
    for (const auto& [file, count] : errors) {
      by_file.Set(static_cast<double>(count), Label("file", file));
    }
    by_file.KeepOnly("file", errors);
    if (policy.loaded_at) at(Metric::kPolicyLoadedAt).Set(Seconds(*policy.loaded_at));
    auto& info = at(Metric::kPolicyInfo);
    info.RemoveWhere([&](const auto& own) { return own.at("revision") != policy.revision; });
    if (!policy.revision.empty()) info.Set(1, Label("revision", policy.revision));
  });
}

void MetricsObserver::OnWaste(std::string_view tenant, const WasteReport& waste) {
  const auto group = GroupOf(tenant);
  if (group != nullptr) ShowWaste(waste, *group);
}

void MetricsObserver::SetStoreSize(std::uintmax_t bytes) {
  process_->Update([&](const auto& at) { at(Metric::kStoreSize).Set(static_cast<double>(bytes)); });
}

void MetricsObserver::CountNotification(std::string_view type, std::string_view result, int by) {
  process_->Update([&](const auto& at) {
    at(Metric::kNotifications)
        .Count(by, {{"result", std::string(result)}, {"type", std::string(type)}});
  });
}

SharedText MetricsObserver::Render() const {
  std::vector<std::shared_ptr<MetricGroup>> groups{process_};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, group] : tenants_) groups.push_back(group);
  }
  std::vector<std::vector<std::shared_ptr<const std::string>>> texts;
  texts.reserve(groups.size());
  for (const auto& group : groups) texts.push_back(group->Texts());
  SharedText page;
  for (std::size_t metric = 0; metric < AllMetrics().size(); ++metric) {
    bool headed = false;
    for (const auto& parts : texts) {
      const auto& part = parts[metric];
      if (part == nullptr || part->empty()) continue;
      if (!std::exchange(headed, true)) {
        page.Add(std::make_shared<const std::string>(HeadOf(AllMetrics()[metric])));
      }
      page.Add(part);
    }
  }
  return page;
}

void MetricsObserver::OnRead(std::string_view tenant, const ObservedState& observed) {
  const auto group = GroupOf(tenant);
  if (group == nullptr) return;
  const auto seats = CountSeats(observed);
  group->Update([&](const auto& at) {
    at(Metric::kUsers).Set(static_cast<double>(observed.users.size()));
    at(Metric::kLastCompleteReading).Set(Seconds(observed.read_at));
    if (observed.clock_skew) {
      at(Metric::kClockSkew).Set(std::chrono::duration<double>(*observed.clock_skew).count());
    }
    const auto set = [&](Metric metric, int Bought::*count) {
      SetByProduct(at(metric), seats, [&](const Bought& of) { return of.*count; });
    };
    set(Metric::kSeatsPurchased, &Bought::purchased);
    set(Metric::kSeatsAssigned, &Bought::assigned);
    set(Metric::kSeatsUnused, &Bought::unused);
    set(Metric::kSeatsWarning, &Bought::warning);
    set(Metric::kSeatsSuspended, &Bought::suspended);
  });
}

void MetricsObserver::OnPlan(std::string_view tenant, const Plan& plan) {
  const auto group = GroupOf(tenant);
  if (group == nullptr) return;
  std::map<std::string, const PlanProduct*> products;
  for (const auto& product : plan.products) products[plan.ProductName(product.id)] = &product;
  const auto drift = CountDrift(plan);
  const auto held = CountHeld(plan);
  const auto in_doubt = [&](std::string_view what) {
    return std::ranges::find(plan.doubts, what, &HeldBy::guardrail) != plan.doubts.end() ? 1 : 0;
  };
  group->Update([&](const auto& at) {
    const auto set = [&](Metric metric, auto value) {
      SetByProduct(at(metric), products, [&](const PlanProduct* of) { return value(*of); });
    };
    set(Metric::kSeatsShort, [](const PlanProduct& of) { return of.short_by; });
    set(Metric::kSeatsReserved, [](const PlanProduct& of) { return of.reserve; });
    set(Metric::kSeatsSpareMissing, [](const PlanProduct& of) { return of.missing_spare(); });
    SetDrift(at(Metric::kDrift), drift);
    for (const auto verdict : kVerdicts) {
      at(Metric::kChangesPlanned)
          .Set(static_cast<double>(plan.CountWith(verdict)), Label("verdict", ToString(verdict)));
    }
    for (const auto& [guardrail, count] : held) {
      at(Metric::kChangesHeld).Set(count, Label("guardrail", guardrail));
    }
    at(Metric::kChangesHeld).KeepOnly("guardrail", held);
    at(Metric::kApprovalsOpen).Set(plan.open_approvals);
    at(Metric::kStoreDoubt).Set(in_doubt(kStoreInDoubt));
    at(Metric::kClockDoubt).Set(in_doubt(kClockInDoubt));
    at(Metric::kPolicySuspicious).Set(plan.suspicions.empty() ? 0 : 1);
  });
}

void MetricsObserver::OnOutcome(const Outcome& outcome) {
  const MetricLabels labels{{"action", std::string(outcome.action)},
                            {"result", std::string(outcome.state)}};
  Update(outcome.tenant, [&](const auto& at) { at(Metric::kChangesTotal).Count(1, labels); });
}

void MetricsObserver::OnCircuit(const Circuit& circuit) {
  Update(circuit.tenant,
         [&](const auto& at) { at(Metric::kCircuitOpen).Set(circuit.open ? 1 : 0); });
}

void MetricsObserver::SetQuotaSource(std::function<QuotaUse(std::string_view tenant)> source) {
  quota_source_ = std::move(source);
}

void MetricsObserver::ShowQuota(std::string_view tenant, MetricGroup& group) {
  if (!quota_source_) return;
  const auto use = quota_source_(tenant);
  const auto before = std::exchange(quota_shown_[std::string(tenant)], use);
  const auto seconds = [](std::chrono::milliseconds now, std::chrono::milliseconds then) {
    return std::chrono::duration<double>(now - then).count();
  };
  group.Update([&](const auto& at) {
    at(Metric::kApiQuotaUsed).Set(use.writes, Label("kind", "writes"));
    at(Metric::kApiQuotaUsed).Set(use.units, Label("kind", "units"));
    at(Metric::kApiWaited)
        .Count(seconds(use.writes_waited, before.writes_waited), Label("kind", "writes"));
    at(Metric::kApiWaited)
        .Count(seconds(use.reads_waited, before.reads_waited), Label("kind", "units"));
    at(Metric::kApiThrottledItems).Count(static_cast<double>(use.throttled - before.throttled));
  });
}

void MetricsObserver::OnRequest(const Request& request) {
  const auto group = GroupOf(request.tenant);
  if (group == nullptr) return;
  const std::string call(request.call);
  group->Update([&](const auto& at) {
    at(Metric::kApiRequests).Count(1, {{"call", call}, {"status", StatusClass(request.status)}});
    at(Metric::kApiRequestDuration)
        .Observe(std::chrono::duration<double>(request.elapsed).count(), {{"call", call}});
    if (request.throttled) at(Metric::kApiThrottled).Count(1);
    at(Metric::kApiWrites).Count(request.writes);
  });
  ShowQuota(request.tenant, *group);
}

void MetricsObserver::OnCycleFinished(std::string_view tenant, const CycleReport& report) {
  const auto group = GroupOf(tenant);
  if (group == nullptr) return;
  const auto result = ResultOf(report);
  group->Update([&](const auto& at) {
    at(Metric::kCycles).Count(1, Label("result", result));
    at(Metric::kCycleDuration)
        .Observe(std::chrono::duration<double>(report.finished_at - report.started_at).count());
    if (result == "ok" || result == "held") {
      at(Metric::kLastSuccess).Set(Seconds(report.finished_at));
    }
  });
  ShowQuota(tenant, *group);
  group->Texts();  // Now, not when a scrape waits for it.
}

}  // namespace seatkeeper
