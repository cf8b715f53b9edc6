#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper::test {

/// Ids that read as what they are in failure messages: one kind of thing per leading digit.
inline Guid NumberedGuid(int kind, int number) {
  return *Guid::Parse(fmt::format("{:08x}-0000-0000-0000-{:012x}", kind, number));
}
inline UserId User(int number) { return {NumberedGuid(1, number)}; }
inline SkuId Sku(int number) { return {NumberedGuid(2, number)}; }
inline PlanId ServicePlanNumber(int number) { return {NumberedGuid(3, number)}; }

/// A change of wave 1 for one user, called "c<number>"; the fingerprint is 1000 + number.
inline Change ChangeFor(int number, int wave = 1) {
  Change change;
  change.id = fmt::format("c{}", number);
  change.user = User(number);
  change.user_principal_name = fmt::format("user{}@contoso.com", number);
  change.wave = wave;
  change.fingerprint = 1000 + static_cast<std::uint64_t>(number);
  change.origin = {.policy = "engineering", .at = {.file = "p.yaml", .line = 7, .column = 3}};
  return change;
}

/// The user gets a product that takes a seat.
inline Change Assign(int number, const SkuId& product, int wave = 1) {
  Change change = ChangeFor(number, wave);
  change.add = {{.product = product, .disabled_plans = {}}};
  change.takes_seats = {product};
  return change;
}

/// The user loses a product, and its seat is free afterwards.
inline Change Unassign(int number, const SkuId& product, int wave = 1) {
  Change change = ChangeFor(number, wave);
  change.remove = {product};
  change.before = {{.product = product, .disabled_plans = {}}};
  change.frees_seats = {product};
  return change;
}

/// One product against another in one request.
inline Change Swap(int number, const SkuId& from, const SkuId& to, int wave = 1) {
  Change change = Assign(number, to, wave);
  change.remove = {from};
  change.before = {{.product = from, .disabled_plans = {}}};
  change.frees_seats = {from};
  return change;
}

/// Through the real guard, with all limits off: verdicts stay as they are.
inline GuardedPlan Guarded(std::vector<Change> changes, std::map<SkuId, int> free_seats = {}) {
  Plan plan;
  plan.tenant = "contoso";
  plan.policy_revision = "sha256:abc";
  plan.changes = std::move(changes);
  for (const auto& [product, seats] : free_seats) {
    plan.product_names[product] = "PRODUCT_" + product.ToString().substr(35);
  }
  GuardInput input;
  input.free_seats = std::move(free_seats);
  return Guard(std::move(plan), input);
}

}  // namespace seatkeeper::test
