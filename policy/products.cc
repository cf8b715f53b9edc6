#include "policy/products.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>

#include "policy/text.h"

namespace seatkeeper {
namespace {

struct PlanRow {
  std::string_view id;
  std::string_view name;
};
struct ProductRow {
  std::string_view id;
  std::string_view part_number;
  std::string_view display_name;
  std::string_view plan_indices;  // Numbers with blanks between: an array per row has no one type.
};
#include "policy/product_table.inc"

std::vector<PlanFact> MakePlans() {
  std::vector<PlanFact> plans;
  for (const auto& row : kPlanRows) plans.push_back({*PlanId::Parse(row.id), row.name});
  return plans;
}

const std::vector<PlanFact>& PlanFacts() {
  static const std::vector<PlanFact> plans = MakePlans();
  return plans;
}

std::vector<PlanFact> PlansOf(const ProductRow& row) {
  std::vector<PlanFact> plans;
  const char* at = row.plan_indices.data();
  const char* const end = at + row.plan_indices.size();
  while (at < end) {
    std::size_t index = 0;
    at = std::from_chars(at, end, index).ptr + 1;
    plans.push_back(PlanFacts().at(index));
  }
  return plans;
}

std::vector<ProductFact> MakeProducts() {
  std::vector<ProductFact> products;
  for (const auto& row : kProductRows) {
    products.push_back({*SkuId::Parse(row.id), row.part_number, row.display_name, PlansOf(row)});
  }
  return products;
}

const std::vector<ProductFact>& Products() {
  static const std::vector<ProductFact> products = MakeProducts();
  return products;
}

// Part numbers are put in last, so that one which is also another product's name still wins.
std::map<std::string, const ProductFact*> IndexProducts() {
  std::map<std::string, const ProductFact*> index;
  for (const auto& product : Products()) index.emplace(AsciiLower(product.display_name), &product);
  for (const auto& product : Products()) index[AsciiLower(product.part_number)] = &product;
  for (const auto& product : Products()) index[product.id.ToString()] = &product;
  return index;
}

std::map<std::string, const PlanFact*> IndexPlans() {
  std::map<std::string, const PlanFact*> index;
  for (const auto& plan : PlanFacts()) {
    index.emplace(AsciiLower(plan.name), &plan);
    index.emplace(plan.id.ToString(), &plan);
  }
  return index;
}

template <typename Fact>
const Fact* Look(const std::map<std::string, const Fact*>& index, std::string_view text) {
  const auto found = index.find(AsciiLower(text));
  return found == index.end() ? nullptr : found->second;
}

}  // namespace

std::span<const ProductFact> ProductFacts() { return Products(); }

const ProductFact* FindProductFact(std::string_view text) {
  static const auto index = IndexProducts();
  return Look(index, text);
}

const ProductFact* FindProductFact(const SkuId& id) { return FindProductFact(id.ToString()); }

const PlanFact* FindPlanFact(std::string_view text) {
  static const auto index = IndexPlans();
  return Look(index, text);
}

}  // namespace seatkeeper
