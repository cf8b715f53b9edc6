#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/products.h"
#include "policy/source.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Reports a product that stands in one list twice ("duplicate-product"), however it is written,
/// at the later place. One object per list.
class ProductsOnce {
 public:
  /// `what_twice` ends the sentence "the product ... is ... twice": "granted", "named".
  /// Keeps a reference to the catalogue.
  ProductsOnce(std::string_view what_twice, const ProductCatalog& catalog)
      : what_twice_(what_twice), catalog_(catalog) {}

  void Add(const Positioned<std::string>& product, std::vector<Diagnostic>& diagnostics);

 private:
  std::string_view what_twice_;
  const ProductCatalog& catalog_;
  std::map<std::string, int> lines_;
};

/// The products of a list, each checked as CheckProduct does, and none twice.
std::vector<Positioned<std::string>> ReadProducts(const yaml::Node& list,
                                                  const ProductCatalog& catalog,
                                                  std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
