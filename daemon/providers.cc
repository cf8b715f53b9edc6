#include "daemon/providers.h"

#include "reconciler/file/file_provider.h"
#include "reconciler/graph/graph_provider.h"

namespace seatkeeper {

std::unique_ptr<GraphProvider> MakeGraphProvider(const TenantConfig& tenant, const Secret& secret,
                                                 const ProviderParts& parts) {
  GraphSettings settings;
  settings.tenant = tenant.name;
  settings.tenant_id = KeyOf(tenant).tenant_id;
  settings.client_id = tenant.client_id;
  settings.client_secret = secret;
  settings.graph_base = tenant.endpoints.graph;
  settings.login_base = tenant.endpoints.login;
  // A private address in front of the cloud does not change what the token is for.
  settings.scope = EndpointsOf(tenant.cloud)->graph + "/.default";
  settings.ca_file = tenant.ca_file;
  return std::make_unique<GraphProvider>(
      GraphProvider::Dependencies{parts.transport, parts.clock, parts.timers, parts.workers,
                                  parts.random, parts.observer},
      std::move(settings));
}

std::unique_ptr<TenantProvider> MakeProvider(const TenantConfig& tenant, const Secret& secret,
                                             const ProviderParts& parts) {
  if (tenant.provider == TenantConfig::Provider::kGraph) {
    return MakeGraphProvider(tenant, secret, parts);
  }
  return std::make_unique<FileProvider>(
      FileProvider::Dependencies{parts.workers, parts.timers, parts.clock}, tenant.path);
}

Result<std::unique_ptr<TenantProvider>> MakeProvider(const TenantConfig& tenant,
                                                     const ProviderParts& parts) {
  Secret secret;
  if (tenant.provider == TenantConfig::Provider::kGraph) {
    auto read = ReadClientSecret(tenant);
    if (!read) return std::move(read).error();
    secret = std::move(read).value();
  }
  return MakeProvider(tenant, secret, parts);
}

std::optional<WallTime> ReadingTime(const TenantProvider& provider) {
  const auto* file = dynamic_cast<const FileProvider*>(&provider);
  if (file == nullptr || !file->info()) return std::nullopt;
  return file->info()->read_at;
}

}  // namespace seatkeeper
