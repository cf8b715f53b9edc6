#include "reconciler/plan/plan_conflicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/usage_location.h"

namespace seatkeeper {
namespace {

// What the service writes at an assignment that the user's country does not allow.
constexpr std::string_view kProhibited = "ProhibitedInUsageLocationViolation";

const StringColumn& Locations(const UserTable& users) {
  return *users.strings(rule::Property::kUsageLocation);
}

}  // namespace

PlanConflicts::PlanConflicts(const PlanRules& rules, const DesiredState& desired,
                             const ObservedState& observed, const PeopleGuard* people,
                             const RemovalWaits* waits)
    : desired_(desired),
      observed_(observed),
      people_(people),
      waits_(waits),
      of_product_(observed.products.size()) {
  TakeRules(rules);
  for (std::size_t i = 0; i < observed.products.size(); ++i) {
    for (const auto& plan : observed.products[i].plans) {
      const auto known = std::find(plans_.begin(), plans_.end(), plan.id);
      if (known != plans_.end())
        of_product_[i].set(static_cast<std::size_t>(known - plans_.begin()));
    }
  }
  FindProhibited();
}

void PlanConflicts::TakeRules(const PlanRules& rules) {
  for (const auto& [a, b] : rules.exclusive) {
    const auto first = PositionOf(a);
    const auto second = PositionOf(b);
    if (first && second) exclusions_.push_back({*first, *second});
  }
  for (const auto& [plan, any] : rules.needs) {
    Need need{};
    const auto position = PositionOf(plan);
    bool known = position.has_value();
    for (const auto& one : any) {
      const auto needed = PositionOf(one);
      known = known && needed;
      if (needed) need.any.set(*needed);
    }
    if (!known) continue;
    need.plan = *position;
    needs_.push_back(need);
  }
}

std::optional<std::size_t> PlanConflicts::PositionOf(const PlanId& plan) {
  const auto known = std::find(plans_.begin(), plans_.end(), plan);
  if (known != plans_.end()) return static_cast<std::size_t>(known - plans_.begin());
  if (plans_.size() == kPlansMost) return std::nullopt;
  plans_.push_back(plan);
  return plans_.size() - 1;
}

// Rows in error are few; where there is none, there is nothing to look for.
void PlanConflicts::FindProhibited() {
  const auto text = std::find(observed_.texts.begin(), observed_.texts.end(), kProhibited);
  if (text == observed_.texts.end()) return;
  const auto code = static_cast<std::uint32_t>(text - observed_.texts.begin());
  for (Row row = 0; row < observed_.users.size(); ++row) {
    for (const auto& assignment : observed_.users.assignments(row)) {
      if (assignment.error != code) continue;
      const auto country = Locations(observed_.users).text(row);
      if (!country.empty()) prohibited_.emplace(assignment.product, std::string(country));
    }
  }
}

PlanConflicts::Plans PlanConflicts::OnIn(ProductIndex product,
                                         const std::vector<PlanId>& disabled) const {
  auto on = of_product_[product];
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (on[i] && Contains(disabled, plans_[i])) on.reset(i);
  }
  return on;
}

PlanConflicts::Plans PlanConflicts::OnByRow(const AssignmentRow& row) const {
  if (!row.holds_seat() || of_product_[row.product].none()) return {};
  return OnIn(row.product, observed_.plan_sets[row.disabled_plans]);
}

PlanConflicts::Plans PlanConflicts::OnByPart(const Part& part, const Draft& draft) const {
  const auto index = desired_.products[part.product].index;
  if (part.kind == Part::Kind::kRemove || !index) return {};
  return OnIn(*index, draft.plan_sets[part.disabled_plans]);
}

// What the user has on by a direct assignment and has not when the part has gone.
PlanConflicts::Plans PlanConflicts::SwitchedOff(const Part& part, const Draft& draft) const {
  for (const auto& row : observed_.users.assignments(part.row)) {
    const bool same = desired_.products[part.product].index == row.product;
    if (same && row.source == AssignmentSource::kDirect) {
      return OnByRow(row) & ~OnByPart(part, draft);
    }
  }
  return {};
}

PlanConflicts::Views PlanConflicts::Look(std::span<const Part> of_user, const Draft& draft) const {
  Views views;
  for (const auto& row : observed_.users.assignments(of_user.front().row)) {
    const auto on = OnByRow(row);
    views.before |= on;
    const bool changes =
        row.source == AssignmentSource::kDirect &&
        std::any_of(of_user.begin(), of_user.end(), [&](const Part& part) {
          return part.goes() && desired_.products[part.product].index == row.product;
        });
    if (!changes) views.after |= on;
  }
  for (const auto& part : of_user) {
    if (part.goes()) views.after |= OnByPart(part, draft);
  }
  return views;
}

bool PlanConflicts::IsAbout(std::span<const Part> of_user) const {
  return std::any_of(of_user.begin(), of_user.end(), [&](const Part& part) {
    const auto index = desired_.products[part.product].index;
    return part.goes() && index && of_product_[*index].any();
  });
}

void PlanConflicts::Settle(std::span<Part> of_user, Draft& draft) const {
  HoldBackRemovals(of_user, draft.holds);
  while ((waits_ != nullptr && waits_->Defer(of_user, draft)) ||
         (people_ != nullptr && people_->Hold(of_user, draft)) || BlockProhibited(of_user, draft) ||
         (IsAbout(of_user) && BlockOne(of_user, draft))) {
    HoldBackRemovals(of_user, draft.holds);
  }
}

// Where the user is, or will be once a usage location is set with what they are given.
std::string PlanConflicts::CountryOf(Row row) const {
  if (LacksLocation(observed_, row)) return ChooseLocation(desired_, observed_, row).code;
  return std::string(Locations(observed_.users).text(row));
}

bool PlanConflicts::BlockProhibited(std::span<Part> of_user, Draft& draft) const {
  if (prohibited_.empty()) return false;
  const auto country = CountryOf(of_user.front().row);
  for (auto& part : of_user) {
    const auto index = desired_.products[part.product].index;
    if (part.kind != Part::Kind::kAdd || !part.goes() || !index) continue;
    // What failed before the user's country was another says nothing of the present one.
    if (part.reprocesses()) continue;
    if (!prohibited_.contains({*index, country})) continue;
    Block(part, {.text = fmt::format("the service does not allow it in {}", country)}, of_user,
          draft);
    return true;
  }
  return false;
}

bool PlanConflicts::BlockOne(std::span<Part> of_user, Draft& draft) const {
  const auto views = Look(of_user, draft);
  for (const auto& rule : exclusions_) {
    if (BlockExclusive(rule, views, of_user, draft)) return true;
  }
  for (const auto& rule : needs_) {
    if (BlockNeed(rule, views, of_user, draft)) return true;
  }
  return false;
}

// Of the parts that switch one of the two on, the least important is kept back.
bool PlanConflicts::BlockExclusive(const Exclusion& rule, const Views& views,
                                   std::span<Part> of_user, Draft& draft) const {
  if (!views.after[rule.a] || !views.after[rule.b]) return false;
  if (views.before[rule.a] && views.before[rule.b]) return false;
  Part* least = nullptr;
  for (auto& part : of_user) {
    if (!part.goes()) continue;
    const auto on = OnByPart(part, draft);
    const bool switches_on =
        (on[rule.a] && !views.before[rule.a]) || (on[rule.b] && !views.before[rule.b]);
    if (switches_on && (least == nullptr || part.priority <= least->priority)) least = &part;
  }
  if (least == nullptr) return false;
  Block(*least,
        {.text = fmt::format("the service plans {} and {} cannot be held together", NameOf(rule.a),
                             NameOf(rule.b))},
        of_user, draft);
  return true;
}

bool PlanConflicts::BlockNeed(const Need& rule, const Views& views, std::span<Part> of_user,
                              Draft& draft) const {
  const bool lacks = views.after[rule.plan] && (views.after & rule.any).none();
  const bool lacked = views.before[rule.plan] && (views.before & rule.any).none();
  if (!lacks || lacked) return false;
  std::vector<std::string> needed;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (rule.any[i]) needed.push_back(NameOf(i));
  }
  const auto what =
      fmt::format("the service plan {} needs {}", NameOf(rule.plan), fmt::join(needed, " or "));
  for (auto& part : of_user) {
    // A product that brings the plan anew brings it without what it needs, whatever gave it before.
    const bool brings = part.goes() && OnByPart(part, draft)[rule.plan] &&
                        (part.kind == Part::Kind::kAdd || !views.before[rule.plan]);
    if (!brings) continue;
    Block(part, {.text = what + ", which the user would not have"}, of_user, draft);
    return true;
  }
  const auto needed_by = ProductWithOn(rule.plan, of_user, draft);
  for (auto& part : of_user) {
    if (!part.goes() || (SwitchedOff(part, draft) & rule.any).none()) continue;
    Note note{.text = what};
    if (needed_by) {
      const auto& product = observed_.products[*needed_by];
      note.text = fmt::format("{} stays, and its {}", product.name(), what.substr(4));
      note.waits_for = product.id;
    }
    Block(part, note, of_user, draft);
    return true;
  }
  return false;
}

// The product that the user goes on holding, or gets, with the plan on.
std::optional<ProductIndex> PlanConflicts::ProductWithOn(std::size_t plan,
                                                         std::span<const Part> of_user,
                                                         const Draft& draft) const {
  for (const auto& part : of_user) {
    if (part.goes() && OnByPart(part, draft)[plan]) return desired_.products[part.product].index;
  }
  for (const auto& row : observed_.users.assignments(of_user.front().row)) {
    if (OnByRow(row)[plan]) return row.product;
  }
  return std::nullopt;
}

std::string PlanConflicts::NameOf(std::size_t position) const {
  return NameOfServicePlan(plans_[position], observed_);
}

}  // namespace seatkeeper
