#include "reconciler/plan/pinned.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/whole_tenant.h"

namespace seatkeeper {
namespace {

// The name where a shell takes it as it is, else the id.
std::string ShellWord(const Pin& pin) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
           c == '.' || c == '-' || c == '_';
  };
  const auto& name = pin.subject_name;
  if (!name.empty() && name.front() != '-' && std::ranges::all_of(name, plain)) return name;
  const auto* user = std::get_if<UserId>(&pin.subject);
  return user != nullptr ? user->ToString() : std::get<GroupId>(pin.subject).ToString();
}

HeldBy PinnedWhy(const std::string& tenant, const Pin& pin) {
  return {.guardrail = "pinned",
          .value = fmt::format("put back by {} at {}, for plan {} was undone", pin.who,
                               FormatTime(pin.at), pin.plan_id),
          .limit = "what was put back stays until policy wants the same",
          .release = fmt::format("`seatkeeper undo --unpin {} --tenant {} --user {}`", pin.plan_id,
                                 tenant, ShellWord(pin)),
          .product = pin.product};
}

using Plans = std::vector<PlanId>;

class PinHolder {
 public:
  PinHolder(const PlanInput& input, const DesiredState& desired, const PlanConflicts& conflicts,
            Diff& diff)
      : input_(input),
        desired_(desired),
        observed_(input.observed),
        conflicts_(conflicts),
        draft_(diff.draft),
        drift_(diff.drift) {}

  std::vector<std::int64_t> Run() {
    FindDrift();
    for (const auto& pin : input_.memory.pins) {
      const auto product = desired_.Find(pin.product);
      if (!product) continue;  // Nothing touches it.
      const bool over = std::holds_alternative<UserId>(pin.subject) ? KeepUser(pin, *product)
                                                                    : KeepGroup(pin, *product);
      if (over && !input_.policy_outdated) ended_.push_back(pin.number);
    }
    std::sort(ended_.begin(), ended_.end());
    return std::move(ended_);
  }

 private:
  // Differences of pinned users that nothing is done about, too, are no agreement.
  void FindDrift() {
    std::set<UserId> users;
    for (const auto& pin : input_.memory.pins) {
      if (const auto* user = std::get_if<UserId>(&pin.subject)) users.insert(*user);
    }
    if (users.empty()) return;
    for (const auto& drift : drift_) {
      if (drift.kind != Drift::Kind::kRedundant && users.contains(drift.user)) {
        differing_.emplace(drift.user, drift.product);
      }
    }
  }

  bool LeavesAsPinned(Part::Kind kind, PlansIndex disabled, const Pin& pin) const {
    return kind != Part::Kind::kRemove && draft_.plan_sets[disabled] == pin.disabled_plans;
  }

  // Returns whether policy wants what is pinned.
  bool KeepUser(const Pin& pin, DesiredIndex index) {
    const auto& user = std::get<UserId>(pin.subject);
    const auto row = observed_.users.Find(user);
    if (!row) return false;
    bool wanted = false;
    bool altered = false;
    const auto of_user = draft_.PartsOf(*row);
    for (auto& part : of_user) {
      if (part.product != index || !part.can_go()) continue;
      if (LeavesAsPinned(part.kind, part.disabled_plans, pin)) {
        wanted = true;
        continue;
      }
      altered = true;
      Hold(part, PinnedWhy(input_.tenant, pin), of_user, draft_.holds);
    }
    if (altered) {
      conflicts_.Settle(of_user, draft_);
      return false;
    }
    const auto& product = desired_.products[index];
    if (input_.busy.contains(user) || !product.granted.Contains(*row)) return false;
    if (desired_.HigherRungGranted(product, *row)) return false;
    return wanted || (!differing_.contains({user, pin.product}) && IsAsPinned(*row, pin));
  }

  bool IsAsPinned(Row row, const Pin& pin) const {
    const auto rows = observed_.users.assignments(row);
    return std::ranges::any_of(rows, [&](const AssignmentRow& held) {
      return held.source == AssignmentSource::kDirect &&
             observed_.product_ids[held.product] == pin.product &&
             Same(observed_.plan_sets[held.disabled_plans], pin);
    });
  }

  bool Same(const Plans& disabled, const Pin& pin) const {
    const auto index = observed_.FindProduct(pin.product);
    if (!index || observed_.products[*index].plans.empty()) return disabled == pin.disabled_plans;
    const auto& product = observed_.products[*index];
    return EffectivePlans(disabled, product) == EffectivePlans(pin.disabled_plans, product);
  }

  bool KeepGroup(const Pin& pin, DesiredIndex index) {
    const auto& id = std::get<GroupId>(pin.subject);
    for (auto& part : draft_.group_parts) {
      if (part.group != id || part.product != index) continue;
      if (LeavesAsPinned(part.kind, part.disabled_plans, pin)) return true;
      Hold(part, PinnedWhy(input_.tenant, pin), draft_.holds);
      return false;
    }
    const auto* group = observed_.FindGroup(id);
    if (group == nullptr || input_.busy_groups.contains(id)) return false;
    const auto license = std::ranges::find(group->licenses, pin.product, &GroupLicense::product);
    return license != group->licenses.end() && Same(license->disabled_plans, pin) &&
           GrantedToGroup(desired_.products[index], id, pin);
  }

  // Statements stand by priority. One that says another thing of service plans, and is not
  // followed for whatever reason, wants something else all the same.
  bool GrantedToGroup(const DesiredProduct& product, const GroupId& id, const Pin& pin) const {
    std::optional<int> priority;
    bool granted = false;
    for (const auto& statement : product.group_statements) {
      if (!Contains(desired_.selections[statement.selection].groups, id)) continue;
      if (priority && *priority != statement.priority) break;
      priority = statement.priority;
      granted = statement.kind == PolicyStatement::Kind::kGrant;
      if (!granted) return false;
      if (statement.shapes_plans() && !Same(statement.disabled_plans, pin)) return false;
    }
    return granted;
  }

  const PlanInput& input_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  const PlanConflicts& conflicts_;
  Draft& draft_;
  const std::vector<Drift>& drift_;
  std::set<std::pair<UserId, SkuId>> differing_;
  std::vector<std::int64_t> ended_;
};

}  // namespace

std::vector<std::int64_t> HoldPinned(const PlanInput& input, const DesiredState& desired,
                                     const PlanConflicts& conflicts, Diff& diff) {
  if (input.memory.pins.empty()) return {};
  return PinHolder(input, desired, conflicts, diff).Run();
}

void HoldPinned(const std::string& tenant, const std::vector<Pin>& pins,
                std::vector<Change>& changes) {
  if (pins.empty()) return;
  std::multimap<Subject, const Pin*> by_subject;
  for (const auto& pin : pins) by_subject.emplace(pin.subject, &pin);
  for (auto& change : changes) {
    const auto [begin, end] = by_subject.equal_range(change.subject());
    for (auto pin = begin; pin != end; ++pin) {
      if (!Alters(change.add, change.remove, *pin->second)) continue;
      HoldBesides(change, PinnedWhy(tenant, *pin->second));
    }
  }
}

void TellEndedPins(const std::vector<Pin>& pins, std::vector<std::int64_t> ended, Plan& plan) {
  for (const auto& pin : pins) {
    if (!Contains(ended, pin.number)) continue;
    plan.warnings.push_back(
        fmt::format("{} of {} is pinned no longer: policy wants what {} put back at {}",
                    plan.ProductName(pin.product), pin.subject_name, pin.who, FormatTime(pin.at)));
  }
  plan.ended_pins = std::move(ended);
}

}  // namespace seatkeeper
