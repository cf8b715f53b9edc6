#pragma once

#include <vector>

#include "policy/cross_check.h"
#include "policy/load.h"

namespace seatkeeper {

/// What one policy file says by itself, and what has yet to be compared with the other files.
struct ParsedFile {
  const SourceFile* file = nullptr;  ///< Not owned.
  PolicySet policies;
  std::vector<Diagnostic> diagnostics;
  std::vector<DocumentName> names;  ///< Of all documents, in order.
};

/// Reads one file. Pure, and safe for many files at a time on as many threads.
ParsedFile ParsePolicyFile(const SourceFile& file, const LoadOptions& options);

/// What all files say together. The same whatever their order.
LoadedPolicies CombinePolicyFiles(std::vector<ParsedFile> files, const LoadOptions& options);

}  // namespace seatkeeper
