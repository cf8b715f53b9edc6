#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policy/load.h"
#include "policy/result.h"
#include "policy/source.h"

namespace seatkeeper {

/// All policy files of one moment.
struct PolicyTree {
  std::vector<SourceFile> files;  ///< By path.
  std::string revision;           ///< "sha256:..." over relative paths and contents.
};

/// Reads `*.yaml` and `*.yml` below a directory, or one file whatever its name. Entries whose name
/// starts with a dot are skipped (so a mounted ConfigMap's `..data` counts once, through the links
/// to it), links are followed, a link back to a folder above is not. One pass: the tree may change
/// underneath. kNotFound or kIo, naming the file, when something cannot be read; a policy is taken
/// whole or not at all. Bounded in files, bytes and depth.
Result<PolicyTree> ReadTreeOnce(const std::string& path);

/// Calls `read` until two passes running saw the same revision, so that a tree that is swapped
/// half-way is read again. kConflict when it does not settle.
Result<PolicyTree> ReadStable(const std::function<Result<PolicyTree>()>& read);

/// The policy at `path`, as of one moment.
Result<PolicyTree> ReadPolicyTree(const std::string& path);

/// The revision of these files: sorted, relative to `root`. The same whatever their order.
std::string RevisionOf(const std::string& root, std::vector<SourceFile>& files);

/// The files and what they say. An error only when there was nothing to load.
struct PolicyReading {
  PolicyTree tree;  ///< Its revision counts the product catalogue in, where there is one.
  LoadedPolicies loaded;
  ProductCatalog catalog;
  SourceFile catalog_file = {};  ///< What it was read from; without a path: nothing.
};

/// Where a policy comes from.
struct PolicyPlace {
  std::string path;
  std::string product_catalog;  ///< A CSV file; empty: the built-in facts alone.

  friend bool operator==(const PolicyPlace&, const PolicyPlace&) = default;
};

/// Reads and loads, for the tenants of these names. A directory without a single policy document is
/// kInvalid: an empty policy would be indistinguishable from a mount that failed; so is a product
/// catalogue that cannot be read. Blocking: not for the loop's thread.
Result<PolicyReading> ReadPolicies(const PolicyPlace& place,
                                   const std::vector<std::string>& tenants);

}  // namespace seatkeeper
