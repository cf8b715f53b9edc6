#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "policy/product_table.h"

namespace seatkeeper {

/// What is known of products and service plans without asking a tenant: built-in facts about the
/// products that make up most tenants and, before them, a catalogue file where one was given. What
/// the tenant itself says always wins over both.
///
/// An immutable value: copies share one table, since every running cycle keeps one. Safe from any
/// thread; what it points to lives as long as any copy of it.
class ProductCatalog {
 public:
  /// The built-in facts alone.
  ProductCatalog();
  /// The built-in facts behind `file`: a product that both list is as the file says, and a name is
  /// looked for among the facts only where the file does not know it.
  explicit ProductCatalog(std::unique_ptr<const ProductTable> file);

  /// By SKU id, part number or display name, in that order; letter case and runs of white space do
  /// not count. Several where the name is ambiguous, none where it is unknown.
  std::vector<const ProductFact*> FindProducts(std::string_view text) const;
  /// The only product that FindProducts finds; nullptr where there is none, or more.
  const ProductFact* FindProduct(std::string_view text) const;
  const ProductFact* FindProduct(const SkuId& id) const;

  /// The service plans, of those that `of` accepts, that `text` means: by id (any id, known or
  /// not), name or friendly name, in that order. Several where the name is ambiguous.
  std::vector<PlanId> FindPlans(std::string_view text,
                                const std::function<bool(const PlanId&)>& of) const;

  /// Part numbers and then display names, for suggestions.
  const std::vector<std::string_view>& product_names() const;
  /// Names of service plans, each once, for suggestions.
  const std::vector<std::string_view>& plan_names() const;

 private:
  struct Tables;
  static std::shared_ptr<const Tables> BuiltIn();

  std::shared_ptr<const Tables> tables_;
};

/// "11111111-… (NAME) and 22222222-… (NAME)": what an ambiguous name may mean, for a message.
std::string ListProducts(const std::vector<const ProductFact*>& products);
std::string ListPlans(const std::vector<PlanId>& plans);

}  // namespace seatkeeper
