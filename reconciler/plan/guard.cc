#include "reconciler/plan/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

#include "reconciler/plan/amounts.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/closed_times.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/order.h"
#include "reconciler/plan/pinned.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/reversals.h"
#include "reconciler/plan/revision_check.h"
#include "reconciler/plan/whole_tenant.h"
#include "reconciler/seams/planted.h"

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
std::optional<HeldBy> AllowanceSpent(const SkuId& product, int planned, bool ceiling,
                                     const GuardInput& input) {
  if (planned == 0) return std::nullopt;
  const auto until = FormatTime(*input.doubts.allowance_spent_until);
  return HeldBy{.guardrail = kMaxUnassign,
                .value = fmt::format("{} removal{} planned, and the day's allowance counts as "
                                     "spent: the store was in doubt",
                                     planned, planned == 1 ? "" : "s"),
                .limit = fmt::format("0 until {}", until),
                .release = fmt::format("wait until {}", until),
                .product = product,
                .approvable = !ceiling};
}

// Why so many removals of one product are too many; nothing when they are not.
std::optional<HeldBy> TooMany(const SkuId& product, const Amount& planned,
                              const GuardInput& input) {
  const auto beyond = [&](const AmountLimit& limit, int count, int before,
                          bool ceiling) -> std::optional<HeldBy> {
    const int at_start = ValueOr(input.assigned, product) + before;
    const auto allowed = AllowedRemovals(limit, at_start);
    if (!allowed) return std::nullopt;
    if (input.doubts.allowance_spent_until) return AllowanceSpent(product, count, ceiling, input);
    if (before + count <= *allowed) return std::nullopt;
    return HeldBy{.guardrail = kMaxUnassign,
                  .value = before == 0 ? fmt::format("{} removals planned", count)
                                       : fmt::format("{} removals planned, {} in the last 24 hours",
                                                     count, before),
                  .limit = Describe(limit, *allowed, at_start),
                  .release = ReleaseOf(kMaxUnassign, ceiling),
                  .product = product,
                  .approvable = !ceiling};
  };
  const int before = ValueOr(input.removals_in_window, product);
  const int approved = ValueOr(input.approved_removals_in_window, product);
  auto too_many = beyond(input.ceilings.max_unassign.value_or(AmountLimit{}), planned.all,
                         before + approved, true);
  return too_many ? too_many : beyond(input.max_unassign, planned.unreleased, before, false);
}

// Every reason to hold removals of this product, of which so many are planned.
std::vector<HeldBy> ReasonsToHold(const SkuId& product, const Amount& planned,
                                  const GuardInput& input) {
  auto reasons = GeneralReasons(input);
  for (auto& reason : reasons) reason.product = product;
  // What waits for a window anyway counts when it opens.
  if (reasons.empty() && input.opening.open) {
    if (auto too_many = TooMany(product, planned, input)) reasons.push_back(*std::move(too_many));
  }
  AddReadingReasons(input.readings, product, reasons);
  // Who approves these has not approved that they are so many.
  std::ranges::move(SuspicionsOf(product, input.suspicions), std::back_inserter(reasons));
  return reasons;
}

// What has not been unwanted for long enough is judged when it has.
bool IsPlanned(const Part& part) {
  if (IsPlanted(PlantedBug::kPlansOffUncounted) && part.plans_off) return false;
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
  const Releases nothing;
  const auto& releases = input.releases == nullptr ? nothing : *input.releases;
  for (auto& change : plan.changes) {
    if (change.verdict == Verdict::kHeld) continue;
    for (const auto& why : input.people.ReasonsToHold(change)) {
      // What the gate itself held before, it held as a whole.
      if (releases.CoversSome(change, why) || releases.CoversWhole(change, why)) continue;
      HoldWhole(change, why);
    }
  }
  DeferLosses(input.opening, plan.changes);
  std::map<SkuId, Amount> planned;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kHeld || change.unwanted || !change.takes_away()) continue;
    if (IsPlanted(PlantedBug::kPlansOffUncounted) && !change.plans_off.empty()) continue;
    change.ForEachRemoval([&](const SkuId& product) {
      planned[product].Add(
          IsPlanted(PlantedBug::kMembersUncounted) ? 1 : change.UsersLosing(product),
          !releases.empty() && releases.Covers(change, product, ToAsk(kMaxUnassign, product)));
    });
  }
  for (const auto& [product, count] : planned) {
    for (const auto& why : ReasonsToHold(product, count, input)) {
      for (auto& change : plan.changes) {
        if (change.verdict == Verdict::kHeld || change.unwanted) continue;
        const auto removals = change.removals();
        const bool loses = std::binary_search(removals.begin(), removals.end(), product);
        if (loses && !releases.Covers(change, product, why)) HoldWhole(change, why);
      }
    }
  }
  HoldAmounts(plan.changes, input);
  HoldPinned(plan.tenant, input.pins, plan.changes);
  const auto reversed = HoldReversed(input.repetitions, releases, plan.changes);
  HoldTenant(TenantReasons(plan.tenant, reversed, input), plan.changes);
  plan.suspended = input.suspended;
  for (auto& change : plan.changes) {
    change.approved.clear();
    if (change.verdict == Verdict::kGo) change.approved = releases.UsedBy(change);
  }
  AcceptApproved(input.readings, plan);
  plan.digest = PlanDigest(plan.tenant, plan.changes, Verdict::kGo);
  DigestHeldSets(plan);
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
  std::vector<Amount> planned(products.size());
  const bool some = draft.releases_some();
  const auto to_ask = [&](const auto& part) {
    return ToAsk(kMaxUnassign, products[part.product].id);
  };
  draft.ForEachUser([&](std::span<Part> of_user) {
    for (const auto& part : of_user) {
      if (!IsPlanned(part)) continue;
      planned[part.product].Add(1, some && draft.IsReleased(part, of_user, to_ask(part)));
    }
  });
  for (const auto& part : draft.group_parts) {
    if (!IsPlanned(part)) continue;
    planned[part.product].Add(IsPlanted(PlantedBug::kMembersUncounted) ? 1 : part.losing,
                              some && draft.IsReleased(part, to_ask(part)));
  }
  std::vector<std::vector<HeldBy>> reasons(products.size());
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (planned[i].all > 0 || AnyGroupLoses(draft, i))
      reasons[i] = ReasonsToHold(products[i].id, planned[i], input);
  }
  draft.ForEachUser([&](std::span<Part> of_user) {
    for (auto& part : of_user) {
      if (!IsPlanned(part)) continue;
      for (const auto& why : reasons[part.product]) {
        if (!draft.IsReleased(part, of_user, why)) Hold(part, why, of_user, draft.holds);
      }
    }
    conflicts.Settle(of_user, draft);
  });
  for (auto& part : draft.group_parts) {
    if (!IsPlanned(part)) continue;
    for (const auto& why : reasons[part.product]) {
      if (!draft.IsReleased(part, why)) part.held = draft.holds.Add(part.held, why);
    }
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
