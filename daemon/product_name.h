#pragma once

#include <string>

#include "policy/products.h"

namespace seatkeeper {

/// What a product is called where no tenant was read: the catalogue's part number, or its id.
inline std::string NameOf(const SkuId& product, const ProductCatalog& catalog) {
  const auto* fact = catalog.FindProduct(product);
  return fact == nullptr || fact->part_number.empty() ? product.ToString() : fact->part_number;
}

}  // namespace seatkeeper
