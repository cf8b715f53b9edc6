// The service plans of a user: what they are, what they should be, and what a change switches.

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/judge.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/new_plans.h"
#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {

bool UserJudge::JudgePlans(DesiredIndex index) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  const auto shape = desired_.ShapeOf(product, row_);
  if (shape.statement == nullptr && !product.DecidesNewPlans()) return true;
  const auto off =
      EffectivePlans(observed_.plan_sets[holding.shown()->disabled_plans], TenantProduct(product));
  auto wanted = WantedOff(product, shape.statement, off);
  if (off == wanted && shape.conflict == nullptr) return true;
  std::string why;
  if (holding.direct == nullptr) {
    why = "service plans differ, but the product does not come directly to this user";
  } else if (shape.conflict != nullptr) {
    why = DescribeConflict(*shape.statement, *shape.conflict);
  } else if (!product.LetsGo(row_)) {
    why = fmt::format("service plans differ; {} leaves present holders as they are",
                      ToString(product.management));
  } else if (!holding.direct->holds_seat()) {
    why = "service plans differ, but the user has no seat: sending it anew would take one";
  } else if (!product.obstacle.empty()) {
    why = fmt::format("service plans differ; {}", product.obstacle);
  } else if (location_ && location_->code.empty()) {
    why = fmt::format("service plans differ; {}", location_->why_not);
  }
  Report(index, Drift::Kind::kPlans, why.empty() ? "service plans differ" : why,
         holding.direct == nullptr && holding.group != nullptr ? std::optional(holding.group->group)
                                                               : std::nullopt);
  if (!why.empty()) return false;
  Part part = MakePart(index, Part::Kind::kPlans, Reason::kPlansDiffer);
  part.origin = OnlyNewPlansDiffer(product, shape.statement, off, wanted) ? product.managed_by
                                                                          : shape.statement->origin;
  part.plans_off = !std::includes(off.begin(), off.end(), wanted.begin(), wanted.end());
  part.takes_away = part.plans_off;
  part.disabled_plans = draft_.plan_sets.Intern(std::move(wanted));
  const auto* deciding = desired_.Deciding(product, PolicyStatement::Kind::kGrant, row_);
  auto held = HoldOf(*deciding, shape);
  if (!held && part.plans_off) held = product.removals_held;
  Add(part, held);
  return false;
}

std::string UserJudge::DescribeConflict(const PolicyStatement& a, const PolicyStatement& b) const {
  const auto& first = desired_.OriginOf(a);
  const auto& second = desired_.OriginOf(b);
  return fmt::format("{} ({}) and {} ({}) have the same priority and differ on service plans",
                     first.policy, ToString(first.at), second.policy, ToString(second.at));
}

// What is off for somebody who gets the product now.
std::vector<PlanId> UserJudge::PlansToDisable(DesiredIndex index,
                                              const PolicyStatement* shape) const {
  const auto& product = desired_.products[index];
  auto off = shape == nullptr ? PlansCarriedOver(product) : shape->disabled_plans;
  if (shape != nullptr && shape->shape == PlanSelection::Kind::kEnabled) return off;
  if (product.new_plans_rule == NewPlans::kEnable) return off;
  auto held_back = product.new_plans;
  if (product.new_plans_rule == NewPlans::kHold) {
    // But not from whoever has it from the rung that makes way.
    std::erase_if(held_back, [&](const PlanId& plan) { return IsOnBefore(plan); });
  }
  return Union(off, held_back);
}

// The switches that a user keeps when one rung of a ladder replaces another: plans that both
// contain keep their state.
std::vector<PlanId> UserJudge::PlansCarriedOver(const DesiredProduct& product) const {
  std::vector<PlanId> off;
  if (!product.rung) return off;
  for (const auto other : desired_.ladders[product.rung->ladder].rungs) {
    const auto* direct = views_[other].holding.direct;
    if (direct == nullptr || desired_.products[other].id == product.id) continue;
    for (const auto& plan : observed_.plan_sets[direct->disabled_plans]) {
      const auto& plans = TenantProduct(product).plans;
      const bool shared = std::any_of(plans.begin(), plans.end(), [&](const ServicePlan& own) {
        return own.id == plan && IsSwitchable(own);
      });
      if (shared && !IsOnBefore(plan)) off.push_back(plan);
    }
  }
  SortUnique(off);
  return off;
}

// Whether any direct assignment of the user switches the plan on.
bool UserJudge::IsOnBefore(const PlanId& plan) const {
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (IsOnIn(static_cast<DesiredIndex>(i), plan)) return true;
  }
  return false;
}

bool UserJudge::IsOnIn(DesiredIndex product, const PlanId& plan) const {
  const auto* direct = views_[product].holding.direct;
  if (direct == nullptr || !direct->holds_seat()) return false;
  const auto& plans = TenantProduct(desired_.products[product]).plans;
  const auto& off = observed_.plan_sets[direct->disabled_plans];
  return std::any_of(plans.begin(), plans.end(),
                     [&](const ServicePlan& own) { return own.id == plan; }) &&
         !Contains(off, plan);
}

// A swap may switch off what the rung that makes way had on: then it takes something away.
void UserJudge::MarkPlansGoingOff(Part& part) const {
  const auto& off = draft_.plan_sets[part.disabled_plans];
  part.plans_off = std::any_of(off.begin(), off.end(), [&](const PlanId& plan) {
    const auto& rungs = desired_.ladders[desired_.products[part.product].rung->ladder].rungs;
    return std::any_of(rungs.begin(), rungs.end(), [&](DesiredIndex rung) {
      return rung != part.product && MakesWay(rung) && IsOnIn(rung, plan);
    });
  });
  part.takes_away = part.plans_off;
}

}  // namespace seatkeeper
