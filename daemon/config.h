#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "daemon/endpoints.h"
#include "daemon/environment.h"
#include "daemon/notify/target.h"
#include "daemon/sign_in.h"
#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/guid.h"
#include "policy/result.h"
#include "policy/source.h"
#include "reconciler/graph/quota_limits.h"
#include "reconciler/seams/retention.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// One tenant as configured, with everything that the environment filled in.
struct TenantConfig {
  enum class Provider { kGraph, kFile };
  enum class Mode {
    kObserve,  ///< The default: the daemon plans and reports and changes nothing.
    kEnforce,
  };

  std::string name;
  Provider provider = Provider::kGraph;
  std::optional<TenantId> tenant_id;  ///< Always set with kGraph.
  std::string cloud = "global";       ///< As TenantKey::cloud; "file" with kFile.
  Mode mode = Mode::kObserve;
  std::chrono::milliseconds interval = std::chrono::minutes(5);
  /// Everybody is read again after this; in between, who changed. Not with kFile.
  std::chrono::milliseconds full_reading_interval = std::chrono::minutes(60);
  /// How far back it is read who changed licences; 0: not at all. Not with kFile.
  std::chrono::milliseconds audit_log{0};
  /// As CycleRequest::inactive_after; 0: nobody asks.
  std::chrono::days inactive_after{0};
  SignIn sign_in;
  std::optional<SignIn> read_sign_in = {};  ///< As whom everything but changing is done.
  Endpoints endpoints;
  std::string ca_file;  ///< Empty: the system's authorities alone.
  std::string path;     ///< With kFile: the snapshot.
  Ceilings ceilings;    ///< Of the whole config: no policy exceeds or lifts them.
  Retention retention;  ///< Of the whole config, too.
  /// Of the whole config, except where the tenant has figures of its own.
  QuotaLimits limits;
  /// "low", "normal" or "high"; likewise.
  std::string throttle_priority = "low";

  friend bool operator==(const TenantConfig&, const TenantConfig&) = default;
};

/// What everything kept of the tenant is keyed by. A snapshot without tenant id goes by its name.
TenantKey KeyOf(const TenantConfig& tenant);

/// How many writes to the tenant the config lets go for long.
double WritesPerSecond(const TenantConfig& tenant);

/// The config file. Paths in it are relative to its folder; here they are relative to where the
/// command was started.
struct Config {
  std::string policy_path = "policies";
  std::string store_path = "seatkeeper.db";
  ListenAddress listen;
  std::optional<TlsFiles> tls = {};   ///< Without it only loopback addresses are listened on.
  std::vector<TenantConfig> tenants;  ///< By name.
  std::vector<NotifyTarget> notify = {};
};

/// The outcome of reading a config. `config` is usable only when no diagnostic is an error.
struct LoadedConfig {
  Config config;
  std::vector<Diagnostic> diagnostics;  ///< Sorted.
  std::string text;                     ///< Of the file, for carets.

  bool ok() const { return !HasErrors(diagnostics); }
};

/// Reads `kind: Config`. Pure apart from `environment`: AZURE_TENANT_ID, AZURE_AUTHORITY_HOST and
/// what ReadAuth takes fill what the file leaves out. The authority host
/// counts unless the file says `endpoints.login`; where the file says `cloud`, a host that belongs
/// to a known cloud does not count either, since the file has decided.
LoadedConfig ParseConfig(const SourceFile& file, const Environment& environment);

/// ParseConfig of a file on disk. kNotFound and kIo as ReadBoundedFile.
Result<LoadedConfig> LoadConfig(const std::string& path, const Environment& environment);

/// The tenants with these names (any letter case), in the order of the config; all when `names` is
/// empty. kUsage, with the nearest name, for one that is not configured.
Result<std::vector<TenantConfig>> SelectTenants(const Config& config,
                                                const std::vector<std::string>& names);

}  // namespace seatkeeper
