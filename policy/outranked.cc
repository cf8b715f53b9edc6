#include "policy/outranked.h"

#include <algorithm>
#include <map>
#include <string>

#include "policy/product_check.h"
#include "policy/same_subjects.h"
#include "policy/tenant_scope.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

// Looked at per selection, highest priority first. Far more than anybody writes; without a bound,
// a file of nothing but such policies would take the square of its length.
constexpr std::size_t kMaxRivals = 32;

using Rivals = std::vector<const LicensePolicy*>;

bool SaysPlans(const Grant& grant) { return grant.plans.kind != PlanSelection::Kind::kUnmanaged; }

bool MayRival(const LicensePolicy& rival, const LicensePolicy& policy) {
  return rival.priority > policy.priority && !rival.expires &&
         rival.delivery == Delivery::kDirect && Covers(rival.tenants, policy.tenants);
}

class Outranked {
 public:
  Outranked(const PolicySet& policies, const ProductCatalog& catalog) : catalog_(catalog) {
    for (const auto& policy : policies.license_policies) {
      auto fingerprint = Fingerprint(policy.subjects);
      if (!fingerprint.empty()) by_selection_[std::move(fingerprint)].push_back(&policy);
      if (SelectsEverybody(policy.subjects)) for_everybody_.push_back(&policy);
    }
    for (auto& [selection, rivals] : by_selection_) Keep(rivals);
    Keep(for_everybody_);
  }

  // The policy that outranks `policy`, or the first of several that do together.
  const LicensePolicy* Find(const LicensePolicy& policy) const {
    // Of a policy that licenses groups, what others say of its users decides only half.
    if (policy.usage_location || policy.delivery == Delivery::kGroup) return nullptr;
    const auto same = by_selection_.find(Fingerprint(policy.subjects));
    Rivals rivals = for_everybody_;
    if (same != by_selection_.end()) {
      rivals.insert(rivals.end(), same->second.begin(), same->second.end());
    }
    std::erase_if(rivals, [&](const auto* rival) { return !MayRival(*rival, policy); });
    const LicensePolicy* first = nullptr;
    const auto silenced = [&](const auto& statement) {
      const auto rival = std::find_if(rivals.begin(), rivals.end(),
                                      [&](const auto* each) { return Silences(*each, statement); });
      if (rival != rivals.end() && first == nullptr) first = *rival;
      return rival != rivals.end();
    };
    if (!std::all_of(policy.licenses.begin(), policy.licenses.end(), silenced)) return nullptr;
    if (policy.revoke && !silenced(*policy.revoke)) return nullptr;
    return first;
  }

 private:
  static void Keep(Rivals& rivals) {
    std::stable_sort(rivals.begin(), rivals.end(),
                     [](const auto* a, const auto* b) { return a->priority > b->priority; });
    if (rivals.size() > kMaxRivals) rivals.resize(kMaxRivals);
  }

  // Wherever `rival` speaks of the product, what `grant` says of it is not heard. Plans are decided
  // on their own: by the highest policy that says anything about them.
  bool Silences(const LicensePolicy& rival, const Grant& grant) const {
    const auto product = ProductKey(grant.product.value, catalog_);
    if (Revokes(rival, product)) return true;
    const Grant* stronger = GrantOf(rival, product);
    return stronger != nullptr && (SaysPlans(*stronger) || !SaysPlans(grant));
  }

  bool Silences(const LicensePolicy& rival, const Revocation& revocation) const {
    if (revocation.all) return rival.revoke && rival.revoke->all;
    const auto& products = revocation.products;
    return std::all_of(products.begin(), products.end(), [&](const auto& product) {
      const auto key = ProductKey(product.value, catalog_);
      return Revokes(rival, key) || GrantOf(rival, key) != nullptr;
    });
  }

  bool Revokes(const LicensePolicy& policy, const std::string& product) const {
    if (!policy.revoke) return false;
    const auto& products = policy.revoke->products;
    return policy.revoke->all ||
           std::any_of(products.begin(), products.end(), [&](const auto& each) {
             return ProductKey(each.value, catalog_) == product;
           });
  }

  const Grant* GrantOf(const LicensePolicy& policy, const std::string& product) const {
    for (const auto& grant : policy.licenses) {
      if (ProductKey(grant.product.value, catalog_) == product) return &grant;
    }
    return nullptr;
  }

  const ProductCatalog& catalog_;
  std::map<std::string, Rivals> by_selection_;
  Rivals for_everybody_;
};

}  // namespace

void FindOutranked(const PolicySet& policies, const ProductCatalog& catalog,
                   std::vector<Diagnostic>& diagnostics) {
  const Outranked outranked(policies, catalog);
  for (const auto& policy : policies.license_policies) {
    const LicensePolicy* rival = outranked.Find(policy);
    if (rival == nullptr) continue;
    diagnostics.push_back(
        {.severity = Severity::kWarning,
         .code = "outranked",
         .message = Quoted(policy.name) + " never decides anything: all it says is decided at " +
                    "higher priority by " + Quoted(rival->name) + " (" +
                    std::to_string(rival->priority) + ") at " + ToString(rival->at),
         .hint = "raise its priority, or remove the document",
         .at = policy.at,
         .length = static_cast<int>(std::max<std::size_t>(1, policy.name.size()))});
  }
}

}  // namespace seatkeeper
