#pragma once

#include <memory>
#include <optional>

#include "daemon/config.h"
#include "policy/result.h"
#include "reconciler/seams/clock.h"
#include "reconciler/seams/http_transport.h"
#include "reconciler/seams/observer.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/tenant_provider.h"
#include "reconciler/seams/timers.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

class GraphProvider;
class QuotaBook;

/// What providers are made with; everything outlives them.
struct ProviderParts {
  HttpTransport& transport;
  Clock& clock;
  Timers& timers;
  Workers& workers;
  Random& random;
  Observer& observer;
  QuotaBook& quotas;
};

/// The provider that the config names. An error as CheckSignIn for reading.
Result<std::unique_ptr<TenantProvider>> MakeProvider(const TenantConfig& tenant,
                                                     const ProviderParts& parts);

/// What a tenant is signed in to for: they may be two applications.
enum class Purpose { kReading, kChanging };

/// What is known to be wrong with what a tenant is signed in to with, before anybody is asked.
Result<void> CheckSignIn(const TenantConfig& tenant, Purpose purpose, WallTime now);

/// The moment that the last reading stands for, where the provider knows it better than the clock:
/// a snapshot's own. Nothing otherwise.
std::optional<WallTime> ReadingTime(const TenantProvider& provider);

/// REQUIRES: tenant.provider is kGraph.
std::unique_ptr<GraphProvider> MakeGraphProvider(const TenantConfig& tenant,
                                                 const ProviderParts& parts);

}  // namespace seatkeeper
