#include "tests/reconciler/plan/random_past.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace seatkeeper::test {
namespace {

// What nobody holds any more now: of a product that is gone, in error, with other plans off.
TestLicense FormerLicense(RandomCase& made) {
  const char* const products[] = {"PA", "PB", "PC", "PX", "P0", "PZ"};
  TestLicense license{.product = products[made.Below(6)]};
  if (made.OneIn(2)) license.off = {made.OneIn(2) ? "S3" : "S9", kMailboxPlan};
  if (made.OneIn(3)) {
    license.source = AssignmentSource::kGroup;
    license.group = "g1";
  }
  if (made.OneIn(3)) {
    license.state = AssignmentState::kError;
    license.error = made.OneIn(2) ? "CountViolation" : "ProhibitedInUsageLocationViolation";
  }
  if (made.OneIn(2)) license.updated = "2026-01-05T08:00:00Z";
  return license;
}

void MakeOther(TestUser& user, RandomCase& made) {
  switch (made.Below(8)) {
    case 0:
      user.department = made.OneIn(2) ? "" : "Former department";
      break;
    case 1:
      user.enabled = !user.enabled;
      break;
    case 2:
      user.usage_location = user.usage_location.empty() ? "NO" : "";
      break;
    case 3:
      user.assignments_known = !user.assignments_known;
      break;
    case 4:
      // Often the name of somebody else.
      user.principal_name = fmt::format("U{}@contoso.com", made.Below(10));
      break;
    case 5:
      if (!user.licenses.empty()) user.licenses.pop_back();
      break;
    default:
      user.licenses.push_back(FormerLicense(made));
  }
}

// Fewer users, others and some who are gone by now.
void ChangeUsers(RandomPast& past, RandomCase& made) {
  auto users = std::exchange(past.tenant.users, {});
  for (auto& user : users) {
    const bool differs = made.OneIn(3);
    const bool is_new = made.OneIn(6);
    if (differs || is_new || made.OneIn(8)) past.reread.insert(user.name);
    if (is_new) continue;
    for (bool more = differs; more; more = made.OneIn(2)) MakeOther(user, made);
    past.tenant.users.push_back(std::move(user));
  }
  for (int i = made.Below(3); i > 0; --i) {
    TestUser gone{.name = fmt::format("{}{}", made.OneIn(2) ? "a" : "z", i), .department = "Eng"};
    if (made.OneIn(2)) gone.licenses = {FormerLicense(made)};
    past.reread.insert(gone.name);
    past.tenant.users.push_back(std::move(gone));
  }
}

// Products and groups are read whole each time, so nothing of them may last.
void ChangeTheRest(TestTenant& tenant, RandomCase& made) {
  auto products = std::exchange(tenant.products, {});
  if (made.OneIn(2)) tenant.products.push_back({.name = "P0", .plans = {kMailboxPlan, "S9"}});
  for (auto& product : products) {
    if (made.OneIn(6)) continue;
    product.seats += made.Below(5);
    if (made.OneIn(6)) product.plans.pop_back();
    tenant.products.push_back(std::move(product));
  }
  for (auto& group : tenant.groups) {
    if (made.OneIn(2)) group.members = {"a1", "u1"};
    if (made.OneIn(4)) group.status = GroupReading::Status::kMissing;
  }
  if (made.OneIn(2)) tenant.groups.push_back({.name = "g9", .members = {"a1"}});
}

}  // namespace

RandomPast::RandomPast(RandomCase& now) : tenant(now.tenant) {
  ChangeUsers(*this, now);
  ChangeTheRest(tenant, now);
}

}  // namespace seatkeeper::test
