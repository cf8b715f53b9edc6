#include "policy/product_table.h"

#include <algorithm>

#include "policy/text.h"

namespace seatkeeper {
namespace {

template <typename Names, typename Thing>
void AddName(Names& names, std::string_view name, const Thing& thing) {
  auto key = ProductNameKey(name);
  if (key.empty()) return;
  auto& bearers = names[std::move(key)];
  if (std::find(bearers.begin(), bearers.end(), thing) == bearers.end()) bearers.push_back(thing);
}

template <typename Thing>
std::span<const Thing> Look(const std::unordered_map<std::string, std::vector<Thing>>& names,
                            const std::string& key) {
  const auto found = names.find(key);
  return found == names.end() ? std::span<const Thing>() : std::span<const Thing>(found->second);
}

}  // namespace

std::string ProductNameKey(std::string_view name) { return FoldCase(CollapseSpace(name)); }

void ProductTable::Add(const ProductRow& row) {
  auto& product = by_id_[row.product];
  const bool is_new = product == nullptr;
  if (is_new) {
    products_.push_back({row.product, std::string(row.part_number), std::string(row.display_name),
                         std::vector<PlanFact>()});
    product = &products_.back();
  }
  // Most rows repeat what the first row of their product says.
  const ProductFact* const bearer = product;
  if (is_new || row.part_number != product->part_number) {
    AddName(part_numbers_, row.part_number, bearer);
  }
  if (is_new || row.display_name != product->display_name) {
    AddName(display_names_, row.display_name, bearer);
  }
  if (!row.plan) return;
  const bool known = std::any_of(product->plans.begin(), product->plans.end(),
                                 [&](const auto& plan) { return plan.id == *row.plan; });
  if (!known) {
    product->plans.push_back(
        {*row.plan, std::string(row.plan_name), std::string(row.plan_friendly_name)});
  }
  AddName(plan_names_, row.plan_name, *row.plan);
  AddName(friendly_names_, row.plan_friendly_name, *row.plan);
}

std::span<const ProductFact* const> ProductTable::FindProducts(const std::string& key) const {
  const auto by_part_number = Look(part_numbers_, key);
  return by_part_number.empty() ? Look(display_names_, key) : by_part_number;
}

const ProductFact* ProductTable::FindProduct(const SkuId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::span<const PlanId> ProductTable::PlansNamed(const std::string& key) const {
  return Look(plan_names_, key);
}

std::span<const PlanId> ProductTable::PlansWithFriendlyName(const std::string& key) const {
  return Look(friendly_names_, key);
}

}  // namespace seatkeeper
