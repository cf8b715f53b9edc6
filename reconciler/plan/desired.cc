#include "reconciler/plan/desired.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/names.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/selection.h"

namespace seatkeeper {
namespace {

HeldBy HeldByReference(const std::string& what) {
  return {.guardrail = "reference",
          .value = what,
          .limit = "everything that the policy names is found and read whole",
          .release = "correct the name in the policy, or bring the group or user back",
          .product = {}};
}

// Builds a DesiredState step by step; the first error ends it.
class Resolver {
 public:
  Resolver(const PolicySet& policies, std::string_view tenant, const ObservedState& observed,
           WallTime now, const ProductCatalog& catalog)
      : policies_(policies),
        tenant_(tenant),
        observed_(observed),
        evaluator_(observed, now),
        catalog_(catalog) {}

  Result<DesiredState> Run() {
    for (const auto& policy : policies_.license_policies) {
      if (!AppliesTo(policy.tenants, tenant_)) continue;
      if (auto added = AddPolicy(policy); !added) return std::move(added).error();
    }
    for (const auto& policy : policies_.product_policies) {
      if (!AppliesTo(policy.tenants, tenant_)) continue;
      if (auto added = AddManagement(policy); !added) return std::move(added).error();
    }
    return Finish();
  }

 private:
  Result<void> AddPolicy(const LicensePolicy& policy) {
    auto subjects = SelectSubjects(policy.subjects, observed_, evaluator_);
    Selection selection{.policy = &policy, .rows = std::move(subjects.rows), .held = std::nullopt};
    state_.next_flip = Earlier(state_.next_flip, subjects.next_flip);
    std::optional<HeldBy> removals_held;
    for (const auto& reference : subjects.unresolved) {
      const auto held = HeldByReference(reference.what);
      if (!removals_held) removals_held = held;
      if (reference.in_except && !selection.held) selection.held = held;
      state_.warnings.push_back(fmt::format(
          "policy {}: {}; {}", policy.name, reference.what,
          reference.in_except ? "nothing of this policy is changed until it is found"
                              : "removals of the products it grants are held until it is found"));
    }
    state_.selections.push_back(std::move(selection));
    for (const auto& grant : policy.licenses) {
      if (auto added = AddGrant(grant, removals_held); !added) return added;
    }
    return {};
  }

  Result<void> AddGrant(const Grant& grant, const std::optional<HeldBy>& removals_held) {
    auto id = ResolveProduct(grant.product, observed_, catalog_);
    if (!id) return std::move(id).error();
    auto& product = Named(*id);
    DesiredGrant desired{.selection = state_.selections.size() - 1,
                         .at = grant.product.at,
                         .plans_managed = grant.plans.kind != PlanSelection::Kind::kUnmanaged,
                         .disabled_plans = {}};
    // Of a product that the tenant does not own the plans are not known, and nothing is planned.
    if (desired.plans_managed && product.index && observed_.products[*product.index].subscribed) {
      auto plans = ResolveDisabledPlans(grant.plans, observed_.products[*product.index], catalog_);
      if (!plans) return std::move(plans).error();
      desired.disabled_plans = *std::move(plans);
    }
    product.grants.push_back(std::move(desired));
    if (removals_held && !product.removals_held) {
      product.removals_held = removals_held;
      product.removals_held->product = *id;
    }
    return {};
  }

  Result<void> AddManagement(const ProductPolicy& policy) {
    auto id = ResolveProduct(policy.product, observed_, catalog_);
    if (!id) return std::move(id).error();
    auto& product = Named(*id);
    if (!product.managed_by.policy.empty()) {
      return Error{.kind = ErrorKind::kInvalid,
                   .message = fmt::format(
                       "{} is managed twice: by {} and by {} ({})", policy.product.value,
                       policy.name, product.managed_by.policy, ToString(product.managed_by.at)),
                   .position = policy.product.at,
                   .service = {}};
    }
    product.management = policy.management;
    product.managed_by = {policy.name, policy.product.at};
    return {};
  }

  DesiredProduct& Named(const SkuId& id) {
    auto [known, is_new] = products_.try_emplace(id);
    if (is_new) {
      known->second.id = id;
      known->second.index = observed_.FindProduct(id);
    }
    return known->second;
  }

  DesiredState Finish() {
    for (auto& [id, product] : products_) {
      std::stable_sort(product.grants.begin(), product.grants.end(),
                       [this](const DesiredGrant& a, const DesiredGrant& b) {
                         return PolicyOf(a).priority > PolicyOf(b).priority;
                       });
      state_.products.push_back(std::move(product));
    }
    return std::move(state_);
  }

  const LicensePolicy& PolicyOf(const DesiredGrant& grant) const {
    return *state_.selections[grant.selection].policy;
  }

  const PolicySet& policies_;
  std::string_view tenant_;
  const ObservedState& observed_;
  RuleEvaluator evaluator_;
  const ProductCatalog& catalog_;
  DesiredState state_;
  std::map<SkuId, DesiredProduct> products_;
};

}  // namespace

Result<DesiredState> ResolveDesired(const PolicySet& policies, std::string_view tenant,
                                    const ObservedState& observed, WallTime now,
                                    const ProductCatalog& catalog) {
  return Resolver(policies, tenant, observed, now, catalog).Run();
}

}  // namespace seatkeeper
