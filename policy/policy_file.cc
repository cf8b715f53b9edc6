#include "policy/policy_file.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "policy/envelope.h"
#include "policy/kinds.h"
#include "policy/yaml.h"

namespace seatkeeper {
namespace {

void ReadDocument(const yaml::Node& document, const LoadOptions& options, ParsedFile& parsed) {
  auto& diagnostics = parsed.diagnostics;
  const auto envelope = ReadEnvelope(document, options, diagnostics);
  if (!envelope) return;
  parsed.names.push_back({envelope->kind, envelope->name, envelope->name_at});
  if (envelope->spec == nullptr) return;
  switch (envelope->kind) {
    case DocumentKind::kLicensePolicy:
      parsed.policies.license_policies.push_back(ReadLicensePolicy(*envelope, diagnostics));
      break;
    case DocumentKind::kProductPolicy:
      parsed.policies.product_policies.push_back(ReadProductPolicy(*envelope, diagnostics));
      break;
    case DocumentKind::kGuardrails:
      parsed.policies.guardrails.push_back(ReadGuardrails(*envelope, diagnostics));
      break;
    case DocumentKind::kProductLadder:
      parsed.policies.product_ladders.push_back(ReadProductLadder(*envelope, diagnostics));
      break;
    case DocumentKind::kApproval:
      parsed.policies.approvals.push_back(ReadApproval(*envelope));
      CheckTenantName(parsed.policies.approvals.back().tenant, options, diagnostics);
      break;
    case DocumentKind::kPolicyTest:
      parsed.policies.policy_tests.push_back(ReadPolicyTest(*envelope, diagnostics));
      break;
  }
}

template <typename T>
void MoveTo(std::vector<T>& to, std::vector<T>& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

// Names are unique when the policies count; the place keeps the order certain when they are not.
template <typename Document>
void SortByName(std::vector<Document>& documents) {
  std::stable_sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.at) < std::tie(b.name, b.at);
  });
}

}  // namespace

ParsedFile ParsePolicyFile(const SourceFile& file, const LoadOptions& options) {
  ParsedFile parsed;
  parsed.file = &file;
  const auto documents = yaml::Parse(file, parsed.diagnostics);
  if (documents.empty() && parsed.diagnostics.empty()) {
    parsed.diagnostics.push_back({.severity = Severity::kWarning,
                                  .code = "no-documents",
                                  .message = "the file holds no document",
                                  .hint = "remove it, or write a policy",
                                  .at = {file.path, 0, 0}});
  }
  for (const auto& document : documents) ReadDocument(document, options, parsed);
  return parsed;
}

LoadedPolicies CombinePolicyFiles(std::vector<ParsedFile> files, const LoadOptions& options) {
  std::stable_sort(files.begin(), files.end(), [](const ParsedFile& a, const ParsedFile& b) {
    return std::tie(a.file->path, a.file->text) < std::tie(b.file->path, b.file->text);
  });
  LoadedPolicies loaded;
  auto& policies = loaded.policies;
  NameCheck names;
  for (auto& file : files) {
    for (const auto& name : file.names) names.Add(name, file.diagnostics);
    MoveTo(policies.license_policies, file.policies.license_policies);
    MoveTo(policies.product_policies, file.policies.product_policies);
    MoveTo(policies.guardrails, file.policies.guardrails);
    MoveTo(policies.product_ladders, file.policies.product_ladders);
    MoveTo(policies.approvals, file.policies.approvals);
    MoveTo(policies.policy_tests, file.policies.policy_tests);
    MoveTo(loaded.diagnostics, file.diagnostics);
  }
  CheckAcross(policies, options, loaded.diagnostics);
  SortByName(policies.license_policies);
  SortByName(policies.product_policies);
  SortByName(policies.guardrails);
  SortByName(policies.product_ladders);
  SortByName(policies.approvals);
  SortByName(policies.policy_tests);
  Sort(loaded.diagnostics);
  return loaded;
}

}  // namespace seatkeeper
