#include <utility>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_check.h"
#include "policy/product_list.h"
#include "policy/rule/property.h"
#include "policy/schema/kinds.h"
#include "policy/subjects.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

PlanSelection ReadPlans(const Fields& fields, std::string_view product,
                        const ProductCatalog& catalog, std::vector<Diagnostic>& diagnostics) {
  PlanSelection selection;
  const std::pair<std::string_view, PlanSelection::Kind> lists[] = {
      {"disabledPlans", PlanSelection::Kind::kDisabled},
      {"enabledPlans", PlanSelection::Kind::kEnabled},
  };
  for (const auto& [key, kind] : lists) {
    auto plans = fields.StringList(key);
    if (!plans) continue;
    CheckPlans(product, *fields.Find(key), catalog, diagnostics);
    selection = {kind, std::move(*plans)};
  }
  return selection;
}

std::vector<Grant> ReadGrants(const yaml::Node& list, const ProductCatalog& catalog,
                              std::vector<Diagnostic>& diagnostics) {
  std::vector<Grant> grants;
  ProductsOnce once("granted", catalog);
  for (const auto& item : list.items) {
    const Fields fields(item);
    auto product = fields.String("product");
    if (product) CheckProduct(*fields.Find("product"), catalog, diagnostics);
    auto plans = ReadPlans(fields, product ? product->value : std::string(), catalog, diagnostics);
    if (!product) continue;
    once.Add(*product, diagnostics);
    grants.push_back({std::move(*product), std::move(plans)});
  }
  return grants;
}

std::optional<Revocation> ReadRevocation(const Fields& spec, const ProductCatalog& catalog,
                                         std::vector<Diagnostic>& diagnostics) {
  Revocation revocation;
  if (const yaml::Node* list = spec.Sequence("revoke")) {
    revocation.products = ReadProducts(*list, catalog, diagnostics);
    if (revocation.products.empty()) return std::nullopt;
    revocation.written = revocation.products.front();
    return revocation;
  }
  auto all = spec.String("revoke");
  if (!all) return std::nullopt;
  revocation.all = true;
  revocation.written = std::move(*all);
  return revocation;
}

std::optional<UsageLocation> ReadUsageLocation(const Fields& spec,
                                               std::vector<Diagnostic>& diagnostics) {
  const yaml::Node* node = spec.Mapping("usageLocation");
  if (node == nullptr) return std::nullopt;
  const Fields fields(*node);
  UsageLocation location{.from = {}, .fallback = {}, .at = node->at};
  if (!spec.Has("licenses")) {
    diagnostics.push_back(ErrorAt(*node, "location-without-grant",
                                  "`usageLocation` goes with what is granted, and nothing is",
                                  "move it to the policy that grants, or leave it out"));
  }
  if (auto from = fields.String("from")) {
    const auto property = rule::FindProperty(from->value);
    if (property == rule::Property::kUsageLocation || property == rule::Property::kObjectId) {
      diagnostics.push_back(
          ErrorAt(*from, "unknown-property",
                  Quoted(from->value) + " never says where a user without a usage location is",
                  "name where the country stands, as in `from: country`"));
    } else if (!property || rule::Info(*property).type != rule::PropertyType::kString) {
      std::vector<std::string_view> known;
      for (const auto& info : rule::Properties()) {
        if (info.type == rule::PropertyType::kString) known.push_back(info.rule_name);
      }
      diagnostics.push_back(ErrorAt(*from, "unknown-property",
                                    Quoted(from->value) + " is not a text property of users",
                                    SuggestNearest(from->value, known)));
    }
    location.from = std::move(from->value);
  }
  if (auto fallback = fields.String("default")) location.fallback = std::move(fallback->value);
  return location;
}

void RefuseWithGroupDelivery(const yaml::Node::Entry& entry, std::string hint,
                             std::vector<Diagnostic>& diagnostics) {
  diagnostics.push_back({.code = "delivery-by-group",
                         .message = "`delivery: group` licenses groups as they are; " +
                                    Quoted(entry.key) + " does not go with it",
                         .hint = std::move(hint),
                         .at = entry.at,
                         .length = entry.length});
}

// The service licenses a group's first-level members and nobody else: a selection that says more
// would be half kept. Members without a usage location get the tenant's, whatever a policy says.
void CheckDelivery(const Fields& spec, std::vector<Diagnostic>& diagnostics) {
  const auto before = diagnostics.size();
  for (const auto& entry : spec.node().entries) {
    if (entry.key != "usageLocation") continue;
    RefuseWithGroupDelivery(entry, "set locations in a policy that delivers to users", diagnostics);
  }
  if (const yaml::Node* subjects = spec.Mapping("subjects")) {
    for (const auto& entry : subjects->entries) {
      if (entry.key == "groups") continue;
      RefuseWithGroupDelivery(entry, "name groups only, or leave delivery out", diagnostics);
    }
  }
  if (diagnostics.size() > before) return;
  diagnostics.push_back(WarningAt(*spec.Find("delivery"), "first-level-members",
                                  "only the first-level members of these groups get the products: "
                                  "the service passes over groups within groups",
                                  "leave delivery out where nested members are meant as well"));
}

}  // namespace

LicensePolicy ReadLicensePolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  const Fields spec(*envelope.spec);
  auto policy = Begin<LicensePolicy>(envelope);
  policy.priority = spec.Int("priority").value_or(0);
  if (const yaml::Node* subjects = spec.Mapping("subjects")) {
    policy.subjects = ReadSubjects(*subjects, diagnostics);
  }
  if (const yaml::Node* licenses = spec.Sequence("licenses")) {
    policy.licenses = ReadGrants(*licenses, *envelope.catalog, diagnostics);
  }
  policy.revoke = ReadRevocation(spec, *envelope.catalog, diagnostics);
  policy.usage_location = ReadUsageLocation(spec, diagnostics);
  policy.delivery =
      spec.Choice<Delivery>("delivery", schema::kDeliveryWords).value_or(Delivery::kDirect);
  if (policy.delivery == Delivery::kGroup) CheckDelivery(spec, diagnostics);
  if (const auto expires = spec.Date("expires")) {
    const yaml::Node& written = *spec.Find("expires");
    policy.expires = {*expires, written.at, written.length};
  }
  return policy;
}

}  // namespace seatkeeper
