#include "policy/product_check.h"

#include <algorithm>
#include <map>

#include "policy/fields.h"
#include "policy/guid.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

// Of the product where it is known, else of any.
std::vector<PlanId> PlansMeant(std::string_view plan, const ProductFact* product,
                               const ProductCatalog& catalog) {
  return catalog.FindPlans(plan, [product](const PlanId& id) {
    return product == nullptr || std::any_of(product->plans.begin(), product->plans.end(),
                                             [&](const PlanFact& fact) { return fact.id == id; });
  });
}

// Two names of one plan have one key, even where it is no plan of the product.
std::string PlanKey(std::string_view plan, const std::vector<PlanId>& meant,
                    const ProductCatalog& catalog) {
  if (meant.size() == 1) return meant.front().ToString();
  const auto anywhere = PlansMeant(plan, nullptr, catalog);
  return anywhere.size() == 1 ? anywhere.front().ToString() : ProductNameKey(plan);
}

std::string NearestPlan(std::string_view plan, const ProductFact* product,
                        const ProductCatalog& catalog) {
  if (product == nullptr) return SuggestNearest(plan, catalog.plan_names());
  std::vector<std::string_view> names;
  for (const auto& fact : product->plans) names.emplace_back(fact.name);
  for (const auto& fact : product->plans) names.emplace_back(fact.friendly_name);
  return SuggestNearest(plan, names);
}

void CheckPlan(const yaml::Node& plan, const std::vector<PlanId>& meant, const ProductFact* product,
               const ProductCatalog& catalog, std::vector<Diagnostic>& diagnostics) {
  if (meant.empty()) {
    const auto of = product == nullptr ? "" : " of " + product->part_number;
    diagnostics.push_back(WarningAt(plan, "unknown-plan",
                                    Quoted(plan.scalar) + " is not a known service plan" + of,
                                    NearestPlan(plan.scalar, product, catalog)));
  } else if (meant.size() > 1 && product != nullptr) {
    diagnostics.push_back(WarningAt(plan, "ambiguous-plan",
                                    Quoted(plan.scalar) + " is several service plans of " +
                                        product->part_number + ": " + ListPlans(meant),
                                    "write the id of the one that is meant"));
  }
}

}  // namespace

std::string ProductKey(std::string_view product, const ProductCatalog& catalog) {
  if (const auto id = SkuId::Parse(product)) return id->ToString();
  if (const auto* fact = catalog.FindProduct(product)) return fact->id.ToString();
  return ProductNameKey(product);
}

void CheckProduct(const yaml::Node& product, const ProductCatalog& catalog,
                  std::vector<Diagnostic>& diagnostics) {
  if (Guid::Parse(product.scalar)) return;
  const auto found = catalog.FindProducts(product.scalar);
  if (found.size() == 1) return;
  if (found.size() > 1) {
    diagnostics.push_back(
        WarningAt(product, "ambiguous-product",
                  Quoted(product.scalar) + " is more than one product: " + ListProducts(found),
                  "write the SKU id of the one that is meant; where the tenant "
                  "owns only one of them, that one counts"));
    return;
  }
  std::string hint = SuggestNearest(product.scalar, catalog.product_names());
  if (hint.empty()) hint = "if the tenant owns a product of this name, all is well";
  diagnostics.push_back(WarningAt(product, "unknown-product",
                                  Quoted(product.scalar) + " is not a known product",
                                  std::move(hint)));
}

void CheckPlans(std::string_view product, const yaml::Node& list, const ProductCatalog& catalog,
                std::vector<Diagnostic>& diagnostics) {
  const ProductFact* fact = catalog.FindProduct(product);
  std::map<std::string, int> seen;
  for (const auto& plan : list.items) {
    if (plan.kind != yaml::Node::Kind::kScalar || plan.scalar.empty()) continue;
    const auto meant = PlansMeant(plan.scalar, fact, catalog);
    const auto [first, added] = seen.emplace(PlanKey(plan.scalar, meant, catalog), plan.at.line);
    if (!added) {
      diagnostics.push_back(ErrorAt(plan, "duplicate-plan",
                                    "the service plan " + Quoted(plan.scalar) +
                                        " is named twice, first in line " +
                                        std::to_string(first->second),
                                    "keep one of them"));
      continue;
    }
    CheckPlan(plan, meant, fact, catalog, diagnostics);
  }
}

}  // namespace seatkeeper
