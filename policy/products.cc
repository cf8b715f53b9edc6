#include "policy/products.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "policy/text.h"

namespace seatkeeper {
namespace {

struct PlanRow {
  std::string_view id;
  std::string_view name;
  std::string_view friendly_name;
};
struct BuiltInRow {
  std::string_view id;
  std::string_view part_number;
  std::string_view display_name;
  std::string_view plan_indices;  // Numbers with blanks between: an array per row has no one type.
};
#include "policy/product_table.inc"

void AddBuiltIn(const BuiltInRow& row, ProductTable& table) {
  const char* at = row.plan_indices.data();
  const char* const end = at + row.plan_indices.size();
  while (at < end) {
    std::size_t plan = 0;
    at = std::from_chars(at, end, plan).ptr + 1;
    table.Add({.product = *SkuId::Parse(row.id),
               .part_number = row.part_number,
               .display_name = row.display_name,
               .plan = PlanId::Parse(kPlanRows[plan].id),
               .plan_name = kPlanRows[plan].name,
               .plan_friendly_name = kPlanRows[plan].friendly_name});
  }
}

std::unique_ptr<const ProductTable> MakeBuiltInTable() {
  auto table = std::make_unique<ProductTable>();
  for (const auto& row : kBuiltInRows) AddBuiltIn(row, *table);
  return table;
}

// "a, b and c"
std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace

struct ProductCatalog::Tables {
  std::unique_ptr<const ProductTable> own;
  std::shared_ptr<const Tables> behind;         // Asked where `own` does not know.
  std::vector<std::string_view> product_names;  // Of both.
  std::vector<std::string_view> plan_names;

  Tables(std::unique_ptr<const ProductTable> table, std::shared_ptr<const Tables> next)
      : own(std::move(table)), behind(std::move(next)) {
    std::set<std::string_view> plans;
    for (const auto& product : own->products()) product_names.push_back(product.part_number);
    for (const auto& product : own->products()) product_names.push_back(product.display_name);
    for (const auto& product : own->products()) {
      for (const auto& plan : product.plans) plans.insert(plan.name);
    }
    if (behind) {
      product_names.insert(product_names.end(), behind->product_names.begin(),
                           behind->product_names.end());
      plans.insert(behind->plan_names.begin(), behind->plan_names.end());
    }
    plan_names.assign(plans.begin(), plans.end());
  }
};

std::shared_ptr<const ProductCatalog::Tables> ProductCatalog::BuiltIn() {
  static const auto tables = std::make_shared<const Tables>(MakeBuiltInTable(), nullptr);
  return tables;
}

ProductCatalog::ProductCatalog() : tables_(BuiltIn()) {}

ProductCatalog::ProductCatalog(std::unique_ptr<const ProductTable> file)
    : tables_(std::make_shared<const Tables>(std::move(file), BuiltIn())) {}

std::vector<const ProductFact*> ProductCatalog::FindProducts(std::string_view text) const {
  if (const auto id = SkuId::Parse(CollapseSpace(text))) {
    if (const auto* product = FindProduct(*id)) return {product};
    return {};
  }
  const auto key = ProductNameKey(text);
  for (const auto* tables = tables_.get(); tables; tables = tables->behind.get()) {
    const auto found = tables->own->FindProducts(key);
    if (!found.empty()) return {found.begin(), found.end()};
  }
  return {};
}

const ProductFact* ProductCatalog::FindProduct(std::string_view text) const {
  const auto found = FindProducts(text);
  return found.size() == 1 ? found.front() : nullptr;
}

const ProductFact* ProductCatalog::FindProduct(const SkuId& id) const {
  for (const auto* tables = tables_.get(); tables; tables = tables->behind.get()) {
    if (const auto* product = tables->own->FindProduct(id)) return product;
  }
  return nullptr;
}

std::vector<PlanId> ProductCatalog::FindPlans(std::string_view text,
                                              const std::function<bool(const PlanId&)>& of) const {
  std::vector<PlanId> found;
  const auto take = [&](std::span<const PlanId> plans) {
    std::copy_if(plans.begin(), plans.end(), std::back_inserter(found), of);
    return !found.empty();
  };
  if (const auto id = PlanId::Parse(CollapseSpace(text))) {
    take({&*id, 1});
    return found;
  }
  const auto key = ProductNameKey(text);
  for (const auto* tables = tables_.get(); tables; tables = tables->behind.get()) {
    if (take(tables->own->PlansNamed(key))) return found;
  }
  for (const auto* tables = tables_.get(); tables; tables = tables->behind.get()) {
    if (take(tables->own->PlansWithFriendlyName(key))) return found;
  }
  return found;
}

const std::vector<std::string_view>& ProductCatalog::product_names() const {
  return tables_->product_names;
}

const std::vector<std::string_view>& ProductCatalog::plan_names() const {
  return tables_->plan_names;
}

std::string ListProducts(const std::vector<const ProductFact*>& products) {
  std::vector<std::string> parts;
  parts.reserve(products.size());
  for (const auto* product : products) {
    parts.push_back(product->id.ToString() + " (" + product->display_name + ")");
  }
  return Join(parts);
}

std::string ListPlans(const std::vector<PlanId>& plans) {
  std::vector<std::string> parts;
  parts.reserve(plans.size());
  for (const auto& plan : plans) parts.push_back(plan.ToString());
  return Join(parts);
}

}  // namespace seatkeeper
