#include "policy/letting_go.h"

#include <map>
#include <string>

#include "policy/fields.h"
#include "policy/product_check.h"
#include "policy/tenant_scope.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

// What a group was given is nobody's own: only full authority takes it away.
bool LetsGo(Management management, Delivery delivery) {
  return management == Management::kFull ||
         (management == Management::kOwned && delivery == Delivery::kDirect);
}

using Keepers = std::vector<const ProductPolicy*>;

class LettingGo {
 public:
  LettingGo(const PolicySet& policies, const LoadOptions& options,
            std::vector<Diagnostic>& diagnostics)
      : options_(options), diagnostics_(diagnostics) {
    for (const auto& policy : policies.product_policies) {
      keepers_[ProductKey(policy.product.value, options.catalog)].push_back(&policy);
      something_goes_ = something_goes_ || LetsGo(policy.management, Delivery::kDirect);
    }
  }

  void Check(const LicensePolicy& policy) {
    if (policy.expires) {
      for (const auto& grant : policy.licenses) {
        Check(policy, grant.product.value, {"expires", policy.expires->at, policy.expires->length});
      }
    }
    if (!policy.revoke) return;
    for (const auto& product : policy.revoke->products) {
      Check(policy, product.value, {"revoke", product.at, product.length});
    }
    if (policy.revoke->all && !something_goes_) {
      Report({"revoke", policy.revoke->written.at, policy.revoke->written.length},
             "`revoke: all` can take nothing away: no product's management lets go");
    }
  }

 private:
  // The wish, and where it stands.
  struct Wish {
    const char* key;
    const SourcePosition& at;
    int length;
  };

  void Check(const LicensePolicy& policy, const std::string& product, const Wish& wish) {
    const auto found = keepers_.find(ProductKey(product, options_.catalog));
    static const Keepers kNone;
    const Keepers& keepers = found == keepers_.end() ? kNone : found->second;
    for (const auto& tenant : TenantsOf(policy, keepers)) {
      const ProductPolicy* keeper = KeeperIn(tenant, keepers);
      if (keeper != nullptr && LetsGo(keeper->management, policy.delivery)) continue;
      std::string message =
          "`" + std::string(wish.key) + "` can never take " + Quoted(product) + " away: ";
      message += keeper == nullptr
                     ? "without a ProductPolicy its management is `assign-only`"
                     : "its management is `" + std::string(ToString(keeper->management)) +
                           "` (ProductPolicy " + Quoted(keeper->name) + " at " +
                           ToString(keeper->product.at) + ")";
      if (policy.delivery == Delivery::kGroup) message += ", and groups need `full`";
      Report(wish, std::move(message));
      return;
    }
  }

  // One empty name stands for tenants that nobody names.
  std::vector<std::string> TenantsOf(const LicensePolicy& policy, const Keepers& keepers) const {
    std::vector<std::string> names;
    if (!CoversAll(policy.tenants)) {
      for (const auto& tenant : policy.tenants) names.push_back(tenant.value);
      return names;
    }
    if (!options_.tenants.empty()) return {options_.tenants.begin(), options_.tenants.end()};
    for (const auto* keeper : keepers) {
      for (const auto& tenant : keeper->tenants) names.push_back(tenant.value);
    }
    return names.empty() ? std::vector<std::string>{""} : names;
  }

  static const ProductPolicy* KeeperIn(const std::string& tenant, const Keepers& keepers) {
    for (const auto* keeper : keepers) {
      if (CoversTenant(keeper->tenants, tenant)) return keeper;
    }
    return nullptr;
  }

  void Report(const Wish& wish, std::string message) {
    diagnostics_.push_back({.code = "never-lets-go",
                            .message = std::move(message),
                            .hint = "say management: owned or full in a ProductPolicy of the "
                                    "product, or leave " +
                                    std::string(wish.key) + " out",
                            .at = wish.at,
                            .length = wish.length});
  }

  const LoadOptions& options_;
  std::vector<Diagnostic>& diagnostics_;
  std::map<std::string, Keepers> keepers_;
  bool something_goes_ = false;
};

}  // namespace

void CheckLettingGo(const PolicySet& policies, const LoadOptions& options,
                    std::vector<Diagnostic>& diagnostics) {
  LettingGo check(policies, options, diagnostics);
  for (const auto& policy : policies.license_policies) check.Check(policy);
}

}  // namespace seatkeeper
