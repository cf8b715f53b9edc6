#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "policy/products.h"
#include "policy/result.h"
#include "policy/source.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/import.h"

namespace seatkeeper {

/// Policy files that describe a tenant, proven.
struct ProvenImport {
  Import described;
  std::vector<SourceFile> files;  ///< None: nobody holds anything directly.
  /// Products whose holders are all named since rules for them would have changed something, and
  /// what that was for the first of them.
  std::set<ProductIndex> named_for_safety;
  std::string why_named;
  /// Drift that no policy can describe: held from a group, or assigned without a seat.
  std::size_t drift_left = 0;
};

/// What an import is made for.
struct ImportRequest {
  std::string tenant_name;                 ///< In the config.
  std::vector<std::string> known_tenants;  ///< Of the config; with several, policies name theirs.
  std::string folder;                      ///< In front of the files' names; empty: none.
  std::set<ProductIndex> only;             ///< Empty: every product.
};

/// Describes the tenant and proves it: the files go through the loader that every command uses, and
/// a plan of them against the same reading has no change and no drift but `drift_left`. Where a
/// product's rules would make one, its holders are named instead. kConflict, with the difference,
/// where even that does not come out as the tenant is: then nothing must be written. Pure.
Result<ProvenImport> ProveImport(const ObservedState& observed, const ImportRequest& request,
                                 const ProductCatalog& catalog);

}  // namespace seatkeeper
