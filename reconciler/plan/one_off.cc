#include "reconciler/plan/one_off.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "policy/text.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

std::string WhyNotFound(const std::string& name, const UserTable& users) {
  if (UserId::Parse(name)) return "no user has this object id";
  const auto folded = FoldCase(name);
  for (Row row = 0; row < users.size(); ++row) {
    if (FoldCase(users.user_principal_name(row)) == folded) {
      return "several users are called so: say the object id";
    }
  }
  return "no user has this principal name";
}

// Every user-product pair is named, so nothing waits and everything named may go; the rest of what
// is said of the product stays.
ProductPolicy Managed(ProductPolicy policy, const SkuId& product, OneOff::Kind kind) {
  policy.product.value = product.ToString();
  policy.tenants.clear();
  policy.management = kind == OneOff::Kind::kAssign ? Management::kAssignOnly : Management::kOwned;
  policy.unassign = {.after = {}, .confirmations = 1, .remove_redundant_direct = false};
  policy.new_plans = NewPlans::kHold;
  return policy;
}

Result<std::vector<ProductPolicy>> ManagedProducts(const PlanInput& input,
                                                   const std::vector<SkuId>& products) {
  std::vector<ProductPolicy> managed;
  auto left = products;
  for (const auto& policy : input.policies.product_policies) {
    if (!AppliesTo(policy.tenants, input.tenant)) continue;
    const auto product = ResolveProduct(policy.product, input.observed, input.catalog);
    if (!product) return product.error();
    if (std::erase(left, *product) == 0) continue;
    managed.push_back(Managed(policy, *product, input.one_off->kind));
  }
  for (const auto& product : left) managed.push_back(Managed({}, product, input.one_off->kind));
  return managed;
}

LicensePolicy AsPolicy(const OneOff& one_off, const std::vector<UserId>& users,
                       const std::vector<SkuId>& products) {
  const SourcePosition at{.file = one_off.said, .line = 0, .column = 0};
  LicensePolicy policy;
  policy.name = CommandOf(one_off.kind);
  policy.at = at;
  for (const auto& user : users) {
    policy.subjects.of.users.push_back({.value = user.ToString(), .at = at});
  }
  Revocation revocation;
  for (const auto& product : products) {
    const Positioned<std::string> named{.value = product.ToString(), .at = at};
    if (one_off.kind == OneOff::Kind::kAssign) {
      policy.licenses.push_back({.product = named, .plans = {}});
    } else {
      revocation.products.push_back(named);
    }
  }
  if (!revocation.products.empty()) policy.revoke = std::move(revocation);
  return policy;
}

std::vector<UserProduct> Pairs(const std::vector<UserId>& users,
                               const std::vector<SkuId>& products) {
  std::vector<UserProduct> pairs;
  for (const auto& user : users) {
    for (const auto& product : products) pairs.push_back({user, product});
  }
  return pairs;
}

}  // namespace

std::string_view CommandOf(OneOff::Kind kind) {
  return kind == OneOff::Kind::kAssign ? "assign" : "unassign";
}

OneOffSubjects FindSubjects(const OneOff& one_off, const ObservedState& observed) {
  const auto& users = observed.users;
  OneOffSubjects subjects;
  std::set<Row> rows;
  for (const auto& named : one_off.users) {
    const auto id = UserId::Parse(named.value);
    const auto row = id ? users.Find(*id) : users.FindByPrincipalName(named.value);
    if (!row) {
      subjects.in_vain.push_back({named.value, named.at, WhyNotFound(named.value, users)});
    } else if (!users.is_person(*row)) {
      subjects.in_vain.push_back({named.value, named.at, "this account is no person's"});
    } else {
      rows.insert(*row);
    }
  }
  subjects.rows.assign(rows.begin(), rows.end());
  return subjects;
}

Result<std::vector<SkuId>> FindProducts(const OneOff& one_off, const std::vector<Row>& rows,
                                        const ObservedState& observed,
                                        const ProductCatalog& catalog) {
  std::set<SkuId> products;
  for (const auto& name : one_off.products) {
    const auto product = ResolveProduct({.value = name, .at = {}}, observed, catalog);
    if (!product) {
      auto error = product.error();
      error.position.reset();
      return error;
    }
    products.insert(*product);
  }
  if (one_off.products.empty()) {
    // What comes through a group is among them: that it stays has to be said.
    for (const auto row : rows) {
      for (const auto& held : observed.users.assignments(row)) {
        products.insert(observed.product_ids[held.product]);
      }
    }
  }
  return std::vector<SkuId>(products.begin(), products.end());
}

Result<OneOffWish> WishOf(const PlanInput& input, const DesiredState& by_policy) {
  const auto& one_off = *input.one_off;
  const auto subjects = FindSubjects(one_off, input.observed);
  const auto products = FindProducts(one_off, subjects.rows, input.observed, input.catalog);
  if (!products) return products.error();
  OneOffWish wish;
  for (const auto row : subjects.rows) wish.users.push_back(input.observed.users.id(row));
  auto policies = std::make_unique<PolicySet>();
  auto managed = ManagedProducts(input, *products);
  if (!managed) return std::move(managed).error();
  policies->product_policies = *std::move(managed);
  policies->license_policies.push_back(AsPolicy(one_off, wish.users, *products));
  wish.policies = std::move(policies);
  auto memory = input.memory;
  memory.owned = Pairs(wish.users, *products);
  auto desired = ResolveDesired(*wish.policies, input.tenant, input.observed, input.now,
                                input.catalog, memory);
  if (!desired) return std::move(desired).error();
  wish.desired = *std::move(desired);
  for (auto& product : wish.desired.products) {
    if (const auto known = by_policy.Find(product.id)) {
      product.removals_held = by_policy.products[*known].removals_held;
    }
  }
  return wish;
}

void KeepDriftOf(const OneOffWish& wish, std::vector<Drift>& drift) {
  std::erase_if(drift, [&](const Drift& difference) {
    return !std::ranges::binary_search(wish.users, difference.user);
  });
}

}  // namespace seatkeeper
