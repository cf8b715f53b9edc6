#include "reconciler/plan/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "reconciler/plan/amounts.h"
#include "reconciler/plan/closed_times.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/order.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/reversals.h"
#include "reconciler/plan/whole_tenant.h"

namespace seatkeeper {
namespace {

int ValueOr(const std::map<SkuId, int>& values, const SkuId& product) {
  const auto found = values.find(product);
  return found == values.end() ? 0 : found->second;
}

std::string Describe(const AmountLimit& limit, int allowed, int at_start) {
  std::string parts;
  if (limit.seats) parts += fmt::format("{} seats", *limit.seats);
  if (limit.percent) {
    parts += fmt::format("{}{:g} % of {}", parts.empty() ? "" : ", ", *limit.percent, at_start);
  }
  return fmt::format("{} ({}) in 24 hours", allowed, parts);
}

// What holds removals of every product alike.
std::vector<HeldBy> GeneralReasons(const GuardInput& input) {
  std::vector<HeldBy> reasons;
  if (input.policy_outdated) {
    reasons.push_back({.guardrail = "policy-not-loading",
                       .value = "the newest policy files do not load",
                       .limit = "removals rest on a policy that loads",
                       .release = "repair the policy files: `seatkeeper validate` names the line",
                       .product = {}});
  }
  if (input.no_license_policy) {
    reasons.push_back({.guardrail = "no-policy",
                       .value = "no LicensePolicy speaks about this tenant",
                       .limit = "at least one says who is to keep what",
                       .release = "bring back the LicensePolicy documents, or set the products to "
                                  "`assign-only`",
                       .product = {}});
  }
  if (!input.people.unresolved().empty()) {
    reasons.push_back({.guardrail = "protected",
                       .value = fmt::format("{}", fmt::join(input.people.unresolved(), "; ")),
                       .limit = "everybody who is protected is known",
                       .release = "correct `protected` in the policy, or bring the group or user "
                                  "back",
                       .product = {}});
  }
  reasons.insert(reasons.end(), input.doubts.holding.begin(), input.doubts.holding.end());
  return reasons;
}

// The store was in doubt until lately: what was removed before it, nobody can count.
std::optional<HeldBy> AllowanceSpent(const SkuId& product, int planned, const GuardInput& input) {
  if (planned == 0) return std::nullopt;
  const auto until = FormatTime(*input.doubts.allowance_spent_until);
  return HeldBy{.guardrail = "maxUnassign",
                .value = fmt::format("{} removal{} planned, and the day's allowance counts as "
                                     "spent: the store was in doubt",
                                     planned, planned == 1 ? "" : "s"),
                .limit = fmt::format("0 until {}", until),
                .release = fmt::format("wait until {}", until),
                .product = product};
}

// Why so many removals of one product are too many; nothing when they are not.
std::optional<HeldBy> TooMany(const SkuId& product, int planned, const GuardInput& input) {
  const int before = ValueOr(input.removals_in_window, product);
  const int at_start = ValueOr(input.assigned, product) + before;
  auto limit = input.max_unassign;
  auto allowed = AllowedRemovals(limit, at_start);
  const auto ceiling = input.ceilings.max_unassign.value_or(AmountLimit{});
  const auto at_most = AllowedRemovals(ceiling, at_start);
  const bool by_ceiling = at_most && (!allowed || *at_most < *allowed);
  if (by_ceiling) {
    limit = ceiling;
    allowed = at_most;
  }
  if (allowed && input.doubts.allowance_spent_until) return AllowanceSpent(product, planned, input);
  if (!allowed || before + planned <= *allowed) return std::nullopt;
  return HeldBy{.guardrail = "maxUnassign",
                .value = before == 0 ? fmt::format("{} removals planned", planned)
                                     : fmt::format("{} removals planned, {} in the last 24 hours",
                                                   planned, before),
                .limit = Describe(limit, *allowed, at_start),
                .release = ReleaseOf("maxUnassign", by_ceiling),
                .product = product};
}

// Every reason to hold removals of this product, of which so many are planned.
std::vector<HeldBy> ReasonsToHold(const SkuId& product, int planned, const GuardInput& input) {
  auto reasons = GeneralReasons(input);
  for (auto& reason : reasons) reason.product = product;
  // What waits for a window anyway counts when it opens.
  if (reasons.empty() && input.opening.open) {
    if (auto too_many = TooMany(product, planned, input)) reasons.push_back(*std::move(too_many));
  }
  return reasons;
}

// What has not been unwanted for long enough is judged when it has.
bool IsPlanned(const Part& part) {
  return part.can_go() && part.takes_away && part.held == 0 && part.wait != Wait::kUnwanted;
}

bool IsPlanned(const GroupPart& part) {
  return part.takes_away() && part.held == 0 && part.removal_wait == 0;
}

// A group without members that lose anything now: who joins meanwhile would.
bool AnyGroupLoses(const Draft& draft, std::size_t product) {
  return std::any_of(draft.group_parts.begin(), draft.group_parts.end(),
                     [&](const auto& part) { return part.product == product && IsPlanned(part); });
}

void HoldAndDigest(Plan& plan, const GuardInput& input) {
  for (auto& change : plan.changes) {
    if (change.verdict == Verdict::kHeld) continue;
    for (const auto& why : input.people.ReasonsToHold(change)) HoldWhole(change, why);
  }
  DeferLosses(input.opening, plan.changes);
  std::map<SkuId, int> planned;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kHeld || change.unwanted || !change.takes_away()) continue;
    change.ForEachRemoval(
        [&](const SkuId& product) { planned[product] += change.UsersLosing(product); });
  }
  for (const auto& [product, count] : planned) {
    for (const auto& why : ReasonsToHold(product, count, input)) {
      for (auto& change : plan.changes) {
        if (change.verdict == Verdict::kHeld || change.unwanted) continue;
        const auto removals = change.removals();
        if (std::binary_search(removals.begin(), removals.end(), product)) HoldWhole(change, why);
      }
    }
  }
  HoldAmounts(plan.changes, input);
  const auto reversed = HoldReversed(input.repetitions, plan.changes);
  HoldTenant(TenantReasons(plan.tenant, reversed, input), plan.changes);
  plan.suspended = input.suspended;
  plan.digest = PlanDigest(plan.tenant, plan.changes, Verdict::kGo);
  plan.held_digest = PlanDigest(plan.tenant, plan.changes, Verdict::kHeld);
}

}  // namespace

AmountLimit StrictestMaxUnassign(const std::vector<const Guardrails*>& documents) {
  AmountLimit strictest;
  bool said = false;
  for (const auto* document : documents) {
    if (!document->max_unassign) continue;
    said = true;
    const auto& limit = *document->max_unassign;
    if (limit.seats)
      strictest.seats = std::min(*limit.seats, strictest.seats.value_or(*limit.seats));
    if (limit.percent) {
      strictest.percent = std::min(*limit.percent, strictest.percent.value_or(*limit.percent));
    }
  }
  if (!said) return {.seats = kDefaultMaxUnassignSeats, .percent = kDefaultMaxUnassignPercent};
  return strictest;
}

std::optional<int> AllowedRemovals(const AmountLimit& limit, int assigned_at_window_start) {
  std::optional<int> allowed = limit.seats;
  if (limit.percent) {
    // Percent of few is none; one removal must stay possible or small tenants could never shrink.
    const int share = std::max(
        1, static_cast<int>(std::floor(*limit.percent * assigned_at_window_start / 100.0)));
    allowed = std::min(share, allowed.value_or(share));
  }
  return allowed;
}

void HoldRemovals(Draft& draft, const std::vector<DesiredProduct>& products,
                  const PlanConflicts& conflicts, const GuardInput& input) {
  std::vector<int> planned(products.size());
  for (const auto& part : draft.parts) {
    if (IsPlanned(part)) ++planned[part.product];
  }
  for (const auto& part : draft.group_parts) {
    if (IsPlanned(part)) planned[part.product] += part.losing;
  }
  std::vector<std::vector<HeldBy>> reasons(products.size());
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (planned[i] > 0 || AnyGroupLoses(draft, i))
      reasons[i] = ReasonsToHold(products[i].id, planned[i], input);
  }
  draft.ForEachUser([&](std::span<Part> of_user) {
    for (auto& part : of_user) {
      if (!IsPlanned(part)) continue;
      for (const auto& why : reasons[part.product]) Hold(part, why, of_user, draft.holds);
    }
    conflicts.Settle(of_user, draft);
  });
  for (auto& part : draft.group_parts) {
    if (!IsPlanned(part)) continue;
    for (const auto& why : reasons[part.product]) part.held = draft.holds.Add(part.held, why);
    if (part.held != 0) part.verdict = Verdict::kHeld;
  }
}

GuardedPlan Guard(Plan plan, const GuardInput& input) {
  HoldAndDigest(plan, input);
  return PlanGuard::Seal(std::move(plan), input);
}

GuardedPlan GuardInOrder(Plan plan, const GuardInput& input) {
  HoldAndDigest(plan, input);
  SortChanges(plan.changes);
  return PlanGuard::Seal(std::move(plan), input);
}

}  // namespace seatkeeper
