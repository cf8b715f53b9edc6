#pragma once

#include <vector>

#include "daemon/config_tenant.h"
#include "daemon/notify/target.h"
#include "policy/diagnostic.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Reads `notify`, reporting what its schema cannot know: tenants that are not configured, names
/// that stand twice, variables that are not set. Part of ParseConfig.
std::vector<NotifyTarget> ReadNotify(const yaml::Node& list,
                                     const std::vector<TenantConfig>& tenants,
                                     const ConfigPlace& place,
                                     std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
