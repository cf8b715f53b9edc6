#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// A service plan as a product table lists it.
struct PlanFact {
  PlanId id;
  std::string name;           ///< For example "EXCHANGE_S_ENTERPRISE".
  std::string friendly_name;  ///< For example "Exchange Online (Plan 2)"; may be empty.
};

/// A product as a product table lists it. A tenant may own products that no table lists, and what
/// the tenant itself says always wins.
struct ProductFact {
  SkuId id;
  std::string part_number;   ///< For example "SPE_E5".
  std::string display_name;  ///< For example "Microsoft 365 E5".
  std::vector<PlanFact> plans;
};

/// One row of a product table: a product and, where `plan` is set, one of its service plans.
struct ProductRow {
  SkuId product;
  std::string_view part_number;
  std::string_view display_name;
  std::optional<PlanId> plan;
  std::string_view plan_name;
  std::string_view plan_friendly_name;
};

/// The form in which names of products and plans are compared: letter case and runs of white space
/// do not count.
std::string ProductNameKey(std::string_view name);

/// One product table, found by every name that any of its rows gives a thing. The first row of an
/// id says what it is called; later names of it are found as well. Rows that repeat others change
/// nothing. Const use is safe from any thread.
class ProductTable {
 public:
  ProductTable() = default;
  ProductTable(const ProductTable&) = delete;  // Pointers lead into it.
  ProductTable& operator=(const ProductTable&) = delete;

  void Add(const ProductRow& row);

  const std::deque<ProductFact>& products() const { return products_; }
  /// What bears the name as its part number, else as its display name; several where the table
  /// gives one name to several ids. `key` by ProductNameKey.
  std::span<const ProductFact* const> FindProducts(const std::string& key) const;
  const ProductFact* FindProduct(const SkuId& id) const;

  /// Likewise for service plans over all products: by name, and by friendly name.
  std::span<const PlanId> PlansNamed(const std::string& key) const;
  std::span<const PlanId> PlansWithFriendlyName(const std::string& key) const;

 private:
  template <typename Thing>
  using Names = std::unordered_map<std::string, std::vector<Thing>>;

  std::deque<ProductFact> products_;  // In order of their first rows.
  std::unordered_map<SkuId, ProductFact*> by_id_;
  Names<const ProductFact*> part_numbers_;
  Names<const ProductFact*> display_names_;
  Names<PlanId> plan_names_;
  Names<PlanId> friendly_names_;
};

}  // namespace seatkeeper
