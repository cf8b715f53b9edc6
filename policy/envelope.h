#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/load.h"
#include "policy/source.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Kinds of policy documents, in the order of schema::PolicyKinds().
enum class DocumentKind {
  kLicensePolicy,
  kProductPolicy,
  kGuardrails,
  kProductLadder,
  kApproval,
  kPolicyTest,
};
std::string_view ToString(DocumentKind kind);

/// What all policy documents have in common.
struct Envelope {
  DocumentKind kind = DocumentKind::kLicensePolicy;
  std::string name;
  SourcePosition name_at;
  std::vector<Positioned<std::string>> tenants;
  const yaml::Node* spec = nullptr;         ///< Points into the document; nullptr unless a mapping.
  const ProductCatalog* catalog = nullptr;  ///< Of the LoadOptions.
};

/// Finds out the kind of a document and checks all of it by that kind's schema, `spec` included; a
/// kind that is not in force is refused and checked none the less. Nothing is returned when the
/// kind is not known; a wrong name or tenant is reported and the rest still returned, so that what
/// the reader of the kind finds comes in the same run.
std::optional<Envelope> ReadEnvelope(const yaml::Node& document, const LoadOptions& options,
                                     std::vector<Diagnostic>& diagnostics);

/// Reports a tenant that is not configured ("unknown-tenant"), where any are known.
void CheckTenantName(const Positioned<std::string>& tenant, const LoadOptions& options,
                     std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
