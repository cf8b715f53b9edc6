#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Where a config is read: what its tenants need to know beside their own mapping.
struct ConfigPlace {
  std::string folder;  ///< Of the config file; empty: the current one.
  const Environment& environment;
};

/// `path` as written in the config, relative to where the command was started.
std::string ResolvePath(const ConfigPlace& place, const std::string& path);

/// Reads one item of `tenants`, reporting what its schema cannot know: what neither file nor
/// environment say. Part of ParseConfig.
TenantConfig ReadTenant(const yaml::Node& node, const ConfigPlace& place,
                        std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
