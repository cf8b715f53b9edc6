#include "policy/product_list.h"

#include "policy/fields.h"
#include "policy/product_check.h"
#include "policy/text.h"

namespace seatkeeper {

void ProductsOnce::Add(const Positioned<std::string>& product,
                       std::vector<Diagnostic>& diagnostics) {
  const auto [first, added] = lines_.emplace(ProductKey(product.value, catalog_), product.at.line);
  if (added) return;
  diagnostics.push_back(ErrorAt(product, "duplicate-product",
                                "the product " + Quoted(product.value) + " is " +
                                    std::string(what_twice_) + " twice, first in line " +
                                    std::to_string(first->second),
                                "keep one of them"));
}

std::vector<Positioned<std::string>> ReadProducts(const yaml::Node& list,
                                                  const ProductCatalog& catalog,
                                                  std::vector<Diagnostic>& diagnostics) {
  std::vector<Positioned<std::string>> products;
  ProductsOnce once("named", catalog);
  for (const auto& item : list.items) {
    if (item.kind != yaml::Node::Kind::kScalar || item.scalar.empty()) continue;
    CheckProduct(item, catalog, diagnostics);
    products.push_back({item.scalar, item.at, item.length});
    once.Add(products.back(), diagnostics);
  }
  return products;
}

}  // namespace seatkeeper
