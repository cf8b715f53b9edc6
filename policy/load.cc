#include "policy/load.h"

#include "policy/policy_file.h"

namespace seatkeeper {

LoadedPolicies LoadPolicies(const std::vector<SourceFile>& files, const LoadOptions& options) {
  std::vector<ParsedFile> parsed;
  parsed.reserve(files.size());
  for (const auto& file : files) parsed.push_back(ParsePolicyFile(file, options));
  return CombinePolicyFiles(std::move(parsed), options);
}

}  // namespace seatkeeper
