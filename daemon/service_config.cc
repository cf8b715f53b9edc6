#include <algorithm>
#include <utility>

#include "daemon/service.h"

// The part of Service that follows the config: tenants come, go and change while it runs.

namespace seatkeeper {

void Service::ReloadConfig() {
  auto loaded = LoadConfig(options_.config_path, options_.environment);
  if (!loaded) {
    log_.Error("config does not load, the old one holds", {{"detail", loaded.error().message}});
    return;
  }
  TakeConfig(std::move(loaded).value());
}

void Service::TakeConfig(LoadedConfig loaded) {
  for (const auto& finding : loaded.diagnostics) {
    log_.Write(finding.severity == Severity::kError ? LogLevel::kError : LogLevel::kWarning,
               "config finding",
               {{"at", ToString(finding.at)}, {"code", finding.code}, {"detail", finding.message}});
  }
  auto selected = SelectTenants(loaded.config, options_.tenants);
  if (!loaded.ok() || !selected) {
    log_.Error("config does not load, the old one holds",
               {{"detail", selected ? "see the findings" : selected.error().message}});
    return;
  }
  // Listener and store are bound for the life of the process.
  if (loaded.config.listen != config_.listen || loaded.config.tls != config_.tls ||
      loaded.config.store_path != config_.store_path) {
    log_.Warn("a changed listener or store needs a restart");
    loaded.config.listen = config_.listen;
    loaded.config.tls = config_.tls;
    loaded.config.store_path = config_.store_path;
  }
  config_ = std::move(loaded.config);
  UseNotifyTargets();
  SyncTenants(std::move(selected).value());
  log_.Info("config in force", {{"tenants", config_.tenants.size()}});
  RunDueCycles();
}

void Service::SyncTenants(std::vector<TenantConfig> wanted) {
  std::vector<std::string> gone;
  for (const auto& [name, tenant] : tenants_) {
    const bool stays = std::any_of(wanted.begin(), wanted.end(),
                                   [&name = name](const auto& each) { return each.name == name; });
    if (!stays) gone.push_back(name);
  }
  for (const auto& name : gone) {
    log_.Info("tenant removed", {{"tenant", name}});
    successors_.erase(name);
    leaving_.insert(name);
    tenants_.at(name)->Stop("the tenant was removed from the config");
    DropIfIdle(name);
  }
  for (auto& tenant : wanted) {
    const auto present = tenants_.find(tenant.name);
    leaving_.erase(tenant.name);
    if (present == tenants_.end()) {
      AddTenant(std::move(tenant));
    } else if (present->second->config() == tenant) {
      successors_.erase(tenant.name);
    } else {
      log_.Info("tenant changed", {{"tenant", tenant.name}});
      const auto name = tenant.name;
      present->second->Stop("the tenant's config changed");
      successors_.insert_or_assign(name, std::move(tenant));
      DropIfIdle(name);
    }
  }
}

void Service::AddTenant(TenantConfig tenant) {
  const auto name = tenant.name;
  scheduler_.Set(name, tenant.interval, runtime_.clock().Monotonic(), runtime_.random().Next());
  status_.AddTenant(name);
  metrics_.AddTenant(name,
                     {.mode = tenant.mode == TenantConfig::Mode::kEnforce ? "enforce" : "observe",
                      .interval = tenant.interval,
                      .writes_per_second = WritesPerSecond(tenant)});
  tenants_.insert_or_assign(name, std::make_unique<TenantSession>(std::move(tenant), runtime_));
  removals_.Forget(name);  // Of another tenant of the same name.
  LookAround(name);
}

// A running cycle finishes its requests first; this is asked again when it has ended.
void Service::DropIfIdle(const std::string& name) {
  const auto present = tenants_.find(name);
  if (present == tenants_.end() || present->second->running()) return;
  if (auto successor = successors_.extract(name)) {
    AddTenant(std::move(successor.mapped()));
    scheduler_.AtOnce(name, runtime_.clock().Monotonic());
  } else if (leaving_.erase(name) > 0) {
    tenants_.erase(present);
    scheduler_.Remove(name);
    status_.RemoveTenant(name);
    metrics_.RemoveTenant(name);
    removals_.Forget(name);
    notifier_.Forget(name);
    suspended_.erase(name);
  }
}

}  // namespace seatkeeper
