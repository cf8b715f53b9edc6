#pragma once

#include <string>
#include <vector>

#include "policy/load.h"
#include "policy/result.h"
#include "policy/source.h"

namespace seatkeeper {

/// LoadPolicies with the files parsed on several threads: many files are read in every cycle and
/// by every pull request. The outcome is the same whatever the number. `threads` counts the caller;
/// 0 takes as many as the machine has processors, and fewer where there are few files.
LoadedPolicies LoadOnThreads(const std::vector<SourceFile>& files, const LoadOptions& options,
                             unsigned threads = 0);

/// A product catalogue and the bytes that it was read from.
struct CatalogFile {
  ProductCatalog catalog;
  std::string text;
};

/// The catalogue in a CSV file (policy/product_csv.h); without a path the built-in facts, and no
/// text. kInvalid, with the file and where possible the line, when it cannot be read.
Result<CatalogFile> ReadProductCatalog(const std::string& path);

}  // namespace seatkeeper
