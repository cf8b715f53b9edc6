#include "reconciler/plan/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "reconciler/plan/digest.h"

namespace seatkeeper {
namespace {

template <typename T>
bool Contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <typename T>
bool MoveOne(std::vector<T>& from, std::vector<T>& to, const T& value) {
  const auto found = std::find(from.begin(), from.end(), value);
  if (found == from.end()) return false;
  to.push_back(*found);
  from.erase(found);
  std::sort(to.begin(), to.end());
  return true;
}

bool IsEmpty(const Change& change) { return change.add.empty() && change.remove.empty(); }

// An empty held entry, made from the change whose part it is about to take, so that it shows the
// same origins and is rechecked against the same reading.
Change EmptyHeldEntry(const Change& source) {
  Change held = source;
  held.verdict = Verdict::kHeld;
  held.wave = 0;
  held.until.clear();
  held.waits_for.clear();
  held.add.clear();
  held.remove.clear();
  held.plans_off.clear();
  held.takes_seats.clear();
  held.frees_seats.clear();
  return held;
}

void AddReason(Change& held, const HeldBy& why) {
  const bool known = std::any_of(held.held.begin(), held.held.end(), [&](const HeldBy& other) {
    return other.guardrail == why.guardrail && other.value == why.value &&
           other.product == why.product;
  });
  if (!known) held.held.push_back(why);
}

// Moves what `change` takes away of `product` into `held`.
void MoveRemoval(Change& change, Change& held, const SkuId& product) {
  MoveOne(change.remove, held.remove, product);
  MoveOne(change.frees_seats, held.frees_seats, product);
  if (!MoveOne(change.plans_off, held.plans_off, product)) return;
  const auto add = std::find_if(change.add.begin(), change.add.end(),
                                [&](const AddLicense& a) { return a.product == product; });
  held.add.push_back(*add);
  std::sort(held.add.begin(), held.add.end());
  change.add.erase(add);
}

bool TakesAway(const Change& change, const SkuId& product) {
  return Contains(change.remove, product) || Contains(change.plans_off, product);
}

std::map<SkuId, int> RemovalsByProduct(const std::vector<Change>& changes) {
  std::map<SkuId, int> removals;
  for (const auto& change : changes) {
    if (change.verdict == Verdict::kHeld) continue;
    std::set<SkuId> products(change.remove.begin(), change.remove.end());
    products.insert(change.plans_off.begin(), change.plans_off.end());
    for (const auto& product : products) ++removals[product];
  }
  return removals;
}

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

void HoldAmounts(std::vector<Change>& changes, const GuardInput& input) {
  for (const auto& [product, planned] : RemovalsByProduct(changes)) {
    const int before = ValueOr(input.removals_in_window, product);
    const int at_start = ValueOr(input.assigned, product) + before;
    const auto allowed = AllowedRemovals(input.max_unassign, at_start);
    if (!allowed || before + planned <= *allowed) continue;
    HoldProduct(changes, product,
                {.guardrail = "maxUnassign",
                 .value = before == 0 ? fmt::format("{} removals planned", planned)
                                      : fmt::format("{} removals planned, {} in the last 24 hours",
                                                    planned, before),
                 .limit = Describe(input.max_unassign, *allowed, at_start),
                 .release = "raise maxUnassign in a Guardrails document, or say `off`, in a "
                            "reviewed change of the policy",
                 .product = {}});
  }
}

void HoldEverything(std::vector<Change>& changes, const HeldBy& why) {
  for (const auto& [product, planned] : RemovalsByProduct(changes)) {
    HoldProduct(changes, product, why);
  }
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

void HoldProduct(std::vector<Change>& changes, const SkuId& product, const HeldBy& why) {
  std::map<UserId, std::size_t> held_entries;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].verdict == Verdict::kHeld) held_entries.emplace(changes[i].user, i);
  }
  HeldBy reason = why;
  reason.product = product;
  const std::size_t count = changes.size();  // Held entries appended below need no second look.
  for (std::size_t i = 0; i < count; ++i) {
    if (changes[i].verdict == Verdict::kHeld || !TakesAway(changes[i], product)) continue;
    const auto [entry, is_new] = held_entries.emplace(changes[i].user, changes.size());
    if (is_new) changes.push_back(EmptyHeldEntry(changes[i]));
    auto& held = changes[entry->second];
    MoveRemoval(changes[i], held, product);
    AddReason(held, reason);
    Retell(held);
    Retell(changes[i]);
  }
  std::erase_if(changes, [](const Change& change) { return IsEmpty(change); });
}

void HoldRemovals(std::vector<Change>& changes, const GuardInput& input) {
  if (input.policy_outdated) {
    HoldEverything(changes,
                   {.guardrail = "policy-not-loading",
                    .value = "the newest policy files do not load",
                    .limit = "removals rest on a policy that loads",
                    .release = "repair the policy files: `seatkeeper validate` names the line",
                    .product = {}});
  }
  if (input.no_license_policy) {
    HoldEverything(changes, {.guardrail = "no-policy",
                             .value = "no LicensePolicy speaks about this tenant",
                             .limit = "at least one says who is to keep what",
                             .release = "bring back the LicensePolicy documents, or set the "
                                        "products to `assign-only`",
                             .product = {}});
  }
  HoldAmounts(changes, input);
}

GuardedPlan Guard(Plan plan, const GuardInput& input) {
  HoldRemovals(plan.changes, input);
  plan.digest = PlanDigest(plan.tenant, plan.changes, Verdict::kGo);
  plan.held_digest = PlanDigest(plan.tenant, plan.changes, Verdict::kHeld);
  return PlanGuard::Seal(std::move(plan), input.free_seats);
}

}  // namespace seatkeeper
