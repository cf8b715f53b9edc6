#include "reconciler/plan/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

Error Invalid(std::string message, const SourcePosition& at) {
  return {
      .kind = ErrorKind::kInvalid, .message = std::move(message), .position = at, .service = {}};
}

Error Unknown(std::string message, const std::optional<std::string>& nearest,
              const SourcePosition& at) {
  if (nearest) message += fmt::format("; did you mean {}?", *nearest);
  return Invalid(std::move(message), at);
}

std::optional<std::string> NearestProduct(std::string_view text, const ObservedState& observed,
                                          const ProductCatalog& catalog) {
  std::vector<std::string_view> names;
  for (const auto& product : observed.products) names.emplace_back(product.part_number);
  names.insert(names.end(), catalog.product_names().begin(), catalog.product_names().end());
  return Nearest(text, names);
}

std::vector<SkuId> ProductsWithPartNumber(std::string_view text, const ObservedState& observed) {
  std::vector<SkuId> found;
  for (const auto& product : observed.products) {
    if (!product.part_number.empty() && EqualsIgnoreCase(product.part_number, text)) {
      found.push_back(product.id);
    }
  }
  return found;
}

bool Owns(const ObservedState& observed, const SkuId& id) {
  const auto index = observed.FindProduct(id);
  return index && observed.products[*index].subscribed;
}

const ServicePlan* FindById(const PlanId& id, const Product& product) {
  const auto found = std::find_if(product.plans.begin(), product.plans.end(),
                                  [&](const ServicePlan& plan) { return plan.id == id; });
  return found == product.plans.end() ? nullptr : &*found;
}

std::vector<PlanId> PlansMeant(std::string_view text, const Product& product,
                               const ProductCatalog& catalog) {
  std::vector<PlanId> found;
  for (const auto& plan : product.plans) {
    if (EqualsIgnoreCase(plan.name, text)) found.push_back(plan.id);
  }
  if (!found.empty()) return found;
  return catalog.FindPlans(text,
                           [&](const PlanId& id) { return FindById(id, product) != nullptr; });
}

Result<const ServicePlan*> ResolvePlan(const Positioned<std::string>& written,
                                       const Product& product, const ProductCatalog& catalog) {
  const auto meant = PlansMeant(written.value, product, catalog);
  if (meant.empty()) {
    std::vector<std::string_view> names;
    for (const auto& known : product.plans) names.emplace_back(known.name);
    return Unknown(fmt::format("\"{}\" is not a service plan of {} in this tenant", written.value,
                               product.name()),
                   Nearest(written.value, names), written.at);
  }
  if (meant.size() > 1) {
    return Invalid(fmt::format("\"{}\" is more than one service plan of {}: {}; write the id of "
                               "the one that is meant",
                               written.value, product.name(), ListPlans(meant)),
                   written.at);
  }
  const auto* plan = FindById(meant.front(), product);
  if (!IsSwitchable(*plan)) {
    return Invalid(fmt::format("{} belongs to the whole company and cannot be switched for one "
                               "user; leave it out of the list",
                               plan->name),
                   written.at);
  }
  return plan;
}

}  // namespace

Result<SkuId> ResolveProduct(const Positioned<std::string>& written, const ObservedState& observed,
                             const ProductCatalog& catalog) {
  const auto own = ProductsWithPartNumber(written.value, observed);
  if (own.size() == 1) return own.front();
  if (own.size() > 1) {
    std::vector<std::string> ids;
    ids.reserve(own.size());
    for (const auto& id : own) ids.push_back(id.ToString());
    return Invalid(fmt::format("\"{}\" is the part number of more than one product of this "
                               "tenant: {}; write the SKU id of the one that is meant",
                               written.value, fmt::join(ids, " and ")),
                   written.at);
  }
  if (const auto id = SkuId::Parse(written.value)) return *id;
  const auto known = catalog.FindProducts(written.value);
  if (known.size() == 1) return known.front()->id;
  std::vector<SkuId> owned;
  for (const auto* fact : known) {
    if (Owns(observed, fact->id)) owned.push_back(fact->id);
  }
  if (owned.size() == 1) return owned.front();
  if (!known.empty()) {
    return Invalid(fmt::format("\"{}\" is more than one product: {}; write the SKU id of the one "
                               "that is meant",
                               written.value, ListProducts(known)),
                   written.at);
  }
  return Unknown(fmt::format("\"{}\" is no product of this tenant and not in the product "
                             "catalogue",
                             written.value),
                 NearestProduct(written.value, observed, catalog), written.at);
}

std::string NameOfProduct(const SkuId& id, const ObservedState& observed,
                          const ProductCatalog& catalog) {
  if (const auto index = observed.FindProduct(id)) {
    if (!observed.products[*index].part_number.empty()) return observed.products[*index].name();
  }
  const auto* fact = catalog.FindProduct(id);
  return fact == nullptr || fact->part_number.empty() ? id.ToString() : fact->part_number;
}

std::string NameOfServicePlan(const PlanId& id, const ObservedState& observed) {
  for (const auto& product : observed.products) {
    const auto* plan = FindById(id, product);
    if (plan != nullptr && !plan->name.empty()) return plan->name;
  }
  return id.ToString();
}

std::string WhyNotAssignable(const Product* product) {
  if (product == nullptr || !product->subscribed) return "the tenant does not own this product";
  if (!EqualsIgnoreCase(product->applies_to, "User") && !product->applies_to.empty()) {
    return "the product cannot be assigned to users";
  }
  const auto& status = product->capability_status;
  if (!status.empty() && !EqualsIgnoreCase(status, "Enabled") &&
      !EqualsIgnoreCase(status, "Warning")) {
    return fmt::format("the subscription is {}", AsciiLower(status));
  }
  return "";
}

bool IsSwitchable(const ServicePlan& plan) { return !EqualsIgnoreCase(plan.applies_to, "Company"); }

Result<std::vector<PlanId>> ResolveDisabledPlans(const PlanSelection& selection,
                                                 const Product& product,
                                                 const ProductCatalog& catalog) {
  std::vector<PlanId> listed;
  for (const auto& written : selection.plans) {
    auto plan = ResolvePlan(written, product, catalog);
    if (!plan) return std::move(plan).error();
    listed.push_back((*plan)->id);
  }
  SortUnique(listed);
  if (selection.kind == PlanSelection::Kind::kDisabled) return listed;
  std::vector<PlanId> others;
  for (const auto& plan : product.plans) {
    if (IsSwitchable(plan) && !std::binary_search(listed.begin(), listed.end(), plan.id)) {
      others.push_back(plan.id);
    }
  }
  return others;
}

std::vector<PlanId> EffectivePlans(const std::vector<PlanId>& plans, const Product& product) {
  std::vector<PlanId> effective;
  if (plans.empty()) return effective;
  for (const auto& plan : product.plans) {
    if (std::find(plans.begin(), plans.end(), plan.id) != plans.end() && IsSwitchable(plan)) {
      effective.push_back(plan.id);
    }
  }
  return effective;
}

}  // namespace seatkeeper
