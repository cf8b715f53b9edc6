#pragma once

#include "daemon/config.h"
#include "policy/fields.h"
#include "policy/schema/schema.h"

namespace seatkeeper {

/// `limits` of the config: what the service takes of one application.
extern const schema::Mapping kLimits;
/// `limits` of one tenant: other figures of what holds there.
extern const schema::Mapping kTenantLimits;

/// Reads the config's into a tenant; what it leaves out stays as it is. Part of ParseConfig.
void ReadLimits(const Fields& limits, TenantConfig& tenant);
/// Likewise the tenant's own, after the config's.
void ReadTenantLimits(const Fields& limits, TenantConfig& tenant);

}  // namespace seatkeeper
