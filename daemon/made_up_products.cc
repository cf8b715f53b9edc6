#include "daemon/made_up_products.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/product_check.h"
#include "policy/text.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// So many that no test runs out of what it does not count.
constexpr int kEnough = 1'000'000;

bool IsNamed(const PlanFact& plan, const std::string& name) {
  return ProductNameKey(plan.name) == ProductNameKey(name);
}

}  // namespace

MadeUpProducts::MadeUpProducts(const PolicyTest& test, const PolicySet& policies,
                               std::string_view tenant, const ProductCatalog& catalog)
    : catalog_(catalog) {
  AddPolicies(policies, tenant);
  AddTest(test);
}

void MadeUpProducts::AddPolicies(const PolicySet& policies, std::string_view tenant) {
  for (const auto& policy : policies.license_policies) {
    if (!AppliesTo(policy.tenants, tenant)) continue;
    for (const auto& grant : policy.licenses) Add(grant.product.value, grant.plans.plans);
    if (!policy.revoke) continue;
    for (const auto& product : policy.revoke->products) Add(product.value);
  }
  for (const auto& policy : policies.product_policies) {
    if (AppliesTo(policy.tenants, tenant)) Add(policy.product.value);
  }
  for (const auto& ladder : policies.product_ladders) {
    if (!AppliesTo(ladder.tenants, tenant)) continue;
    for (const auto& product : ladder.products) Add(product.value);
  }
}

void MadeUpProducts::AddTest(const PolicyTest& test) {
  for (const auto& holding : test.holds) Add(holding.product.value, holding.disabled_plans);
  for (const auto& expectation : test.expect) {
    for (const auto& product : expectation.without) Add(product.value);
    for (const auto& plans : expectation.plans) {
      Add(plans.product.value, plans.off);
      Add(plans.product.value, plans.on);
    }
    if (!expectation.licenses) continue;
    for (const auto& product : *expectation.licenses) Add(product.value);
  }
  for (const auto& seats : test.seats) Add(seats.product.value).purchased = seats.purchased;
}

MadeUpProduct& MadeUpProducts::Add(const std::string& name) {
  const auto [known, added] = ids_.emplace(ProductKey(name, catalog_), SkuId());
  if (!added) return products_.at(known->second);
  MadeUpProduct product{.id = {}, .part_number = name, .plans = {}, .purchased = kEnough};
  const auto facts = catalog_.FindProducts(name);
  if (!facts.empty()) {
    product.id = facts.front()->id;
    product.part_number = facts.front()->part_number;
    product.plans = facts.front()->plans;
    product.in_catalog = true;
  } else if (const auto id = SkuId::Parse(CollapseSpace(name))) {
    product.id = *id;
  } else {
    product.id = *SkuId::Parse(fmt::format("c0000000-0000-4000-8000-{:012x}", ids_.size()));
  }
  known->second = product.id;
  return products_.emplace(product.id, std::move(product)).first->second;
}

void MadeUpProducts::Add(const std::string& name,
                         const std::vector<Positioned<std::string>>& plans) {
  auto& product = Add(name);
  if (product.in_catalog) return;
  for (const auto& plan : plans) {
    const auto id = PlanId::Parse(CollapseSpace(plan.value));
    const auto same = [&](const PlanFact& each) {
      return id ? each.id == *id : IsNamed(each, plan.value);
    };
    if (std::any_of(product.plans.begin(), product.plans.end(), same)) continue;
    const auto made_up = fmt::format("d0000000-0000-4000-8000-{:012x}", product.plans.size() + 1);
    product.plans.push_back(
        {.id = id.value_or(*PlanId::Parse(made_up)), .name = plan.value, .friendly_name = {}});
  }
}

const MadeUpProduct& MadeUpProducts::Named(const std::string& product) const {
  return products_.at(ids_.at(ProductKey(product, catalog_)));
}

std::vector<PlanId> MadeUpProducts::PlansOf(
    const MadeUpProduct& product, const std::vector<Positioned<std::string>>& names) const {
  std::vector<PlanId> ids;
  const auto has = [&](const PlanId& id) {
    return std::any_of(product.plans.begin(), product.plans.end(),
                       [&](const PlanFact& plan) { return plan.id == id; });
  };
  for (const auto& name : names) {
    const auto found = catalog_.FindPlans(name.value, has);
    ids.insert(ids.end(), found.begin(), found.end());
    if (!found.empty()) continue;
    for (const auto& plan : product.plans) {
      if (IsNamed(plan, name.value)) ids.push_back(plan.id);
    }
  }
  return ids;
}

}  // namespace seatkeeper
