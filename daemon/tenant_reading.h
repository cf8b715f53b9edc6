#pragma once

#include "daemon/config.h"
#include "daemon/runtime.h"
#include "reconciler/model/observed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Reads a tenant once, for the commands that plan nothing. Serves the loop meanwhile.
Result<ObservedState> ReadTenant(Runtime& runtime, const TenantConfig& tenant,
                                 const ReadRequest& request);

}  // namespace seatkeeper
