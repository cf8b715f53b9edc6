#include "daemon/tenant_session.h"

#include <algorithm>
#include <utility>

namespace seatkeeper {

Result<void> TenantSession::Start(const PolicyInForce& policy,
                                  std::function<void(const CycleReport&)> done) {
  if (auto ready = RefreshProvider(); !ready) return ready;
  kept_.everybody_every = config_.full_reading_interval;
  const bool enforce = config_.mode == TenantConfig::Mode::kEnforce;
  cycle_ = std::make_unique<Cycle>(
      runtime_.cycle_parts(*provider_), policy,
      CycleRequest{.tenant = config_.name,
                   .key = KeyOf(config_),
                   .holder = Runtime::Holder(),
                   .ceilings = config_.ceilings,
                   .mode = enforce ? CycleRequest::Mode::kEnforce : CycleRequest::Mode::kObserve,
                   .interval = config_.interval,
                   .retention = config_.retention,
                   .clock_before = clock_,
                   .breaker = &breaker_,
                   .kept = &kept_,
                   .audit_reach = config_.audit_log,
                   .audit = &audit_,
                   .inactive_after = config_.inactive_after,
                   .confirm = {}});
  cycle_->Start([this, done = std::move(done)](const CycleReport& report) {
    // `done` lives in the cycle that is dropped here.
    const auto finished = done;
    if (report.believed) clock_ = report.believed;
    cycle_.reset();
    finished(report);
  });
  return {};
}

BreakerSettings TenantSession::SettingsFor(std::chrono::milliseconds interval) {
  BreakerSettings settings;
  settings.first_pause = std::min(settings.first_pause, interval);
  return settings;
}

void TenantSession::Stop(const std::string& reason) {
  if (cycle_) cycle_->Stop(reason);
}

// The provider keeps tokens and connections, so it stays; it reads what it signs in with whenever
// it needs a token. That cannot be read now is said now, and not when the token at hand has run
// out.
Result<void> TenantSession::RefreshProvider() {
  const auto now = runtime_.clock().Now();
  if (config_.mode == TenantConfig::Mode::kEnforce) {
    if (auto usable = CheckSignIn(config_, Purpose::kChanging, now); !usable) return usable;
  }
  if (provider_) return CheckSignIn(config_, Purpose::kReading, now);
  auto made = MakeProvider(config_, runtime_.provider_parts());
  if (!made) return std::move(made).error();
  provider_ = std::move(made).value();
  kept_.reader = provider_->changes();
  return {};
}

}  // namespace seatkeeper
