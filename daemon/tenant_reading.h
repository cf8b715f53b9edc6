#pragma once

#include "daemon/config.h"
#include "daemon/runtime.h"
#include "reconciler/model/observed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Reads a tenant once, for the commands that plan nothing. Serves the loop meanwhile. `also` are
/// properties that are taken along where they are to be had; without those of the request there
/// is no reading.
Result<ObservedState> ReadTenant(Runtime& runtime, const TenantConfig& tenant,
                                 const ReadRequest& request, const PropertySet& also = {});

}  // namespace seatkeeper
