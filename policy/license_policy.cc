#include <map>
#include <optional>
#include <utility>

#include "policy/fields.h"
#include "policy/kinds.h"
#include "policy/product_check.h"
#include "policy/subjects.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;

constexpr int kMaxPriority = 1'000'000;

constexpr FieldSpec kSpecFields[] = {
    {"priority"},
    {"subjects", Status::kRequired},
    {"licenses", Status::kRequired},
    {"usageLocation", Status::kLater},
    {"delivery", Status::kLater},
    {"expires", Status::kLater},
    {"revoke", Status::kLater},
};
constexpr FieldSpec kGrantFields[] = {
    {"product", Status::kRequired},
    {"disabledPlans"},
    {"enabledPlans"},
};

PlanSelection ReadPlans(Fields& fields, std::string_view product) {
  PlanSelection selection;
  if (fields.Has("disabledPlans") && fields.Has("enabledPlans")) {
    fields.Error("enabledPlans", "both-plan-lists",
                 "`disabledPlans` and `enabledPlans` stand together",
                 "keep the one that says what is meant; the rest follows from it");
  }
  const std::pair<std::string_view, PlanSelection::Kind> lists[] = {
      {"disabledPlans", PlanSelection::Kind::kDisabled},
      {"enabledPlans", PlanSelection::Kind::kEnabled},
  };
  for (const auto& [key, kind] : lists) {
    auto plans = fields.StringList(key);
    if (!plans) continue;
    CheckPlans(product, *fields.Find(key), fields.diagnostics());
    selection = {kind, std::move(*plans)};
  }
  return selection;
}

std::optional<Grant> ReadGrant(const yaml::Node& node, std::vector<Diagnostic>& diagnostics) {
  if (node.kind == yaml::Node::Kind::kScalar) {
    diagnostics.push_back(ErrorAt(node, "wrong-type", "a licence must be a mapping, but is text",
                                  node.scalar.size() <= 60
                                      ? "write - product: " + node.scalar
                                      : std::string("write - product: and the product")));
    return std::nullopt;
  }
  Fields fields(node, "spec.licenses[]", kGrantFields, diagnostics);
  Grant grant;
  auto product = fields.String("product");
  if (product) {
    CheckProduct(*fields.Find("product"), diagnostics);
    grant.product = std::move(*product);
  }
  grant.plans = ReadPlans(fields, grant.product.value);
  if (grant.product.value.empty()) return std::nullopt;
  return grant;
}

std::vector<Grant> ReadGrants(const yaml::Node& list, std::vector<Diagnostic>& diagnostics) {
  std::vector<Grant> grants;
  std::map<std::string, int> seen;
  if (list.items.empty()) {
    diagnostics.push_back(ErrorAt(list, "empty-list", "`spec.licenses` grants nothing",
                                  "name at least one product, as in [{product: SPE_E3}]"));
  }
  for (const auto& item : list.items) {
    auto grant = ReadGrant(item, diagnostics);
    if (!grant) continue;
    const auto& product = grant->product;
    const auto [first, added] = seen.emplace(ProductKey(product.value), product.at.line);
    if (!added) {
      diagnostics.push_back(ErrorAt(*item.Find("product"), "duplicate-product",
                                    "the product " + Quoted(product.value) +
                                        " is granted twice, first in line " +
                                        std::to_string(first->second),
                                    "keep one of them"));
    }
    grants.push_back(std::move(*grant));
  }
  return grants;
}

}  // namespace

LicensePolicy ReadLicensePolicy(const Envelope& envelope, std::vector<Diagnostic>& diagnostics) {
  Fields spec(*envelope.spec, "spec", kSpecFields, diagnostics);
  LicensePolicy policy;
  policy.name = envelope.name;
  policy.at = envelope.name_at;
  policy.tenants = envelope.tenants;
  policy.priority = spec.Int("priority", -kMaxPriority, kMaxPriority).value_or(0);
  if (const yaml::Node* subjects = spec.Mapping("subjects")) {
    policy.subjects = ReadSubjects(*subjects, diagnostics);
  }
  if (const yaml::Node* licenses = spec.Sequence("licenses")) {
    policy.licenses = ReadGrants(*licenses, diagnostics);
  }
  return policy;
}

}  // namespace seatkeeper
