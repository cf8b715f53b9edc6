#include "policy/load.h"

#include <algorithm>
#include <tuple>

#include "policy/cross_check.h"
#include "policy/envelope.h"
#include "policy/kinds.h"
#include "policy/yaml.h"

namespace seatkeeper {
namespace {

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}

  void Load(const SourceFile& file) {
    const std::size_t findings = loaded_.diagnostics.size();
    const auto documents = yaml::Parse(file, loaded_.diagnostics);
    if (documents.empty() && findings == loaded_.diagnostics.size()) {
      loaded_.diagnostics.push_back({.severity = Severity::kWarning,
                                     .code = "no-documents",
                                     .message = "the file holds no document",
                                     .hint = "remove it, or write a policy",
                                     .at = {file.path, 0, 0}});
    }
    for (const auto& document : documents) Load(document);
  }

  LoadedPolicies Take() {
    SortByName(loaded_.policies.license_policies);
    SortByName(loaded_.policies.product_policies);
    SortByName(loaded_.policies.guardrails);
    Sort(loaded_.diagnostics);
    return std::move(loaded_);
  }

 private:
  void Load(const yaml::Node& document) {
    auto& diagnostics = loaded_.diagnostics;
    const auto envelope = ReadEnvelope(document, options_, diagnostics);
    if (!envelope) return;
    names_.Add(*envelope, diagnostics);
    if (envelope->spec == nullptr) return;
    switch (envelope->kind) {
      case DocumentKind::kLicensePolicy:
        loaded_.policies.license_policies.push_back(ReadLicensePolicy(*envelope, diagnostics));
        break;
      case DocumentKind::kProductPolicy: {
        auto policy = ReadProductPolicy(*envelope, diagnostics);
        const yaml::Node* product = envelope->spec->Find("product");
        product_policies_.Add(policy, product ? product->length : 1, diagnostics);
        loaded_.policies.product_policies.push_back(std::move(policy));
        break;
      }
      case DocumentKind::kGuardrails:
        loaded_.policies.guardrails.push_back(ReadGuardrails(*envelope, diagnostics));
        break;
    }
  }

  // Names are unique when the policies count; the place keeps the order certain when they are not.
  template <typename Document>
  static void SortByName(std::vector<Document>& documents) {
    std::stable_sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) {
      return std::tie(a.name, a.at) < std::tie(b.name, b.at);
    });
  }

  const LoadOptions& options_;
  LoadedPolicies loaded_;
  NameCheck names_;
  ProductPolicyCheck product_policies_;
};

}  // namespace

LoadedPolicies LoadPolicies(const std::vector<SourceFile>& files, const LoadOptions& options) {
  std::vector<const SourceFile*> ordered;
  ordered.reserve(files.size());
  for (const auto& file : files) ordered.push_back(&file);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return std::tie(a->path, a->text) < std::tie(b->path, b->text);
  });
  Loader loader(options);
  for (const auto* file : ordered) loader.Load(*file);
  return loader.Take();
}

}  // namespace seatkeeper
