#include "reconciler/plan/remember.h"

#include <algorithm>
#include <iterator>

#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

void StoreFirstLists(const ObservedState& observed, PlanMemory& memory) {
  for (const auto& product : observed.products) {
    if (!product.subscribed || product.plans.empty()) continue;
    const auto [list, is_first] = memory.known_plans.try_emplace(product.id);
    if (!is_first) continue;
    for (const auto& plan : product.plans) list->second.push_back(plan.id);
  }
}

bool MayHoldDirectly(const ObservedState& observed, Row row, const SkuId& product) {
  if (!observed.users.assignments_known(row)) return true;
  const auto rows = observed.users.assignments(row);
  return std::any_of(rows.begin(), rows.end(), [&](const AssignmentRow& assignment) {
    return assignment.source != AssignmentSource::kGroup &&
           observed.product_ids[assignment.product] == product;
  });
}

std::vector<UserProduct> StillOwned(const std::vector<UserProduct>& owned,
                                    const ObservedState& observed) {
  std::vector<UserId> owners;
  for (const auto& pair : owned) {
    if (owners.empty() || owners.back() != pair.user) owners.push_back(pair.user);
  }
  std::vector<UserProduct> still;
  still.reserve(owned.size());
  auto pair = owned.begin();
  observed.users.ForEachKnown(owners, [&](Row row) {
    const auto user = observed.users.id(row);
    while (pair->user != user) ++pair;  // Users who are gone.
    for (; pair != owned.end() && pair->user == user; ++pair) {
      if (MayHoldDirectly(observed, row, pair->product)) still.push_back(*pair);
    }
  });
  return still;
}

std::map<UserProduct, WallTime> StillWaiting(const std::map<UserProduct, WallTime>& before,
                                             const Plan& plan) {
  std::map<UserProduct, WallTime> waiting;
  for (const auto& entry : plan.waiting) waiting[{entry.user, entry.product}] = entry.since;
  if (before.empty()) return waiting;
  for (const auto& drift : plan.drift) {
    const bool lacks = drift.kind == Drift::Kind::kMissing || drift.kind == Drift::Kind::kUnknown;
    if (!lacks) continue;
    const auto known = before.find({drift.user, drift.product});
    if (known != before.end()) waiting.insert(*known);
  }
  return waiting;
}

void CompareDeferrals(const Deferrals& before, const Deferrals& after, MemoryChange& change) {
  auto old = before.entries.begin();
  const auto gone = [&](const auto& end) {
    for (; old != before.entries.end() && end(*old); ++old) {
      change.no_longer_deferred.push_back(old->key());
    }
  };
  for (const auto& entry : after.entries) {
    gone([&](const Deferral& one) { return one.key() < entry.key(); });
    const bool known = old != before.entries.end() && old->key() == entry.key();
    if (!known || *old != entry) change.deferrals.push_back(entry);
    if (known) ++old;
  }
  gone([](const Deferral&) { return true; });
  if (after.last_reading != before.last_reading) change.last_reading = after.last_reading;
}

}  // namespace

PlanMemory RememberReading(PlanMemory memory, const MemoryChange& settled,
                           const ObservedState& observed) {
  StoreFirstLists(observed, memory);
  memory.owned = Without(Union(memory.owned, settled.owned), settled.no_longer_owned);
  memory.owned = StillOwned(memory.owned, observed);
  std::erase_if(memory.deferrals.entries, [&](const Deferral& deferral) {
    return Contains(settled.no_longer_deferred, deferral.key());
  });
  return memory;
}

PlanMemory RememberPlan(PlanMemory memory, const Plan& plan) {
  memory.waiting = StillWaiting(memory.waiting, plan);
  memory.deferrals = plan.deferrals;
  if (plan.reading) {
    memory.accepted = NextAccepted(memory.accepted, *plan.reading, plan.not_accepted);
  }
  for (const auto& added : plan.added_plans) {
    if (!added.applied) continue;
    auto& known = memory.known_plans[added.product];
    known = Union(known, added.plans);
  }
  for (auto& pin : memory.pins) {
    if (Contains(plan.ended_pins, pin.number)) pin.over = plan.observed_at;
  }
  return memory;
}

MemoryChange Difference(const PlanMemory& before, const PlanMemory& after) {
  MemoryChange change;
  for (const auto& [product, plans] : after.known_plans) {
    const auto known = before.known_plans.find(product);
    if (known == before.known_plans.end() || known->second != plans) {
      change.known_plans.emplace(product, plans);
    }
  }
  change.owned = Without(after.owned, before.owned);
  change.no_longer_owned = Without(before.owned, after.owned);
  for (const auto& entry : after.waiting) {
    const auto known = before.waiting.find(entry.first);
    if (known == before.waiting.end() || known->second != entry.second) {
      change.waiting.insert(entry);
    }
  }
  for (const auto& [pair, since] : before.waiting) {
    if (!after.waiting.contains(pair)) change.no_longer_waiting.push_back(pair);
  }
  CompareDeferrals(before.deferrals, after.deferrals, change);
  if (after.accepted != before.accepted) change.accepted = after.accepted;
  std::ranges::copy_if(after.pins, std::back_inserter(change.ended_pins),
                       [](const Pin& pin) { return pin.over.has_value(); });
  return change;
}

}  // namespace seatkeeper
