#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/products.h"

namespace seatkeeper {

/// Reports a product that is granted and revoked at one priority for a user whom both policies
/// list, or for provably the same selection ("contradiction"), at the later statement and naming
/// the other. What only a tenant can show is left to the plan, which holds that user and product.
/// REQUIRES: policies in order of their files.
void CheckContradictions(const PolicySet& policies, const ProductCatalog& catalog,
                         std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
