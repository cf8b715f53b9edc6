#include "reconciler/plan/undo_plan.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/risk.h"
#include "reconciler/plan/undo.h"
#include "reconciler/plan/undo_seats.h"

namespace seatkeeper {
namespace {

class UndoPlanner {
 public:
  UndoPlanner(const PlanInput& input, const DesiredState& desired,
              const std::map<SkuId, int>& unseen)
      : input_(input),
        desired_(desired),
        observed_(input.observed),
        seating_(desired, input.observed, unseen),
        risks_(observed_) {}

  GuardedPlan Run(GuardInput guard, const std::set<Subject>& held) {
    auto outline = OutlineUndo(*input_.undo, observed_, {input_.busy, input_.busy_groups});
    seating_.Run(std::move(outline.restorations), held);
    Undone undone{.pins = {},
                  .not_restored = std::move(outline.not_restored),
                  .left_alone = outline.left_alone};
    undone.not_restored.insert(undone.not_restored.end(), seating_.left_out().begin(),
                               seating_.left_out().end());
    std::ranges::sort(undone.not_restored, [](const NotRestored& a, const NotRestored& b) {
      return std::tie(a.subject_name, a.subject, a.product, a.plan_id, a.why) <
             std::tie(b.subject_name, b.subject, b.product, b.plan_id, b.why);
    });
    AddPins(undone);
    Plan plan = MakePlan(undone);
    plan.undone = std::move(undone);
    FillGuard(guard);
    return GuardInOrder(std::move(plan), guard);
  }

 private:
  // Whether giving one product for the other leads up their ladder.
  bool GoesUp(const SkuId& taken, const SkuId& given) const {
    const auto rung = [&](const SkuId& id) -> const Rung* {
      const auto found = desired_.Find(id);
      if (!found || !desired_.products[*found].rung) return nullptr;
      return &*desired_.products[*found].rung;
    };
    const auto* from = rung(taken);
    const auto* to = rung(given);
    return from != nullptr && to != nullptr && from->ladder == to->ladder &&
           to->number < from->number;
  }

  Change MakeChange(const SeatedRestoration& entry) const {
    const auto& restoration = entry.restoration;
    Change change;
    change.add = restoration.add;
    change.remove = restoration.remove;
    change.plans_off = restoration.plans_off;
    change.swaps = restoration.swaps;
    for (const auto& product : restoration.remove) {
      const bool up = std::ranges::all_of(restoration.swaps, [&](const auto& swap) {
        return swap.first != product || GoesUp(product, swap.second);
      });
      if (up) change.replaced.push_back(product);
    }
    change.takes_seats = entry.takes;
    change.frees_seats = entry.frees;
    change.usage_location = entry.usage_location;
    change.wave = entry.wave;
    change.reason = Reason::kRestored;
    change.origin = restoration.origin;
    if (entry.group != nullptr) {
      DescribeGroup(entry, change);
    } else {
      change.user = observed_.users.id(*entry.row);
      change.user_principal_name = restoration.subject_name;
      change.before = DirectAssignments(observed_, *entry.row);
      change.fingerprint = observed_.Fingerprint(*entry.row);
      change.risk = risks_.RisksOf(change, *entry.row);
    }
    change.id = ChangeId(change);
    return change;
  }

  void DescribeGroup(const SeatedRestoration& entry, Change& change) const {
    const auto& group = *entry.group;
    change.group = LicensedGroup{.id = group.id, .display_name = group.display_name};
    const auto* members = observed_.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
    if (members != nullptr) change.group->members = static_cast<int>(members->users.size());
    change.group->losses = entry.losses;
    for (const auto& [product, digest] : entry.affected) {
      if (IsGiven(entry.restoration, product)) change.affected.emplace_back(product, digest);
    }
    for (const auto& license : group.licenses) {
      change.before.push_back({license.product, license.disabled_plans});
    }
    std::sort(change.before.begin(), change.before.end());
    change.fingerprint = Fingerprint(group);
  }

  void AddPins(Undone& undone) const {
    for (const auto& entry : seating_.seated()) {
      const auto& restoration = entry.restoration;
      for (const auto& add : restoration.add) {
        undone.pins.push_back({.subject = restoration.subject,
                               .subject_name = restoration.subject_name,
                               .product = add.product,
                               .disabled_plans = add.disabled_plans,
                               .plan_id = restoration.plan_ids.at(add.product)});
      }
    }
  }

  Plan MakePlan(const Undone& undone) {
    Plan plan;
    plan.tenant = input_.tenant;
    plan.tenant_id = observed_.tenant;
    plan.policy_revision = input_.policy_revision;
    plan.observed_at = observed_.read_at;
    for (const auto& entry : seating_.seated()) plan.changes.push_back(MakeChange(entry));
    AddNames(undone, plan);
    AddProducts(plan);
    TellDoubts(input_.doubts, plan);
    std::sort(plan.warnings.begin(), plan.warnings.end());
    return plan;
  }

  void AddNames(const Undone& undone, Plan& plan) {
    const auto add = [&](const SkuId& product) {
      plan.product_names[product] = NameOfProduct(product, observed_, input_.catalog);
    };
    std::ranges::for_each(seating_.book().products(), add);
    for (const auto& left : undone.not_restored) {
      if (left.product) add(*left.product);
    }
    for (const auto& product : observed_.products) {
      for (const auto& service_plan : product.plans) {
        plan.plan_names[service_plan.id] = service_plan.name;
      }
    }
  }

  // Those of which seats or service plans are touched.
  void AddProducts(Plan& plan) {
    std::map<SkuId, int> delta;
    for (const auto& change : plan.changes) {
      for (const auto& add : change.add) delta[add.product];
      for (const auto& product : change.remove) delta[product];
      for (const auto& product : change.takes_seats) ++delta[product];
      for (const auto& product : change.frees_seats) --delta[product];
    }
    for (const auto& [product, more] : delta) {
      const auto& seats = seating_.book().SeatsOf(seating_.book().IndexOf(product));
      const int assigned = seats.assigned + seats.unseen;
      PlanProduct row{.id = product,
                      .part_number = plan.ProductName(product),
                      .purchased = seats.purchased,
                      .assigned = assigned,
                      .assigned_after = assigned + more,
                      .reserve = seats.reserve};
      if (const auto index = observed_.FindProduct(product)) {
        row.warning = observed_.products[*index].prepaid.warning;
        row.suspended = observed_.products[*index].prepaid.suspended;
      }
      plan.products.push_back(std::move(row));
    }
    std::ranges::sort(plan.products, [](const PlanProduct& a, const PlanProduct& b) {
      return std::tie(a.part_number, a.id) < std::tie(b.part_number, b.id);
    });
  }

  void FillGuard(GuardInput& guard) {
    // Windows and freezes are about what policy does; this takes it back.
    guard.opening = {};
    for (std::size_t i = 0; i < seating_.book().products().size(); ++i) {
      const auto& product = seating_.book().products()[i];
      const auto& seats = seating_.book().SeatsOf(static_cast<DesiredIndex>(i));
      guard.assigned.emplace(product, seats.assigned);
      guard.purchased.emplace(product, seats.purchased);
      guard.free_seats.emplace(product, seats.free());
    }
  }

  const PlanInput& input_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  UndoSeating seating_;
  RiskJudge risks_;
};

}  // namespace

GuardedPlan PlanUndo(const PlanInput& input, const DesiredState& desired,
                     const std::map<SkuId, int>& unseen, const GuardInput& guard) {
  // What the guard holds frees no seats: then seats are given again, until nothing moves.
  for (std::set<Subject> held;;) {
    auto plan = UndoPlanner(input, desired, unseen).Run(guard, held);
    bool grown = false;
    for (const auto& change : plan.plan().changes) {
      if (change.verdict != Verdict::kHeld || change.frees_seats.empty()) continue;
      grown = held.insert(change.subject()).second || grown;
    }
    if (!grown) return plan;
  }
}

}  // namespace seatkeeper
