#include "daemon/service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/credential_expiry.h"
#include "daemon/cycle_result.h"
#include "daemon/version.h"
#include "reconciler/file/private_file.h"

namespace seatkeeper {
namespace {

constexpr std::chrono::seconds kBeatEvery{5};
constexpr std::chrono::seconds kLookAtPolicyEvery{5};

std::vector<std::string> DescribeDoubts(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& doubt : plan.doubts) lines.push_back(Describe(doubt));
  // What is suspicious may name people, which the probes must not.
  if (!plan.suspicions.empty()) {
    lines.push_back(fmt::format("{}: removals are held; `seatkeeper plan` says why",
                                plan.suspicions.front().guardrail));
  }
  return lines;
}

std::optional<WallTime> OldestOf(const std::vector<JournalEntry>& open) {
  std::optional<WallTime> oldest;
  for (const auto& entry : open)
    oldest = std::min(oldest.value_or(entry.intended_at), entry.intended_at);
  return oldest;
}

// With what SQLite has not moved into it yet.
std::uintmax_t SizeOfStore(const std::string& path) {
  std::uintmax_t bytes = 0;
  for (const auto* suffix : {"", "-wal"}) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(path + suffix, absent);
    if (!absent) bytes += size;
  }
  return bytes;
}

}  // namespace

Service::Service(Config config, ServiceOptions options, Log& log)
    : config_(std::move(config)),
      options_(std::move(options)),
      log_(log),
      log_observer_(log),
      metrics_(std::string(kVersion)),
      manager_(options_.environment),
      runtime_(Runtime::Signals::kStopAndReload, [this](int signal) { OnSignal(signal); }),
      removals_(runtime_,
                [this](const std::string& tenant, const RemovalsStanding& standing) {
                  metrics_.SetRestorable(tenant, static_cast<std::size_t>(standing.removals),
                                         standing.oldest);
                }),
      notifier_({.transport = runtime_.loop(),
                 .clock = runtime_.clock(),
                 .timers = runtime_.loop(),
                 .random = runtime_.random()},
                [this](const NotifyTarget& target, const News& news, NewsDelivery delivery,
                       const std::string& why) { NewsEnded(target, news, delivery, why); }),
      http_(config_.tls) {
  runtime_.observers().Add(log_observer_);
  runtime_.observers().Add(metrics_);
  metrics_.SetQuotaSource([this](std::string_view tenant) {
    return runtime_.quotas().UseOf(tenant, runtime_.clock().Monotonic());
  });
}

Service::~Service() = default;

ExitCode Service::Run() {
  auto selected = SelectTenants(config_, options_.tenants);
  if (!selected) {
    log_.Error("cannot start", {{"detail", selected.error().message}});
    return ExitCodeOf(selected.error().kind);
  }
  Beat();
  if (!StartListener()) return ExitCode::kError;
  if (const auto opened = runtime_.OpenStore(config_.store_path); !opened) {
    log_.Error("cannot open the store", {{"detail", opened.error().message}});
    http_.Stop();
    return ExitCode::kError;
  }
  status_.SetStore(true);
  UseNotifyTargets();
  SyncTenants(std::move(selected).value());
  WatchPolicy();
  log_.Info("started",
            {{"version", kVersion}, {"tenants", tenants_.size()}, {"store", config_.store_path}});
  manager_.Ready();
  runtime_.loop().Run();
  http_.Stop();
  log_.Info("stopped");
  return ExitCode::kOk;
}

void Service::OnSignal(int signal) {
  if (signal != SIGHUP) return Shutdown(signal);
  if (stopping_) return;
  log_.Info("reload requested");
  ReloadConfig();
  ReadPolicyNow();
}

void Service::Shutdown(int signal) {
  if (stopping_) {
    log_.Warn("stopping at once", {{"signal", signal}});
    ::_exit(static_cast<int>(ExitCode::kError));
  }
  stopping_ = true;
  manager_.Stopping();
  log_.Info("stopping", {{"signal", signal}, {"cycles", scheduler_.running()}});
  scheduler_.ShutDown();
  for (auto& [name, tenant] : tenants_) tenant->Stop("seatkeeper is stopping");
  StopWhenIdle();
}

void Service::StopWhenIdle() {
  for (const auto& [name, tenant] : tenants_) {
    if (tenant->running()) return;
  }
  notifier_.Finish([this] { runtime_.loop().Stop(); });
}

bool Service::StartListener() {
  http_.Add("/metrics", [this] {
    return HttpPage{.status = 200,
                    .content_type = "text/plain; version=0.0.4; charset=utf-8",
                    .body = metrics_.Render()};
  });
  http_.Add("/healthz", [this] {
    auto answer = status_.Health(runtime_.clock().Monotonic());
    return HttpPage{.status = answer.ok ? 200 : 503, .body = std::move(answer.text)};
  });
  http_.Add("/readyz", [this] {
    auto answer = status_.Readiness();
    return HttpPage{.status = answer.ok ? 200 : 503, .body = std::move(answer.text)};
  });
  if (const auto started = http_.Start(config_.listen); !started) {
    log_.Error("cannot start", {{"detail", started.error().message}});
    return false;
  }
  log_.Info("listening", {{"address", http_.address()}});
  if (options_.port_file.empty()) return true;
  const auto written = WritePrivateFile(options_.port_file, std::to_string(http_.port()) + "\n");
  if (!written) log_.Error("cannot write the port file", {{"detail", written.error().message}});
  return written.ok();
}

void Service::Beat() {
  const auto now = runtime_.clock().Monotonic();
  status_.Beat(now);
  manager_.Alive();
  const auto every = manager_.alive_every().value_or(kBeatEvery);
  runtime_.loop().At(now + std::min<std::chrono::milliseconds>(kBeatEvery, every),
                     [this] { Beat(); });
}

void Service::WatchPolicy() {
  ReadPolicyNow();
  runtime_.loop().At(runtime_.clock().Monotonic() + kLookAtPolicyEvery, [this] { WatchPolicy(); });
}

// Off the loop: a large policy takes a second to read, a dead file server for ever.
void Service::ReadPolicyNow() {
  if (reading_policy_) {
    read_policy_again_ = true;
    return;
  }
  reading_policy_ = true;
  const auto known = KnownTenants();
  const auto place = PlaceOfPolicy();
  auto reading = std::make_shared<std::optional<Result<PolicyReading>>>();
  runtime_.workers().Run([place, known, reading] { *reading = ReadPolicies(place, known); },
                         [this, place, reading] {
                           reading_policy_ = false;
                           TakePolicy(place, std::move(**reading));
                           if (std::exchange(read_policy_again_, false)) ReadPolicyNow();
                         });
}

void Service::LogFindings() {
  for (const auto& finding : policy_.findings()) {
    log_.Write(finding.severity == Severity::kError ? LogLevel::kError : LogLevel::kWarning,
               "policy finding",
               {{"at", ToString(finding.at)}, {"code", finding.code}, {"detail", finding.message}});
  }
}

void Service::RunDueCycles() {
  runtime_.loop().Cancel(cycle_timer_);
  if (stopping_ || policy_.in_force() == nullptr) return;
  for (const auto& name : scheduler_.TakeDue(runtime_.clock().Monotonic())) StartCycle(name);
  if (const auto next = scheduler_.NextDue()) {
    cycle_timer_ = runtime_.loop().At(*next, [this] { RunDueCycles(); });
  }
}

void Service::StartCycle(const std::string& name) {
  const auto started = tenants_.at(name)->Start(
      *policy_.in_force(), [this, name](const CycleReport& report) { CycleEnded(name, report); });
  if (started) return;
  CycleReport report;
  report.tenant = name;
  report.error = started.error();
  report.started_at = report.finished_at = runtime_.clock().Now();
  runtime_.observers().OnCycleFinished(name, report);
  // Not from inside the round over the tenants that are due.
  runtime_.loop().Post([this, name, report = std::move(report)] { CycleEnded(name, report); });
}

void Service::CycleEnded(const std::string& name, const CycleReport& report) {
  status_.SetResult(name, ResultOf(report), report.finished_at);
  if (report.plan) status_.SetDoubts(name, DescribeDoubts(report.plan->plan()));
  if (!notifier_.empty()) notifier_.Tell(NewsOf(report));
  if (const auto tenant = tenants_.find(name); tenant != tenants_.end()) {
    status_.SetPaused(name, tenant->second->breaker().reason());
    const auto readings = tenant->second->TakeReadings();
    metrics_.CountReadings(name, readings.everybody, readings.changes);
  }
  scheduler_.Finished(name, report.error.has_value(), runtime_.clock().Monotonic(),
                      runtime_.random().Next());
  LookAround(name, !report.outcomes.empty());
  DropIfIdle(name);
  if (stopping_) return StopWhenIdle();
  RunDueCycles();
}

// What others may have altered as well, in the store or where certificates lie: at every cycle's
// end, also of one that failed.
void Service::LookAround(const std::string& name, bool changed) {
  const auto tenant = tenants_.find(name);
  if (tenant == tenants_.end()) return;
  const auto& config = tenant->second->config();
  metrics_.SetCredentialExpiry(name, CredentialExpiries(config));
  removals_.Look(name, KeyOf(config), changed);
  struct Seen {
    std::size_t unconfirmed = 0;
    std::optional<WallTime> oldest;
    std::uintmax_t store_bytes = 0;
    Suspension suspension;
  };
  auto seen = std::make_shared<Seen>();
  runtime_.store().Run(
      [key = KeyOf(config), path = config_.store_path, seen](Store& store) -> Result<void> {
        auto open = store.OpenChanges(key);
        if (!open) return std::move(open).error();
        auto suspension = store.SuspensionOf(key);
        if (!suspension) return std::move(suspension).error();
        *seen = {.unconfirmed = open->size(),
                 .oldest = OldestOf(*open),
                 .store_bytes = SizeOfStore(path),
                 .suspension = *std::move(suspension)};
        return {};
      },
      [this, name, seen](const Result<void>& looked) {
        if (!looked || !tenants_.contains(name)) return;
        metrics_.SetUnconfirmed(name, seen->unconfirmed, seen->oldest);
        metrics_.SetStoreSize(seen->store_bytes);
        TellSuspension(name, seen->suspension);
      });
}

void Service::TellSuspension(const std::string& name, const Suspension& suspension) {
  const bool suspended = !suspension.empty();
  metrics_.SetSuspended(name, suspended);
  status_.SetSuspended(name, suspended ? std::optional(suspension.front().at) : std::nullopt);
  auto& known = suspended_[name];
  if (known == suspension) return;
  known = suspension;
  if (suspended) {
    log_.Warn("tenant suspended", {{"tenant", name}, {"detail", Describe(suspension)}});
  } else {
    log_.Info("tenant resumed", {{"tenant", name}});
  }
}

}  // namespace seatkeeper
