#include "reconciler/plan/risk.h"

#include <algorithm>
#include <set>

namespace seatkeeper {
namespace {

bool Contains(const std::vector<PlanId>& plans, const PlanId& plan) {
  return std::find(plans.begin(), plans.end(), plan) != plans.end();
}

void AddEnabled(const Product& product, const std::vector<PlanId>& disabled,
                std::set<PlanId>& plans) {
  for (const auto& plan : product.plans) {
    if (!Contains(disabled, plan.id)) plans.insert(plan.id);
  }
}

const AddLicense* Added(const Change& change, const SkuId& product) {
  const auto found = std::find_if(change.add.begin(), change.add.end(),
                                  [&](const AddLicense& add) { return add.product == product; });
  return found == change.add.end() ? nullptr : &*found;
}

// The service plans that are on before and after the change, over all assignments.
void EnabledPlans(const Change& change, Row row, const ObservedState& observed,
                  std::set<PlanId>& before, std::set<PlanId>& after) {
  for (const auto& assignment : observed.users.assignments(row)) {
    if (!assignment.holds_seat()) continue;
    const auto& product = observed.products[assignment.product];
    const auto& disabled = observed.plan_sets[assignment.disabled_plans];
    AddEnabled(product, disabled, before);
    const bool direct = assignment.source == AssignmentSource::kDirect;
    const bool removed = direct && std::find(change.remove.begin(), change.remove.end(),
                                             product.id) != change.remove.end();
    const bool replaced = direct && Added(change, product.id) != nullptr;
    if (!removed && !replaced) AddEnabled(product, disabled, after);
  }
  for (const auto& add : change.add) {
    if (const auto index = observed.FindProduct(add.product)) {
      AddEnabled(observed.products[*index], add.disabled_plans, after);
    }
  }
}

// Which kind of data or software a service plan stands for, by Microsoft's naming of plans.
const char* RiskOf(std::string_view plan) {
  if (plan.starts_with("EXCHANGE_S_FOUNDATION") || plan.starts_with("EXCHANGE_ANALYTICS") ||
      plan.starts_with("EXCHANGE_S_ARCHIVE")) {
    return nullptr;
  }
  if (plan.starts_with("EXCHANGE_S_") || plan.starts_with("EXCHANGE_B_") ||
      plan.starts_with("EXCHANGE_L_")) {
    return "mailbox";
  }
  if (plan.starts_with("OFFICESUBSCRIPTION") || plan.starts_with("OFFICE_BUSINESS")) return "apps";
  if (plan.starts_with("SHAREPOINTSTANDARD") || plan.starts_with("SHAREPOINTENTERPRISE") ||
      plan.starts_with("SHAREPOINTDESKLESS") || plan.starts_with("ONEDRIVE")) {
    return "files";
  }
  return nullptr;
}

}  // namespace

std::vector<Risk> RisksOf(const Change& change, Row row, const ObservedState& observed) {
  std::set<PlanId> before;
  std::set<PlanId> after;
  EnabledPlans(change, row, observed, before, after);
  std::set<Risk> kept;
  std::set<Risk> lost;
  for (const auto& product : observed.products) {
    for (const auto& plan : product.plans) {
      const char* risk = RiskOf(plan.name);
      if (risk == nullptr || !before.contains(plan.id)) continue;
      lost.insert(risk);
    }
    for (const auto& plan : product.plans) {
      const char* risk = RiskOf(plan.name);
      // Another tier of the same service keeps the data: E3's mailbox plan for E5's.
      if (risk != nullptr && after.contains(plan.id)) kept.insert(risk);
    }
  }
  for (const auto& risk : kept) lost.erase(risk);
  if (!change.plans_off.empty()) lost.insert("service-plan-off");
  return {lost.begin(), lost.end()};
}

}  // namespace seatkeeper
