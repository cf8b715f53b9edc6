#include "tests/support/plan_builder.h"

#include <fmt/format.h>

#include <utility>

namespace seatkeeper::test {

Guid NumberedGuid(int kind, int number) {
  return *Guid::Parse(fmt::format("{:08x}-0000-0000-0000-{:012x}", kind, number));
}

UserId User(int number) { return {NumberedGuid(1, number)}; }

SkuId Sku(int number) { return {NumberedGuid(2, number)}; }

PlanId ServicePlanNumber(int number) { return {NumberedGuid(3, number)}; }

Change ChangeFor(int number, int wave) {
  Change change;
  change.id = fmt::format("c{}", number);
  change.user = User(number);
  change.user_principal_name = fmt::format("user{}@contoso.com", number);
  change.wave = wave;
  change.fingerprint = 1000 + static_cast<std::uint64_t>(number);
  change.origin = {.policy = "engineering", .at = {.file = "p.yaml", .line = 7, .column = 3}};
  return change;
}

Change Assign(int number, const SkuId& product, int wave) {
  Change change = ChangeFor(number, wave);
  change.add = {{.product = product, .disabled_plans = {}}};
  change.takes_seats = {product};
  return change;
}

Change Unassign(int number, const SkuId& product, int wave) {
  Change change = ChangeFor(number, wave);
  change.remove = {product};
  change.before = {{.product = product, .disabled_plans = {}}};
  change.frees_seats = {product};
  return change;
}

Change Swap(int number, const SkuId& from, const SkuId& to, int wave) {
  Change change = Assign(number, to, wave);
  change.remove = {from};
  change.before = {{.product = from, .disabled_plans = {}}};
  change.frees_seats = {from};
  return change;
}

GroupId GroupNumber(int number) { return {NumberedGuid(4, number)}; }

Change ChangeForGroup(int number, int members) {
  Change change = ChangeFor(number);
  change.id = fmt::format("g{}", number);
  change.user = {};
  change.user_principal_name.clear();
  change.group = LicensedGroup{.id = GroupNumber(number),
                               .display_name = fmt::format("Group {}", number),
                               .members = members};
  change.fingerprint = 2000 + static_cast<std::uint64_t>(number);
  return change;
}

Change AssignGroup(int number, const SkuId& product, int members) {
  Change change = ChangeForGroup(number, members);
  change.add = {{.product = product, .disabled_plans = {}}};
  change.takes_seats.assign(static_cast<std::size_t>(members), product);
  return change;
}

Change UnassignGroup(int number, const SkuId& product, int members) {
  Change change = ChangeForGroup(number, members);
  change.remove = {product};
  change.before = {{.product = product, .disabled_plans = {}}};
  change.group->losses = {{product, members}};
  change.frees_seats.assign(static_cast<std::size_t>(members), product);
  return change;
}

GuardedPlan Guarded(std::vector<Change> changes, std::map<SkuId, int> free_seats,
                    std::optional<WallTime> closes) {
  Plan plan;
  plan.tenant = "contoso";
  plan.policy_revision = "sha256:abc";
  plan.changes = std::move(changes);
  for (const auto& [product, seats] : free_seats) {
    plan.product_names[product] = "PRODUCT_" + product.ToString().substr(35);
  }
  GuardInput input;
  input.free_seats = std::move(free_seats);
  input.opening.closes = closes;
  return Guard(std::move(plan), input);
}

}  // namespace seatkeeper::test
