#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/exit_code.h"
#include "daemon/http_server.h"
#include "daemon/kept_policy.h"
#include "daemon/log_observer.h"
#include "daemon/logging.h"
#include "daemon/metrics.h"
#include "daemon/notify/notifier.h"
#include "daemon/policy_keeper.h"
#include "daemon/removal_watch.h"
#include "daemon/runtime.h"
#include "daemon/scheduler.h"
#include "daemon/service_manager.h"
#include "daemon/service_status.h"
#include "daemon/tenant_session.h"

namespace seatkeeper {

struct ServiceOptions {
  std::string config_path;
  std::vector<std::string> tenants;  ///< Only these; empty: all.
  std::string policy;                ///< Instead of the config's; empty: not given.
  std::string product_catalog;       ///< As PolicyPlace::product_catalog.
  std::string port_file;             ///< Gets the bound port; empty: none.
  Environment environment;
};

/// The daemon: keeps every tenant's cycles going, policy and config up to date, and the listener
/// answering. A tenant's trouble never stops the others. Make it before any other thread is
/// started; Run on the same thread.
class Service {
 public:
  Service(Config config, ServiceOptions options, Log& log);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Serves until SIGTERM or SIGINT. Anything but kOk: it could not start.
  ExitCode Run();

 private:
  void OnSignal(int signal);
  void Shutdown(int signal);
  void StopWhenIdle();

  bool StartListener();
  void Beat();

  void WatchPolicy();
  void ReadPolicyNow();
  PolicyPlace PlaceOfPolicy() const;
  std::vector<std::string> KnownTenants() const;
  void TakePolicy(const PolicyPlace& place, Result<PolicyReading> reading);
  void TellPolicy();
  void PolicyTaken();
  void KeepPolicy(KeptPolicy kept);
  void RestorePolicy(const PolicyPlace& place);
  void LoadKept(KeptPolicy kept);
  void LogFindings();

  void ReloadConfig();
  void TakeConfig(LoadedConfig loaded);
  void SyncTenants(std::vector<TenantConfig> wanted);
  void AddTenant(TenantConfig tenant);
  void DropIfIdle(const std::string& name);

  void UseNotifyTargets();
  void TellPolicyNews();
  void NewsEnded(const NotifyTarget& target, const News& news, NewsDelivery delivery,
                 const std::string& why);

  void RunDueCycles();
  void StartCycle(const std::string& name);
  void CycleEnded(const std::string& name, const CycleReport& report);
  void LookAround(const std::string& name, bool changed = false);
  void TellSuspension(const std::string& name, const Suspension& suspension);

  Config config_;
  const ServiceOptions options_;
  Log& log_;
  LogObserver log_observer_;
  MetricsObserver metrics_;
  ServiceStatus status_;
  ServiceManager manager_;
  PolicyKeeper policy_;
  Scheduler scheduler_;
  bool stopping_ = false;
  std::optional<WallTime> policy_loaded_at_;  // The newest files.
  bool reading_policy_ = false;
  bool read_policy_again_ = false;
  bool asked_store_for_policy_ = false;
  Runtime runtime_;
  RemovalWatch removals_;
  Notifier notifier_;
  std::map<std::string, std::unique_ptr<TenantSession>> tenants_;  // By name.
  std::map<std::string, TenantConfig> successors_;  // Take over when the running cycle has ended.
  std::map<std::string, Suspension> suspended_;     // By tenant, as last told.
  std::set<std::string> leaving_;                   // Go when the running cycle has ended.
  TimerId cycle_timer_ = 0;
  HttpServer http_;
};

}  // namespace seatkeeper
