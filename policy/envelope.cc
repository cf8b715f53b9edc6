#include "policy/envelope.h"

#include <algorithm>
#include <set>

#include "policy/fields.h"
#include "policy/schema/check.h"
#include "policy/schema/kinds.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kAll = "all";

Diagnostic UnknownKind(const yaml::Node& kind) {
  if (kind.scalar == "Config") {
    return ErrorAt(kind, "config-in-policies", "a Config document stands among the policies",
                   "move the file out of the policy directory, and name it by --config");
  }
  std::vector<std::string_view> known;
  std::string list;
  for (const auto* each : schema::PolicyKinds()) {
    known.push_back(each->name);
    if (!each->later) list += (list.empty() ? "" : ", ") + std::string(each->name);
  }
  std::string hint = SuggestNearest(kind.scalar, known);
  if (hint.empty()) hint = "known kinds: " + list;
  return ErrorAt(kind, "unknown-kind", "unknown kind " + Quoted(kind.scalar), std::move(hint));
}

// Looked at before anything else: a document of another kind has other keys, and complaints about
// them would bury the one thing that is wrong.
std::optional<DocumentKind> ReadKind(const yaml::Node& document,
                                     std::vector<Diagnostic>& diagnostics) {
  const yaml::Node* written = Fields(document).Scalar("kind");
  if (written == nullptr) {
    schema::Check(document, schema::kAnyDocument, diagnostics);
    return std::nullopt;
  }
  const auto kinds = schema::PolicyKinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const schema::Kind* kind) {
    return kind->name == written->scalar;
  });
  if (found == kinds.end()) {
    diagnostics.push_back(UnknownKind(*written));
    return std::nullopt;
  }
  if ((*found)->later) {
    diagnostics.push_back(NotYetInForce(written->at, written->length, "kind: " + written->scalar));
  }
  return static_cast<DocumentKind>(found - kinds.begin());
}

void CheckTenants(const std::vector<Positioned<std::string>>& tenants, const LoadOptions& options,
                  std::vector<Diagnostic>& diagnostics) {
  std::set<std::string_view> seen;
  for (const auto& tenant : tenants) {
    if (!seen.insert(tenant.value).second) {
      diagnostics.push_back(ErrorAt(tenant, "duplicate-tenant",
                                    "the tenant " + Quoted(tenant.value) + " stands here twice",
                                    "keep one of them"));
    } else if (tenant.value != kAll) {
      CheckTenantName(tenant, options, diagnostics);
    }
  }
}

// An Approval names its tenant itself, and a PolicyTest needs none.
bool MustNameTenants(DocumentKind kind) {
  return kind != DocumentKind::kApproval && kind != DocumentKind::kPolicyTest;
}

void ReadMetadata(const yaml::Node& node, const LoadOptions& options, Envelope& envelope,
                  std::vector<Diagnostic>& diagnostics) {
  const Fields metadata(node);
  if (auto name = metadata.String("name")) {
    envelope.name = std::move(name->value);
    envelope.name_at = name->at;
  }
  if (auto tenants = metadata.StringList("tenants")) {
    CheckTenants(*tenants, options, diagnostics);
    envelope.tenants = std::move(*tenants);
  }
  if (MustNameTenants(envelope.kind) && options.tenants.size() > 1 && !metadata.Has("tenants") &&
      !metadata.Has("tenantSelector")) {
    const yaml::Node* name = metadata.Find("name");
    diagnostics.push_back(
        ErrorAt(name == nullptr ? node : *name, "tenants-required",
                std::to_string(options.tenants.size()) +
                    " tenants are configured, and this document names none of them",
                "add metadata.tenants: name them, or [all]"));
  }
}

}  // namespace

std::string_view ToString(DocumentKind kind) {
  return schema::PolicyKinds()[static_cast<std::size_t>(kind)]->name;
}

void CheckTenantName(const Positioned<std::string>& tenant, const LoadOptions& options,
                     std::vector<Diagnostic>& diagnostics) {
  const auto& known = options.tenants;
  if (known.empty() || known.contains(tenant.value)) return;
  diagnostics.push_back(ErrorAt(tenant, "unknown-tenant",
                                "no tenant " + Quoted(tenant.value) + " is configured",
                                SuggestNearest(tenant.value, {known.begin(), known.end()})));
}

std::optional<Envelope> ReadEnvelope(const yaml::Node& document, const LoadOptions& options,
                                     std::vector<Diagnostic>& diagnostics) {
  const auto kind = ReadKind(document, diagnostics);
  if (!kind) return std::nullopt;
  schema::Check(document, schema::PolicyKinds()[static_cast<std::size_t>(*kind)]->document,
                diagnostics);
  Envelope envelope;
  envelope.kind = *kind;
  envelope.name_at = document.at;
  envelope.catalog = &options.catalog;
  const Fields fields(document);
  if (const yaml::Node* metadata = fields.Mapping("metadata")) {
    ReadMetadata(*metadata, options, envelope, diagnostics);
  }
  envelope.spec = fields.Mapping("spec");
  return envelope;
}

}  // namespace seatkeeper
