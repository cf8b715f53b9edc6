#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/time.h"

namespace seatkeeper {

/// What the probes answer from: written on the loop's thread, read on the HTTP server's.
/// Thread-safe.
class ServiceStatus {
 public:
  struct Answer {
    bool ok = false;
    std::string text;  ///< Plain text, lines.
  };

  /// The loop is alive: told every few seconds.
  void Beat(MonotonicTime now);
  void SetPolicy(bool loaded, bool outdated);
  void SetStore(bool open);
  void AddTenant(const std::string& tenant);
  void RemoveTenant(const std::string& tenant);
  void SetResult(const std::string& tenant, std::string_view result, WallTime when);
  /// What is in doubt of the tenant, a line each, in the place of what was told before.
  void SetDoubts(const std::string& tenant, std::vector<std::string> doubts);

  /// Since when nobody may change the tenant; nothing: it is not suspended. By whom and why stays
  /// out of the probes, which anybody may read who reaches them.
  void SetSuspended(const std::string& tenant, std::optional<WallTime> since);

  /// Why changes of the tenant are not sent; empty: they are.
  void SetPaused(const std::string& tenant, std::string why);

  /// Whether the loop has been alive within the last 60 s: a process that is not should be
  /// restarted.
  Answer Health(MonotonicTime now) const;
  /// Whether policy is loaded and the store is open, with the reasons where not, and the last
  /// result of each tenant. A tenant in trouble does not make the process unready.
  Answer Readiness() const;

 private:
  struct Tenant {
    std::string result = "none";
    WallTime when{};
    std::optional<WallTime> suspended{};
    std::vector<std::string> doubts{};
    std::string paused{};
  };

  mutable std::mutex mutex_;
  MonotonicTime beat_{};
  bool policy_loaded_ = false;
  bool policy_outdated_ = false;
  bool store_open_ = false;
  std::map<std::string, Tenant> tenants_;
};

}  // namespace seatkeeper
