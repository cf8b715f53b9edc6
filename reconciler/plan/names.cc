#include "reconciler/plan/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/products.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

Error Unknown(std::string message, const std::optional<std::string>& nearest,
              const SourcePosition& at) {
  if (nearest) message += fmt::format("; did you mean {}?", *nearest);
  return Error{
      .kind = ErrorKind::kInvalid, .message = std::move(message), .position = at, .service = {}};
}

std::optional<std::string> NearestProduct(std::string_view text, const ObservedState& observed) {
  std::vector<std::string_view> names;
  for (const auto& product : observed.products) names.emplace_back(product.part_number);
  for (const auto& fact : ProductFacts()) names.push_back(fact.part_number);
  return Nearest(text, names);
}

const ServicePlan* FindPlan(std::string_view text, const Product& product) {
  const auto id = PlanId::Parse(text);
  for (const auto& plan : product.plans) {
    if (id ? plan.id == *id : EqualsIgnoreCase(plan.name, text)) return &plan;
  }
  return nullptr;
}

Result<const ServicePlan*> ResolvePlan(const Positioned<std::string>& written,
                                       const Product& product) {
  const auto* plan = FindPlan(written.value, product);
  if (plan == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& known : product.plans) names.emplace_back(known.name);
    return Unknown(fmt::format("\"{}\" is not a service plan of {} in this tenant", written.value,
                               product.name()),
                   Nearest(written.value, names), written.at);
  }
  if (!IsSwitchable(*plan)) {
    return Error{.kind = ErrorKind::kInvalid,
                 .message = fmt::format("{} belongs to the whole company and cannot be switched "
                                        "for one user; leave it out of the list",
                                        plan->name),
                 .position = written.at,
                 .service = {}};
  }
  return plan;
}

}  // namespace

Result<SkuId> ResolveProduct(const Positioned<std::string>& written,
                             const ObservedState& observed) {
  for (const auto& product : observed.products) {
    if (!product.part_number.empty() && EqualsIgnoreCase(product.part_number, written.value)) {
      return product.id;
    }
  }
  if (const auto id = SkuId::Parse(written.value)) return *id;
  if (const auto* fact = FindProductFact(written.value)) return fact->id;
  return Unknown(fmt::format("\"{}\" is no product of this tenant and not in the built-in table",
                             written.value),
                 NearestProduct(written.value, observed), written.at);
}

bool IsSwitchable(const ServicePlan& plan) { return !EqualsIgnoreCase(plan.applies_to, "Company"); }

Result<std::vector<PlanId>> ResolveDisabledPlans(const PlanSelection& selection,
                                                 const Product& product) {
  std::vector<PlanId> listed;
  for (const auto& written : selection.plans) {
    auto plan = ResolvePlan(written, product);
    if (!plan) return std::move(plan).error();
    listed.push_back((*plan)->id);
  }
  std::sort(listed.begin(), listed.end());
  listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
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
  for (const auto& plan : product.plans) {
    if (IsSwitchable(plan) && std::find(plans.begin(), plans.end(), plan.id) != plans.end()) {
      effective.push_back(plan.id);
    }
  }
  return effective;
}

}  // namespace seatkeeper
