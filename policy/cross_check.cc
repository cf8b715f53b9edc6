#include "policy/cross_check.h"

#include <set>

#include "policy/contradiction.h"
#include "policy/fields.h"
#include "policy/letting_go.h"
#include "policy/outranked.h"
#include "policy/product_check.h"
#include "policy/tenant_scope.h"
#include "policy/text.h"
#include "policy/window_check.h"

namespace seatkeeper {
namespace {

// A document that has a product to itself, and where it names the product.
struct Owner {
  std::string name;
  SourcePosition document;
  SourcePosition at;
};

// One kind of document of which a product has at most one per tenant.
class OwnerCheck {
 public:
  OwnerCheck(std::string code, std::string owner, const ProductCatalog& catalog)
      : code_(std::move(code)), owner_(std::move(owner)), catalog_(catalog) {}

  template <typename Document>
  void Add(const Document& document, const Positioned<std::string>& product,
           std::vector<Diagnostic>& diagnostics) {
    if (product.value.empty()) return;
    auto& owners = owners_[ProductKey(product.value, catalog_)];
    const Owner* other = owners.Find(document.tenants);
    // A product that one document names twice is reported where the document is read.
    if (other != nullptr && other->document == document.at) return;
    if (other != nullptr) {
      diagnostics.push_back(ErrorAt(product, code_,
                                    "the product " + Quoted(product.value) + " already has the " +
                                        owner_ + " " + Quoted(other->name) + " at " +
                                        ToString(other->at),
                                    "keep one of them, or give them different tenants"));
    }
    owners.Add(document.tenants, {document.name, document.at, product.at});
  }

 private:
  std::string code_;
  std::string owner_;
  const ProductCatalog& catalog_;
  std::map<std::string, FirstPerTenant<Owner>> owners_;
};

void CheckTests(const PolicySet& policies, std::vector<Diagnostic>& diagnostics) {
  std::set<std::string_view> names;
  for (const auto& policy : policies.license_policies) names.insert(policy.name);
  for (const auto& test : policies.policy_tests) {
    for (const auto& expectation : test.expect) {
      const auto& by = expectation.by;
      if (!by || names.contains(by->value)) continue;
      diagnostics.push_back(ErrorAt(*by, "unknown-policy",
                                    "there is no LicensePolicy " + Quoted(by->value),
                                    SuggestNearest(by->value, {names.begin(), names.end()})));
    }
  }
}

}  // namespace

void NameCheck::Add(const DocumentName& name, std::vector<Diagnostic>& diagnostics) {
  if (name.name.empty()) return;
  const auto [first, added] = seen_.emplace(std::pair(name.kind, name.name), name.at);
  if (added) return;
  diagnostics.push_back({.code = "duplicate-name",
                         .message = std::string(ToString(name.kind)) + " " + Quoted(name.name) +
                                    " is already defined at " + ToString(first->second),
                         .hint = "give one of them another name",
                         .at = name.at,
                         .length = static_cast<int>(name.name.size())});
}

void CheckAcross(const PolicySet& policies, const LoadOptions& options,
                 std::vector<Diagnostic>& diagnostics) {
  OwnerCheck product_policies("duplicate-product-policy", "ProductPolicy", options.catalog);
  for (const auto& policy : policies.product_policies) {
    product_policies.Add(policy, policy.product, diagnostics);
  }
  OwnerCheck ladders("product-in-two-ladders", "ProductLadder", options.catalog);
  for (const auto& ladder : policies.product_ladders) {
    for (const auto& product : ladder.products) ladders.Add(ladder, product, diagnostics);
  }
  CheckLettingGo(policies, options, diagnostics);
  CheckContradictions(policies, options.catalog, diagnostics);
  FindOutranked(policies, options.catalog, diagnostics);
  CheckTests(policies, diagnostics);
  CheckWindows(policies, diagnostics);
}

}  // namespace seatkeeper
