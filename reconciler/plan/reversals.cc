#include "reconciler/plan/reversals.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "reconciler/plan/approvals.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/whole_tenant.h"

namespace seatkeeper {
namespace {

std::string_view Done(ChangeStep::Kind kind) {
  switch (kind) {
    case ChangeStep::Kind::kGive:
      return "given";
    case ChangeStep::Kind::kTake:
      return "taken away";
    case ChangeStep::Kind::kPlans:
      break;
  }
  return "service plans switched";
}

HeldBy ReversedWhy(const ChangeStep& step, const Repetition& repetition) {
  auto value = fmt::format("{} {} times in 24 hours, last at {}, and undone each time",
                           Done(step.kind), repetition.times, FormatTime(repetition.last));
  if (repetition.unseen > 0) {
    value += fmt::format("; {} of them never showed", repetition.unseen);
  }
  return {.guardrail = "reversed",
          .value = std::move(value),
          .limit = fmt::format("{} times in 24 hours", kReversalsMost),
          .release =
              "settle it with whoever undoes it; it is tried again when fewer are left "
              "within 24 hours",
          .product = step.product,
          .approvable = true};
}

// The step of giving a product, or of switching the plans of one that is held directly.
ChangeStep GivingStep(const Subject& subject, const SkuId& product,
                      const std::vector<PlanId>& disabled, const std::vector<AddLicense>& before) {
  const bool held = std::any_of(before.begin(), before.end(), [&](const AddLicense& license) {
    return license.product == product;
  });
  if (!held) return {.subject = subject, .product = product};
  return {.subject = subject,
          .product = product,
          .kind = ChangeStep::Kind::kPlans,
          .disabled_plans = disabled};
}

ChangeStep TakingStep(const Subject& subject, const SkuId& product) {
  return {.subject = subject, .product = product, .kind = ChangeStep::Kind::kTake};
}

// Users and groups with steps that may have been undone, so that nobody else is looked at.
std::set<Subject> SubjectsOf(const Repetitions& repetitions) {
  std::set<Subject> subjects;
  for (const auto& [step, repetition] : repetitions) subjects.insert(step.subject);
  return subjects;
}

// Of a draft, by user and group.
class DraftHolder {
 public:
  DraftHolder(const std::vector<DesiredProduct>& products, const ObservedState& observed,
              const Repetitions& repetitions, const PlanConflicts& conflicts, Draft& draft)
      : products_(products),
        observed_(observed),
        repetitions_(repetitions),
        conflicts_(conflicts),
        draft_(draft) {}

  std::size_t Run() {
    for (const auto& subject : SubjectsOf(repetitions_)) {
      if (const auto* user = std::get_if<UserId>(&subject)) {
        HoldUser(*user);
      } else {
        HoldGroup(std::get<GroupId>(subject));
      }
    }
    return steps_;
  }

 private:
  template <typename AnyPart>
  std::optional<HeldBy> WhyHeld(const Subject& subject, const AnyPart& part,
                                const std::vector<AddLicense>& before) {
    const auto& product = products_[part.product].id;
    const auto found = repetitions_.find(
        part.kind == Part::Kind::kRemove
            ? TakingStep(subject, product)
            : GivingStep(subject, product, draft_.plan_sets[part.disabled_plans], before));
    if (found == repetitions_.end()) return std::nullopt;
    return ReversedWhy(found->first, found->second);
  }

  void HoldUser(const UserId& user) {
    const auto row = observed_.users.Find(user);
    if (!row) return;
    const auto of_user = draft_.PartsOf(*row);
    const auto before = DirectAssignments(observed_, *row);
    bool held = false;
    for (auto& part : of_user) {
      if (!part.can_go()) continue;
      const auto why = WhyHeld(user, part, before);
      if (!why || draft_.IsReleased(part, of_user, *why)) continue;
      ++steps_;
      Hold(part, *why, of_user, draft_.holds);
      held = true;
    }
    if (held) conflicts_.Settle(of_user, draft_);
  }

  // One request, and what a group loses must not go before what it is to be given: all of it.
  void HoldGroup(const GroupId& id) {
    const auto* group = observed_.FindGroup(id);
    if (group == nullptr) return;
    std::vector<AddLicense> before;
    for (const auto& license : group->licenses) before.push_back({license.product, {}});
    std::vector<HeldBy> reasons;
    for (const auto& part : draft_.group_parts) {
      if (part.group != id) continue;
      auto why = WhyHeld(id, part, before);
      if (!why || IsReleased(id, *why)) continue;
      ++steps_;
      reasons.push_back(*std::move(why));
    }
    for (const auto& why : reasons) {
      for (auto& part : draft_.group_parts) {
        if (part.group == id) Hold(part, why, draft_.holds);
      }
    }
  }

  bool IsReleased(const GroupId& id, const HeldBy& why) const {
    return std::ranges::all_of(draft_.group_parts, [&](const GroupPart& part) {
      return part.group != id || draft_.IsReleased(part, why);
    });
  }

  const std::vector<DesiredProduct>& products_;
  const ObservedState& observed_;
  const Repetitions& repetitions_;
  const PlanConflicts& conflicts_;
  Draft& draft_;
  std::size_t steps_ = 0;
};

}  // namespace

std::size_t HoldReversed(const std::vector<DesiredProduct>& products, const ObservedState& observed,
                         const Repetitions& repetitions, const PlanConflicts& conflicts,
                         Draft& draft) {
  return DraftHolder(products, observed, repetitions, conflicts, draft).Run();
}

std::size_t HoldReversed(const Repetitions& repetitions, const Releases& releases,
                         std::vector<Change>& changes) {
  if (repetitions.empty()) return 0;
  const auto subjects = SubjectsOf(repetitions);
  std::size_t steps = 0;
  for (auto& change : changes) {
    const auto subject = change.subject();
    if (!subjects.contains(subject)) continue;
    const auto hold = [&](const ChangeStep& step) {
      const auto found = repetitions.find(step);
      if (found == repetitions.end()) return;
      const auto why = ReversedWhy(found->first, found->second);
      if (change.group ? releases.CoversWhole(change, why)
                       : releases.Covers(change, step.product, why)) {
        return;
      }
      ++steps;
      HoldBesides(change, why);
    };
    for (const auto& add : change.add) {
      hold(GivingStep(subject, add.product, add.disabled_plans, change.before));
    }
    for (const auto& product : change.remove) hold(TakingStep(subject, product));
  }
  return steps;
}

}  // namespace seatkeeper
