#include "daemon/service_status.h"

#include <fmt/format.h>

#include <utility>

namespace seatkeeper {
namespace {

constexpr std::chrono::seconds kBeatLimit{60};

}  // namespace

void ServiceStatus::Beat(MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  beat_ = now;
}

void ServiceStatus::SetPolicy(bool loaded, bool outdated) {
  const std::lock_guard lock(mutex_);
  policy_loaded_ = loaded;
  policy_outdated_ = outdated;
}

void ServiceStatus::SetStore(bool open) {
  const std::lock_guard lock(mutex_);
  store_open_ = open;
}

void ServiceStatus::AddTenant(const std::string& tenant) {
  const std::lock_guard lock(mutex_);
  tenants_.try_emplace(tenant);
}

void ServiceStatus::RemoveTenant(const std::string& tenant) {
  const std::lock_guard lock(mutex_);
  tenants_.erase(tenant);
}

void ServiceStatus::SetResult(const std::string& tenant, std::string_view result, WallTime when) {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;
  found->second.result = result;
  found->second.when = when;
}

void ServiceStatus::SetSuspended(const std::string& tenant, std::optional<WallTime> since) {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(tenant);
  if (found != tenants_.end()) found->second.suspended = since;
}

void ServiceStatus::SetDoubts(const std::string& tenant, std::vector<std::string> doubts) {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(tenant);
  if (found != tenants_.end()) found->second.doubts = std::move(doubts);
}

void ServiceStatus::SetPaused(const std::string& tenant, std::string why) {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(tenant);
  if (found != tenants_.end()) found->second.paused = std::move(why);
}

ServiceStatus::Answer ServiceStatus::Health(MonotonicTime now) const {
  const std::lock_guard lock(mutex_);
  if (now - beat_ <= kBeatLimit) return {.ok = true, .text = "ok\n"};
  const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - beat_);
  return {.ok = false,
          .text = fmt::format("the event loop has been silent for {} s\n", silent.count())};
}

ServiceStatus::Answer ServiceStatus::Readiness() const {
  const std::lock_guard lock(mutex_);
  Answer answer{.ok = policy_loaded_ && store_open_, .text = {}};
  answer.text = answer.ok ? "ready\n" : "not ready\n";
  if (!policy_loaded_) answer.text += "policy: not loaded yet\n";
  if (policy_outdated_)
    answer.text += "policy: the newest does not load, the last good one holds\n";
  if (!store_open_) answer.text += "store: not open\n";
  for (const auto& [name, tenant] : tenants_) {
    answer.text += tenant.result == "none" ? fmt::format("tenant {}: no cycle yet", name)
                                           : fmt::format("tenant {}: {} at {}", name, tenant.result,
                                                         FormatTime(tenant.when));
    if (tenant.suspended) {
      answer.text += fmt::format(", suspended since {}", FormatTime(*tenant.suspended));
    }
    answer.text += "\n";
    if (!tenant.paused.empty()) {
      answer.text += fmt::format("tenant {}: changes are not sent: {}\n", name, tenant.paused);
    }
    for (const auto& doubt : tenant.doubts) {
      answer.text += fmt::format("tenant {}: {}\n", name, doubt);
    }
  }
  return answer;
}

}  // namespace seatkeeper
