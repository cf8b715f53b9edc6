#include "reconciler/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/diff.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/risk.h"
#include "reconciler/plan/schedule.h"

namespace seatkeeper {
namespace {

GuardInput MakeGuardInput(const PlanInput& input, const std::map<SkuId, Seats>& seats) {
  std::vector<const Guardrails*> documents;
  for (const auto& document : input.policies.guardrails) {
    if (AppliesTo(document.tenants, input.tenant)) documents.push_back(&document);
  }
  const auto& policies = input.policies.license_policies;
  GuardInput guard{
      .max_unassign = StrictestMaxUnassign(documents),
      .removals_in_window = input.removals_in_window,
      .assigned = {},
      .free_seats = {},
      .policy_outdated = input.policy_outdated,
      .no_license_policy = std::none_of(policies.begin(), policies.end(), [&](const auto& policy) {
        return AppliesTo(policy.tenants, input.tenant);
      })};
  for (const auto& [product, count] : seats) {
    guard.assigned.emplace(product, count.assigned);
    guard.free_seats.emplace(product, count.free());
  }
  return guard;
}

std::string NameOf(const ObservedState& observed, const ProductCatalog& catalog,
                   const SkuId& product) {
  if (const auto index = observed.FindProduct(product)) {
    if (!observed.products[*index].part_number.empty()) return observed.products[*index].name();
  }
  const auto* fact = catalog.FindProduct(product);
  return fact == nullptr || fact->part_number.empty() ? product.ToString() : fact->part_number;
}

void AddNames(const ObservedState& observed, const ProductCatalog& catalog,
              const DesiredState& desired, Plan& plan) {
  for (const auto& product : desired.products) {
    plan.product_names[product.id] = NameOf(observed, catalog, product.id);
    if (!product.index) continue;
    for (const auto& service_plan : observed.products[*product.index].plans) {
      plan.plan_names[service_plan.id] = service_plan.name;
    }
  }
}

void AddProducts(const std::map<SkuId, Seats>& seats, const std::map<SkuId, Shortage>& shortages,
                 Plan& plan) {
  std::map<SkuId, int> delta;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) ++delta[product];
    for (const auto& product : change.frees_seats) --delta[product];
  }
  for (const auto& [id, count] : seats) {
    const auto shortage = shortages.find(id);
    plan.products.push_back(
        {.id = id,
         .part_number = plan.ProductName(id),
         .purchased = count.purchased,
         .assigned = count.assigned + count.unseen,
         .assigned_after = count.assigned + count.unseen + delta[id],
         .short_by = shortage == shortages.end() ? 0 : shortage->second.short_by});
  }
  std::sort(plan.products.begin(), plan.products.end(),
            [](const PlanProduct& a, const PlanProduct& b) {
              return std::tie(a.part_number, a.id) < std::tie(b.part_number, b.id);
            });
}

void AddShortageWarnings(const std::map<SkuId, Shortage>& shortages, Plan& plan) {
  for (const auto& [product, shortage] : shortages) {
    auto text = fmt::format("{} is short of {} seat{}: that many users are granted it and get none",
                            plan.ProductName(product), shortage.short_by,
                            shortage.short_by == 1 ? "" : "s");
    if (shortage.swaps > 0) {
      text += fmt::format("; {} of them keep{} what they have until then", shortage.swaps,
                          shortage.swaps == 1 ? "s" : "");
    }
    plan.warnings.push_back(std::move(text));
  }
}

void Finish(const ObservedState& observed, std::vector<Change>& changes) {
  for (auto& change : changes) {
    // Parts may have moved between entries since: both are judged by what they really do.
    change.risk = RisksOf(change, *observed.users.Find(change.user), observed);
    if (change.verdict != Verdict::kGo) change.wave = 0;
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    const auto order = [](const Change& change) {
      return std::tuple(change.wave == 0, change.wave, change.verdict == Verdict::kHeld);
    };
    return std::tuple(order(a), std::tie(a.user_principal_name, a.user)) <
           std::tuple(order(b), std::tie(b.user_principal_name, b.user));
  });
}

void ExplainShortages(const std::set<std::pair<UserId, SkuId>>& unseated,
                      std::vector<Drift>& drift) {
  for (auto& difference : drift) {
    if (difference.kind == Drift::Kind::kMissing &&
        unseated.contains({difference.user, difference.product})) {
      difference.cause += ", but no seat is free";
    }
  }
}

void SortDrift(std::vector<Drift>& drift) {
  std::sort(drift.begin(), drift.end(), [](const Drift& a, const Drift& b) {
    return std::tie(a.user_principal_name, a.user, a.product, a.kind) <
           std::tie(b.user_principal_name, b.user, b.product, b.kind);
  });
}

}  // namespace

Result<GuardedPlan> MakePlan(const PlanInput& input) {
  auto desired =
      ResolveDesired(input.policies, input.tenant, input.observed, input.now, input.catalog);
  if (!desired) return std::move(desired).error();
  const auto seats = CountSeats(*desired, input.observed, input.unseen_seats);
  const auto guard = MakeGuardInput(input, seats);

  auto diff = ComputeDiff(*desired, input.observed, input.busy);
  HoldRemovals(diff.changes, guard);
  // Held removals keep their seats: only what still goes frees any.
  auto scheduled = Schedule(std::move(diff.changes), guard.free_seats);

  Plan plan;
  plan.tenant = input.tenant;
  plan.policy_revision = input.policy_revision;
  plan.observed_at = input.observed.read_at;
  plan.changes = std::move(scheduled.changes);
  plan.drift = std::move(diff.drift);
  plan.warnings = std::move(desired->warnings);
  plan.next_flip = desired->next_flip;
  AddNames(input.observed, input.catalog, *desired, plan);
  Finish(input.observed, plan.changes);
  ExplainShortages(scheduled.unseated, plan.drift);
  SortDrift(plan.drift);
  AddProducts(seats, scheduled.shortages, plan);
  AddShortageWarnings(scheduled.shortages, plan);
  if (!input.busy.empty()) {
    plan.warnings.push_back(
        fmt::format("{} user{} changed earlier and not yet confirmed: left "
                    "alone until the tenant shows the outcome",
                    input.busy.size(), input.busy.size() == 1 ? "" : "s"));
  }
  std::sort(plan.warnings.begin(), plan.warnings.end());
  return Guard(std::move(plan), guard);
}

}  // namespace seatkeeper
