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

/// The value of `apiVersion` in every policy and config document.
inline constexpr std::string_view kApiVersion = "seatkeeper/v1";

/// Kinds of policy documents that are in force.
enum class DocumentKind { kLicensePolicy, kProductPolicy, kGuardrails };
std::string_view ToString(DocumentKind kind);

/// What all policy documents have in common.
struct Envelope {
  DocumentKind kind = DocumentKind::kLicensePolicy;
  std::string name;
  SourcePosition name_at;
  std::vector<Positioned<std::string>> tenants;
  const yaml::Node* spec = nullptr;  ///< Points into the document; may be of any kind.
};

/// Checks apiVersion, kind and metadata of one document. Nothing is returned when the kind is not
/// one to read on with; a wrong name or tenant is reported and the rest still returned, so that the
/// spec's findings come in the same run.
std::optional<Envelope> ReadEnvelope(const yaml::Node& document, const LoadOptions& options,
                                     std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
