#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/products.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// What makes two ways to write one product the same: its SKU id where the catalogue or the text
/// itself says it, else the text in lower case.
std::string ProductKey(std::string_view product, const ProductCatalog& catalog);

/// Warns of a product that is neither a GUID nor in the catalogue ("unknown-product"), or that is
/// there more than once ("ambiguous-product"). Warnings only: a tenant may own what no table lists,
/// and the tenant decides what its part numbers mean.
void CheckProduct(const yaml::Node& product, const ProductCatalog& catalog,
                  std::vector<Diagnostic>& diagnostics);

/// Warns ("unknown-plan", "ambiguous-plan") of plans that the catalogue does not know of this
/// product; a plan named twice is an error ("duplicate-plan"). REQUIRES: `list` is a sequence.
void CheckPlans(std::string_view product, const yaml::Node& list, const ProductCatalog& catalog,
                std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
