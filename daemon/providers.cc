#include "daemon/providers.h"

#include "reconciler/file/file_provider.h"
#include "reconciler/graph/credential.h"
#include "reconciler/graph/graph_provider.h"

namespace seatkeeper {

std::unique_ptr<GraphProvider> MakeGraphProvider(const TenantConfig& tenant,
                                                 const ProviderParts& parts) {
  GraphSettings settings;
  settings.tenant = tenant.name;
  settings.tenant_id = KeyOf(tenant).tenant_id;
  settings.client_id = tenant.sign_in.client_id;
  settings.credential = MakeCredential(tenant.sign_in);
  if (tenant.read_sign_in) {
    settings.read_client_id = tenant.read_sign_in->client_id;
    settings.read_credential = MakeCredential(*tenant.read_sign_in);
  }
  settings.graph_base = tenant.endpoints.graph;
  settings.login_base = tenant.endpoints.login;
  // A private address in front of the cloud does not change what the token is for.
  settings.scope = EndpointsOf(tenant.cloud)->graph + "/.default";
  settings.ca_file = tenant.ca_file;
  settings.limits = tenant.limits;
  settings.throttle_priority = tenant.throttle_priority;
  return std::make_unique<GraphProvider>(
      GraphProvider::Dependencies{parts.transport, parts.clock, parts.timers, parts.workers,
                                  parts.random, parts.observer, &parts.quotas},
      std::move(settings));
}

Result<void> CheckSignIn(const TenantConfig& tenant, Purpose purpose, WallTime now) {
  if (tenant.provider != TenantConfig::Provider::kGraph) return {};
  const bool apart = purpose == Purpose::kReading && tenant.read_sign_in;
  return MakeCredential(apart ? *tenant.read_sign_in : tenant.sign_in)->Check(now);
}

Result<std::unique_ptr<TenantProvider>> MakeProvider(const TenantConfig& tenant,
                                                     const ProviderParts& parts) {
  if (auto usable = CheckSignIn(tenant, Purpose::kReading, parts.clock.Now()); !usable) {
    return std::move(usable).error();
  }
  std::unique_ptr<TenantProvider> provider;
  if (tenant.provider == TenantConfig::Provider::kGraph) {
    provider = MakeGraphProvider(tenant, parts);
  } else {
    provider = std::make_unique<FileProvider>(
        FileProvider::Dependencies{parts.workers, parts.timers, parts.clock}, tenant.path);
  }
  return provider;
}

std::optional<WallTime> ReadingTime(const TenantProvider& provider) {
  const auto* file = dynamic_cast<const FileProvider*>(&provider);
  if (file == nullptr || !file->info()) return std::nullopt;
  return file->info()->read_at;
}

}  // namespace seatkeeper
