#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/products.h"
#include "policy/source.h"

namespace seatkeeper {

/// What is known beside the files themselves.
struct LoadOptions {
  /// Names of the configured tenants; empty when no config was read, and then tenants named in a
  /// policy cannot be checked.
  std::set<std::string, std::less<>> tenants;
  /// What is known of products; the built-in facts unless a catalogue file was given.
  ProductCatalog catalog;
};

/// The outcome of loading. `policies` is usable only when no diagnostic is an error: a policy is
/// taken whole or not at all.
struct LoadedPolicies {
  PolicySet policies;
  std::vector<Diagnostic> diagnostics;  ///< Sorted. All findings of all files.

  bool ok() const { return !HasErrors(diagnostics); }
};

/// Reads every YAML document of every file, one file after the other (policy/policy_file.h is for
/// doing it on several threads). Pure: same files, same outcome, whatever their order.
LoadedPolicies LoadPolicies(const std::vector<SourceFile>& files, const LoadOptions& options);

}  // namespace seatkeeper
