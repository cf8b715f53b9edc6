#include "daemon/policy_paths.h"

#include <filesystem>
#include <map>
#include <utility>

#include "daemon/policy_load.h"
#include "daemon/policy_source.h"

namespace seatkeeper {

Result<PolicyPaths> ChoosePolicyPaths(const CommonOptions& common,
                                      const std::vector<std::string>& paths,
                                      CommandContext& context) {
  PolicyPaths chosen{.paths = paths, .options = {}};
  auto catalog = ReadProductCatalog(common.product_catalog);
  if (!catalog) return std::move(catalog).error();
  chosen.options.catalog = std::move(catalog->catalog);
  chosen.options.tenants = {common.tenants.begin(), common.tenants.end()};
  if (chosen.paths.empty() && !common.policy.empty()) chosen.paths = {common.policy};
  if (!chosen.paths.empty() && !common.config_given) return chosen;
  auto config = OpenConfig(common, context);
  if (!config) return std::move(config).error();
  if (chosen.paths.empty()) chosen.paths = {config->policy_path};
  if (common.tenants.empty()) {
    for (const auto& tenant : config->tenants) chosen.options.tenants.insert(tenant.name);
  }
  return chosen;
}

std::vector<SourceFile> ReadPolicyPaths(const std::vector<std::string>& paths,
                                        std::vector<Diagnostic>& findings) {
  std::map<std::string, SourceFile> files;
  for (const auto& path : paths) {
    auto tree = ReadPolicyTree(path);
    if (!tree) {
      const bool missing = tree.error().kind == ErrorKind::kNotFound;
      findings.push_back(
          AboutWhole(path, missing ? "no-such-path" : "unreadable-path", tree.error().message));
      continue;
    }
    for (auto& file : tree->files) {
      auto name = std::filesystem::path(file.path).lexically_normal().string();
      files.try_emplace(std::move(name), std::move(file));
    }
  }
  std::vector<SourceFile> all;
  all.reserve(files.size());
  for (auto& [name, file] : files) all.push_back(std::move(file));
  return all;
}

Diagnostic AboutWhole(const std::string& path, std::string code, std::string message) {
  return {.code = std::move(code),
          .message = std::move(message),
          .hint = {},
          .at = {.file = path, .line = 0, .column = 0}};
}

}  // namespace seatkeeper
