#include "reconciler/plan/risk.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>

#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kKinds[] = {"apps", "files", kMailboxRisk};  // Ordered.
constexpr unsigned kApps = 1;
constexpr unsigned kFiles = 2;
constexpr unsigned kMailbox = 4;

// Which kind of data or software a service plan stands for, by Microsoft's naming of plans.
unsigned KindsOf(std::string_view plan) {
  if (plan.starts_with("EXCHANGE_S_FOUNDATION") || plan.starts_with("EXCHANGE_ANALYTICS") ||
      plan.starts_with("EXCHANGE_S_ARCHIVE")) {
    return 0;
  }
  if (plan.starts_with("EXCHANGE_S_") || plan.starts_with("EXCHANGE_B_") ||
      plan.starts_with("EXCHANGE_L_")) {
    return kMailbox;
  }
  if (plan.starts_with("OFFICESUBSCRIPTION") || plan.starts_with("OFFICE_BUSINESS")) return kApps;
  if (plan.starts_with("SHAREPOINTSTANDARD") || plan.starts_with("SHAREPOINTENTERPRISE") ||
      plan.starts_with("SHAREPOINTDESKLESS") || plan.starts_with("ONEDRIVE")) {
    return kFiles;
  }
  return 0;
}

// Whether the assignment is the subject's own: the user's direct one, or one that the group gives.
bool IsOf(const Change& change, const AssignmentRow& assignment) {
  if (!change.group) return assignment.source == AssignmentSource::kDirect;
  return assignment.source == AssignmentSource::kGroup && assignment.group == change.group->id;
}

bool Adds(const Change& change, const SkuId& product) {
  return std::any_of(change.add.begin(), change.add.end(),
                     [&](const AddLicense& add) { return add.product == product; });
}

}  // namespace

RiskJudge::RiskJudge(const ObservedState& observed)
    : observed_(observed), risky_(observed.products.size()) {
  // A plan is what any product calls it.
  std::map<PlanId, Kinds> kinds;
  for (const auto& product : observed.products) {
    for (const auto& plan : product.plans) kinds[plan.id] |= KindsOf(plan.name);
  }
  for (std::size_t i = 0; i < risky_.size(); ++i) {
    for (const auto& plan : observed.products[i].plans) {
      if (kinds[plan.id] != 0) risky_[i].push_back({plan.id, kinds[plan.id]});
    }
  }
}

RiskJudge::Kinds RiskJudge::EnabledOf(ProductIndex product,
                                      const std::vector<PlanId>& disabled) const {
  Kinds enabled = 0;
  for (const auto& plan : risky_[product]) {
    if (!Contains(disabled, plan.id)) enabled |= plan.kinds;
  }
  return enabled;
}

bool RiskJudge::GivesMailbox(ProductIndex product, const std::vector<PlanId>& disabled) const {
  return (EnabledOf(product, disabled) & kMailbox) != 0;
}

std::vector<Risk> RiskJudge::RisksOf(const Change& change, Row row) const {
  Kinds before = 0;
  // Another tier of the same service keeps the data: E3's mailbox plan for E5's.
  Kinds after = 0;
  for (const auto& assignment : observed_.users.assignments(row)) {
    if (!assignment.holds_seat() || risky_[assignment.product].empty()) continue;
    const auto enabled =
        EnabledOf(assignment.product, observed_.plan_sets[assignment.disabled_plans]);
    before |= enabled;
    const auto& product = observed_.product_ids[assignment.product];
    const bool altered =
        IsOf(change, assignment) && (Contains(change.remove, product) || Adds(change, product));
    if (!altered) after |= enabled;
  }
  for (const auto& add : change.add) {
    if (const auto index = observed_.FindProduct(add.product)) {
      after |= EnabledOf(*index, add.disabled_plans);
    }
  }
  std::vector<Risk> risks;
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
    if (((before & ~after) >> kind) & 1) risks.emplace_back(kKinds[kind]);
  }
  if (!change.plans_off.empty()) risks.emplace_back("service-plan-off");
  return risks;
}

}  // namespace seatkeeper
