#include "policy/envelope.h"

#include <algorithm>
#include <set>

#include "policy/fields.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Status = FieldSpec::Status;

constexpr std::string_view kKinds[] = {"LicensePolicy", "ProductPolicy", "Guardrails"};
constexpr std::string_view kLaterKinds[] = {"ProductLadder", "Approval", "PolicyTest"};
constexpr std::size_t kMaxNameBytes = 128;

constexpr FieldSpec kEnvelopeFields[] = {
    {"apiVersion", Status::kRequired},
    {"kind", Status::kRequired},
    {"metadata", Status::kRequired},
    {"spec", Status::kRequired},
};
constexpr FieldSpec kMetadataFields[] = {
    {"name", Status::kRequired},
    {"tenants"},
    {"tenantSelector", Status::kLater},
};

void ReportUnknownKind(const yaml::Node& kind, std::vector<Diagnostic>& diagnostics) {
  if (kind.scalar == "Config") {
    diagnostics.push_back(ErrorAt(kind, "config-in-policies",
                                  "a Config document stands among the policies",
                                  "move the file out of the policy directory, and name it by "
                                  "--config"));
    return;
  }
  if (std::find(std::begin(kLaterKinds), std::end(kLaterKinds), kind.scalar) !=
      std::end(kLaterKinds)) {
    diagnostics.push_back(NotYetInForce(kind.at, kind.length, "kind: " + kind.scalar));
    return;
  }
  std::vector<std::string_view> known(std::begin(kKinds), std::end(kKinds));
  known.insert(known.end(), std::begin(kLaterKinds), std::end(kLaterKinds));
  std::string hint = SuggestNearest(kind.scalar, known);
  if (hint.empty()) hint = "known kinds: LicensePolicy, ProductPolicy, Guardrails";
  diagnostics.push_back(
      ErrorAt(kind, "unknown-kind", "unknown kind " + Quoted(kind.scalar), std::move(hint)));
}

// Looked at before anything else: a document of another kind has other keys, and complaints about
// them would bury the one thing that is wrong.
std::optional<DocumentKind> ReadKind(const yaml::Node& document,
                                     std::vector<Diagnostic>& diagnostics, bool& refused) {
  const yaml::Node* kind = document.Find("kind");
  refused = false;
  if (kind == nullptr) return std::nullopt;
  if (kind->kind != yaml::Node::Kind::kScalar) return std::nullopt;
  const auto* found = std::find(std::begin(kKinds), std::end(kKinds), kind->scalar);
  if (found != std::end(kKinds)) return static_cast<DocumentKind>(found - std::begin(kKinds));
  refused = true;
  ReportUnknownKind(*kind, diagnostics);
  return std::nullopt;
}

bool IsName(std::string_view name) {
  if (name.size() > kMaxNameBytes || name.front() == ' ' || name.back() == ' ') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" ._-").find(c) != std::string_view::npos;
  });
}

void CheckTenant(const yaml::Node& tenant, const LoadOptions& options,
                 std::vector<Diagnostic>& diagnostics) {
  const auto& known = options.tenants;
  if (known.empty() || tenant.scalar == "all") return;
  if (std::find(known.begin(), known.end(), tenant.scalar) != known.end()) return;
  diagnostics.push_back(ErrorAt(tenant, "unknown-tenant",
                                "no tenant " + Quoted(tenant.scalar) + " is configured",
                                SuggestNearest(tenant.scalar, {known.begin(), known.end()})));
}

// `list` is a sequence; items that are no text were reported when it was read.
void CheckTenants(const yaml::Node& list, const LoadOptions& options,
                  std::vector<Diagnostic>& diagnostics) {
  if (list.items.empty()) {
    diagnostics.push_back(ErrorAt(list, "empty-list", "`metadata.tenants` names no tenant",
                                  "name tenants, or [all], or leave the key out"));
  }
  std::set<std::string_view> seen;
  for (const auto& tenant : list.items) {
    if (tenant.kind != yaml::Node::Kind::kScalar || tenant.scalar.empty()) continue;
    if (!seen.insert(tenant.scalar).second) {
      diagnostics.push_back(ErrorAt(tenant, "duplicate-tenant",
                                    "the tenant " + Quoted(tenant.scalar) + " stands here twice",
                                    "keep one of them"));
      continue;
    }
    if (tenant.scalar == "all" && list.items.size() > 1) {
      diagnostics.push_back(ErrorAt(tenant, "bad-value", "`all` stands beside other tenants",
                                    "write [all], or name the tenants"));
    }
    CheckTenant(tenant, options, diagnostics);
  }
}

void ReadMetadata(const yaml::Node& node, const LoadOptions& options, Envelope& envelope,
                  std::vector<Diagnostic>& diagnostics) {
  Fields metadata(node, "metadata", kMetadataFields, diagnostics);
  if (auto name = metadata.String("name")) {
    envelope.name = std::move(name->value);
    envelope.name_at = name->at;
    if (!IsName(envelope.name)) {
      metadata.Error("name", "bad-name", Quoted(envelope.name) + " is not a name",
                     "up to 128 of the characters a-z A-Z 0-9 . _ - and blanks in between");
    }
  }
  if (auto tenants = metadata.StringList("tenants")) {
    CheckTenants(*metadata.Find("tenants"), options, diagnostics);
    envelope.tenants = std::move(*tenants);
  } else if (!metadata.Has("tenants") && !metadata.Has("tenantSelector") &&
             options.tenants.size() > 1) {
    metadata.Error("name", "tenants-required",
                   std::to_string(options.tenants.size()) +
                       " tenants are configured, and this document names none of them",
                   "add metadata.tenants: name them, or [all]");
  }
}

void ReadApiVersion(Fields& fields) {
  const auto version = fields.String("apiVersion");
  if (!version || version->value == kApiVersion) return;
  fields.Error(
      "apiVersion", "api-version",
      "`apiVersion` must be " + std::string(kApiVersion) + ", but is " + Quoted(version->value),
      "write apiVersion: " + std::string(kApiVersion));
}

}  // namespace

std::string_view ToString(DocumentKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<Envelope> ReadEnvelope(const yaml::Node& document, const LoadOptions& options,
                                     std::vector<Diagnostic>& diagnostics) {
  bool refused = false;
  const auto kind = ReadKind(document, diagnostics, refused);
  if (refused) return std::nullopt;
  Fields fields(document, "", kEnvelopeFields, diagnostics);
  ReadApiVersion(fields);
  Envelope envelope;
  envelope.name_at = document.at;
  if (const yaml::Node* metadata = fields.Mapping("metadata")) {
    ReadMetadata(*metadata, options, envelope, diagnostics);
  }
  if (!kind) {
    fields.String("kind");
    return std::nullopt;
  }
  envelope.kind = *kind;
  envelope.spec = fields.Mapping("spec");
  return envelope;
}

}  // namespace seatkeeper
