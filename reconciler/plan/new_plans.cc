#include "reconciler/plan/new_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

using Plans = std::vector<PlanId>;

// New plans that some grant of the product leaves to `newPlans`.
Plans Undecided(const DesiredProduct& product) {
  Plans undecided;
  for (const auto& statement : product.statements) {
    if (statement.kind != PolicyStatement::Kind::kGrant) continue;
    if (statement.shape == PlanSelection::Kind::kEnabled) continue;
    undecided = Union(undecided, Without(product.new_plans, statement.disabled_plans));
  }
  return undecided;
}

// Whether the plan still switches service plans of somebody who holds the product.
bool SwitchesSomebody(const Plan& plan, const SkuId& product) {
  return std::any_of(plan.changes.begin(), plan.changes.end(), [&](const Change& change) {
    const bool adds = std::any_of(change.add.begin(), change.add.end(),
                                  [&](const AddLicense& add) { return add.product == product; });
    return adds && !Contains(change.takes_seats, product);
  });
}

std::string DescribeHeldBack(const Plans& plans, const SkuId& product, const Plan& plan) {
  std::vector<std::string> names;
  names.reserve(plans.size());
  for (const auto& id : plans) names.push_back(plan.ServicePlanName(id));
  return fmt::format(
      "the vendor added {} to {}: holders keep {} as it is and nobody new gets it, until a policy "
      "names it or `newPlans` says `enable` or `disable`",
      fmt::join(names, ", "), plan.ProductName(product), names.size() == 1 ? "it" : "each");
}

}  // namespace

Plans WantedOff(const DesiredProduct& product, const PolicyStatement* list, const Plans& off) {
  const auto& base = list == nullptr ? off : list->disabled_plans;
  if (list != nullptr && list->shape == PlanSelection::Kind::kEnabled) return base;
  switch (product.new_plans_rule) {
    case NewPlans::kEnable:
      return list == nullptr ? Without(off, product.new_plans) : base;
    case NewPlans::kDisable:
      return Union(base, product.new_plans);
    case NewPlans::kHold:
      break;
  }
  return Union(base, Intersection(product.new_plans, off));
}

bool OnlyNewPlansDiffer(const DesiredProduct& product, const PolicyStatement* list,
                        const Plans& off, const Plans& wanted) {
  if (list == nullptr) return true;
  if (list->shape == PlanSelection::Kind::kEnabled) return false;
  Plans differing;
  std::set_symmetric_difference(off.begin(), off.end(), wanted.begin(), wanted.end(),
                                std::back_inserter(differing));
  return std::all_of(differing.begin(), differing.end(), [&](const PlanId& plan) {
    return Contains(product.new_plans, plan) && !Contains(list->disabled_plans, plan);
  });
}

void TellNewPlans(const DesiredState& desired, bool all_judged, Plan& plan) {
  for (const auto& product : desired.products) {
    if (product.new_plans.empty()) continue;
    const auto rule = product.new_plans_rule;
    const bool applied =
        rule == NewPlans::kEnable && all_judged && !SwitchesSomebody(plan, product.id);
    plan.added_plans.push_back(
        {.product = product.id, .plans = product.new_plans, .rule = rule, .applied = applied});
    const auto undecided = Undecided(product);
    if (rule == NewPlans::kHold && !undecided.empty()) {
      plan.warnings.push_back(DescribeHeldBack(undecided, product.id, plan));
    }
  }
}

}  // namespace seatkeeper
