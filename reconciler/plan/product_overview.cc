#include "reconciler/plan/product_overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/plan_rules.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/self_service.h"

namespace seatkeeper {
namespace {

struct Named {
  Management management = ProductPolicy().management;
  Origin managed_by;
  int reserve = 0;
};

// What the documents of one tenant say of products.
class NamedProducts {
 public:
  NamedProducts(const ObservedState& observed, const PolicySet& policies, std::string_view tenant,
                const ProductCatalog& catalog)
      : observed_(observed), catalog_(catalog) {
    for (const auto& policy : policies.license_policies) {
      if (AppliesTo(policy.tenants, tenant)) Add(policy);
    }
    for (const auto& ladder : policies.product_ladders) {
      if (!AppliesTo(ladder.tenants, tenant)) continue;
      for (const auto& product : ladder.products) Find(product);
    }
    for (const auto& policy : policies.product_policies) {
      if (AppliesTo(policy.tenants, tenant)) Add(policy);
    }
  }

  const Named* Of(const SkuId& id) const {
    const auto found = named_.find(id);
    return found == named_.end() ? nullptr : &found->second;
  }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void Add(const LicensePolicy& policy) {
    for (const auto& grant : policy.licenses) Find(grant.product);
    if (!policy.revoke) return;
    for (const auto& product : policy.revoke->products) Find(product);
  }

  void Add(const ProductPolicy& policy) {
    auto* named = Find(policy.product);
    if (named == nullptr) return;
    *named = {.management = policy.management,
              .managed_by = {policy.name, policy.product.at},
              .reserve = policy.reserve};
  }

  Named* Find(const Positioned<std::string>& written) {
    const auto id = ResolveProduct(written, observed_, catalog_);
    if (id) return &named_[*id];
    warnings_.push_back(fmt::format("{}: {}", ToString(written.at), id.error().message));
    return nullptr;
  }

  const ObservedState& observed_;
  const ProductCatalog& catalog_;
  std::map<SkuId, Named> named_;
  std::vector<std::string> warnings_;
};

void AddRules(const PlanRules& rules, const ObservedState& observed, PlanOverview& plan) {
  if (const auto needs = rules.needs.find(plan.id); needs != rules.needs.end()) {
    for (const auto& other : needs->second) {
      plan.needs_one_of.push_back(NameOfServicePlan(other, observed));
    }
  }
  for (const auto& [a, b] : rules.exclusive) {
    if (a == plan.id) plan.excludes.push_back(NameOfServicePlan(b, observed));
    if (b == plan.id) plan.excludes.push_back(NameOfServicePlan(a, observed));
  }
  std::sort(plan.needs_one_of.begin(), plan.needs_one_of.end());
  std::sort(plan.excludes.begin(), plan.excludes.end());
}

std::vector<PlanOverview> PlansOf(const Product& product, const ObservedState& observed,
                                  const ProductFact* fact) {
  std::vector<PlanOverview> plans;
  for (const auto& plan : product.plans) {
    PlanOverview overview{.id = plan.id,
                          .name = plan.name,
                          .friendly_name = {},
                          .provisioning_status = plan.provisioning_status,
                          .switchable = IsSwitchable(plan),
                          .needs_one_of = {},
                          .excludes = {}};
    AddRules(KnownPlanRules(), observed, overview);
    if (fact != nullptr) {
      const auto known = std::find_if(fact->plans.begin(), fact->plans.end(),
                                      [&](const PlanFact& each) { return each.id == plan.id; });
      if (known != fact->plans.end()) overview.friendly_name = known->friendly_name;
    }
    plans.push_back(std::move(overview));
  }
  std::sort(plans.begin(), plans.end(), [](const PlanOverview& a, const PlanOverview& b) {
    return std::tie(a.name, a.id) < std::tie(b.name, b.id);
  });
  return plans;
}

ProductOverview OverviewOf(const Product& product, const ObservedState& observed,
                           const ProductCatalog& catalog) {
  const auto* fact = catalog.FindProduct(product.id);
  ProductOverview overview{.id = product.id,
                           .name = NameOfProduct(product.id, observed, catalog),
                           .display_name = fact == nullptr ? "" : fact->display_name,
                           .subscribed = product.subscribed,
                           .obstacle = WhyNotAssignable(&product),
                           .seats = product.prepaid,
                           .managed_by = {},
                           .plans = PlansOf(product, observed, fact)};
  return overview;
}

// As planning does: what users bought for themselves is nobody's to give or take.
void LeaveAlone(const ObservedState& observed, ProductOverview& overview,
                std::vector<std::string>& warnings) {
  DesiredProduct product;
  product.id = overview.id;
  product.index = observed.FindProduct(overview.id);
  product.management = overview.management.value_or(product.management);
  product.reserve = overview.reserve;
  LeaveSelfServiceAlone(observed, product, warnings);
  if (!product.obstacle.empty()) overview.obstacle = product.obstacle;
  if (overview.management) overview.management = product.management;
  overview.reserve = product.reserve;
}

}  // namespace

ProductsOverview OverviewOfProducts(const ObservedState& observed, const PolicySet& policies,
                                    std::string_view tenant, const ProductCatalog& catalog) {
  const NamedProducts documents(observed, policies, tenant, catalog);
  const auto assigned = CountAssigned(observed);
  ProductsOverview all{.products = {}, .warnings = documents.warnings()};
  for (std::size_t i = 0; i < observed.products.size(); ++i) {
    auto overview = OverviewOf(observed.products[i], observed, catalog);
    overview.assigned = assigned[i];
    if (const auto* named = documents.Of(overview.id)) {
      overview.management = named->management;
      overview.managed_by = named->managed_by;
      overview.reserve = named->reserve;
    }
    LeaveAlone(observed, overview, all.warnings);
    all.products.push_back(std::move(overview));
  }
  std::sort(all.warnings.begin(), all.warnings.end());
  std::sort(all.products.begin(), all.products.end(),
            [](const ProductOverview& a, const ProductOverview& b) {
              return std::tie(a.name, a.id) < std::tie(b.name, b.id);
            });
  return all;
}

}  // namespace seatkeeper
