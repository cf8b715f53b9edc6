#pragma once

#include <string>
#include <vector>

#include "daemon/cli.h"
#include "daemon/commands/command.h"
#include "policy/diagnostic.h"
#include "policy/load.h"
#include "policy/result.h"
#include "policy/source.h"

namespace seatkeeper {

/// Which policy files a command is about, and which tenants they may name.
struct PolicyPaths {
  std::vector<std::string> paths;
  LoadOptions options;
};

/// From the paths given, --policy or the config, in that order. A config is needed only where
/// neither of the first two is given. The catalogue is read as --product-catalog says.
Result<PolicyPaths> ChoosePolicyPaths(const CommonOptions& common,
                                      const std::vector<std::string>& paths,
                                      CommandContext& context);

/// Every file once, though two paths lead to it. What cannot be read is a finding like any other.
std::vector<SourceFile> ReadPolicyPaths(const std::vector<std::string>& paths,
                                        std::vector<Diagnostic>& findings);

/// A finding about a whole file or folder.
Diagnostic AboutWhole(const std::string& path, std::string code, std::string message);

}  // namespace seatkeeper
