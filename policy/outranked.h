#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/products.h"

namespace seatkeeper {

/// Warns of a policy that never decides anything ("outranked"): for everything it says there is a
/// policy of higher priority, for the same selection or for everybody, that always speaks first.
/// What it proves is certain; it does not find every such policy.
void FindOutranked(const PolicySet& policies, const ProductCatalog& catalog,
                   std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
