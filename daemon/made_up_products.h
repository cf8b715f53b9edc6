#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"

namespace seatkeeper {

/// A product of a made-up tenant.
struct MadeUpProduct {
  SkuId id;
  std::string part_number;
  std::vector<PlanFact> plans;
  bool in_catalog = false;
  int purchased = 0;
};

/// The products that a made-up tenant owns: whatever policies and test name, as the catalogue has
/// them. What no table knows is made up under the name given, and so are its service plans; plans
/// that the catalogue does not know of a product that it does know are a mistake for planning to
/// find, as it does in a real tenant.
class MadeUpProducts {
 public:
  MadeUpProducts(const PolicyTest& test, const PolicySet& policies, std::string_view tenant,
                 const ProductCatalog& catalog);

  /// By SKU id.
  const std::map<SkuId, MadeUpProduct>& all() const { return products_; }
  /// REQUIRES: policies or test name the product.
  const MadeUpProduct& Named(const std::string& product) const;
  /// The ids of these service plans. Those that the product does not have are left out.
  std::vector<PlanId> PlansOf(const MadeUpProduct& product,
                              const std::vector<Positioned<std::string>>& names) const;

 private:
  void AddPolicies(const PolicySet& policies, std::string_view tenant);
  void AddTest(const PolicyTest& test);
  MadeUpProduct& Add(const std::string& product);
  void Add(const std::string& product, const std::vector<Positioned<std::string>>& plans);

  const ProductCatalog& catalog_;
  std::map<std::string, SkuId> ids_;  // By ProductKey.
  std::map<SkuId, MadeUpProduct> products_;
};

}  // namespace seatkeeper
