#pragma once

#include "daemon/config.h"
#include "policy/fields.h"
#include "policy/schema/schema.h"

namespace seatkeeper {

/// `limits` of the config: what the service takes of one application.
extern const schema::Mapping kLimits;

/// Reads it into a tenant; what it leaves out stays as it is. Part of ParseConfig.
void ReadLimits(const Fields& limits, TenantConfig& tenant);

}  // namespace seatkeeper
