#include "policy/product_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "policy/fields.h"
#include "policy/guid.h"
#include "policy/products.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

const PlanFact* FindPlanOf(const ProductFact& product, std::string_view text) {
  const auto id = PlanId::Parse(text);
  const auto found =
      std::find_if(product.plans.begin(), product.plans.end(), [&](const PlanFact& plan) {
        return id ? plan.id == *id : EqualsIgnoreCase(plan.name, text);
      });
  return found == product.plans.end() ? nullptr : &*found;
}

std::vector<std::string_view> PlanNames(const ProductFact& product) {
  std::vector<std::string_view> names;
  for (const auto& plan : product.plans) names.push_back(plan.name);
  return names;
}

// Each name once: a hostile file asks for thousands of suggestions.
std::vector<std::string_view> AllPlanNames() {
  std::set<std::string_view> names;
  for (const auto& product : ProductFacts()) {
    for (const auto& plan : product.plans) names.insert(plan.name);
  }
  return {names.begin(), names.end()};
}

void CheckPlan(const ProductFact* product, const yaml::Node& plan,
               std::vector<Diagnostic>& diagnostics) {
  if (product != nullptr) {
    if (FindPlanOf(*product, plan.scalar) != nullptr) return;
    diagnostics.push_back(WarningAt(plan, "unknown-plan",
                                    Quoted(plan.scalar) + " is not a known service plan of " +
                                        std::string(product->part_number),
                                    SuggestNearest(plan.scalar, PlanNames(*product))));
    return;
  }
  if (Guid::Parse(plan.scalar) || FindPlanFact(plan.scalar) != nullptr) return;
  diagnostics.push_back(WarningAt(plan, "unknown-plan",
                                  Quoted(plan.scalar) + " is not a known service plan",
                                  SuggestNearest(plan.scalar, AllPlanNames())));
}

}  // namespace

std::string ProductKey(std::string_view product) {
  if (const auto* fact = FindProductFact(product)) return fact->id.ToString();
  return AsciiLower(product);
}

std::string PlanKey(std::string_view product, std::string_view plan) {
  if (const auto* fact = FindProductFact(product)) {
    if (const auto* known = FindPlanOf(*fact, plan)) return known->id.ToString();
  }
  if (const auto* known = FindPlanFact(plan)) return known->id.ToString();
  return AsciiLower(plan);
}

void CheckProduct(const yaml::Node& product, std::vector<Diagnostic>& diagnostics) {
  if (Guid::Parse(product.scalar) || FindProductFact(product.scalar) != nullptr) return;
  std::vector<std::string_view> names;
  for (const auto& fact : ProductFacts()) names.push_back(fact.part_number);
  for (const auto& fact : ProductFacts()) names.push_back(fact.display_name);
  std::string hint = SuggestNearest(product.scalar, names);
  if (hint.empty()) hint = "if the tenant owns a product of this name, all is well";
  diagnostics.push_back(WarningAt(product, "unknown-product",
                                  Quoted(product.scalar) + " is not a known product",
                                  std::move(hint)));
}

void CheckPlans(std::string_view product, const yaml::Node& list,
                std::vector<Diagnostic>& diagnostics) {
  const ProductFact* fact = FindProductFact(product);
  std::map<std::string, int> seen;
  for (const auto& plan : list.items) {
    if (plan.kind != yaml::Node::Kind::kScalar || plan.scalar.empty()) continue;
    const auto [first, added] = seen.emplace(PlanKey(product, plan.scalar), plan.at.line);
    if (!added) {
      diagnostics.push_back(ErrorAt(plan, "duplicate-plan",
                                    "the service plan " + Quoted(plan.scalar) +
                                        " is named twice, first in line " +
                                        std::to_string(first->second),
                                    "keep one of them"));
      continue;
    }
    CheckPlan(fact, plan, diagnostics);
  }
}

}  // namespace seatkeeper
