#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/envelope.h"
#include "policy/load.h"

namespace seatkeeper {

/// What a document is called, and where it says so.
struct DocumentName {
  DocumentKind kind = DocumentKind::kLicensePolicy;
  std::string name;  ///< Empty: the document has none, which was reported.
  SourcePosition at;
};

/// Reports documents of one kind that bear one name ("duplicate-name"), at the later one.
/// Remembers what it has seen: one object per load, documents in order of their files.
class NameCheck {
 public:
  void Add(const DocumentName& name, std::vector<Diagnostic>& diagnostics);

 private:
  std::map<std::pair<DocumentKind, std::string>, SourcePosition> seen_;
};

/// Reports what documents say against each other, at the later one and naming the other:
/// - a product that two ProductPolicies look after in one tenant ("duplicate-product-policy");
/// - a product in two ladders of one tenant ("product-in-two-ladders");
/// - what CheckLettingGo, CheckContradictions and FindOutranked report;
/// - a PolicyTest that names a policy which there is not ("unknown-policy");
/// - what CheckWindows reports.
/// REQUIRES: documents in order of their files, so that "later" means the same in every run.
void CheckAcross(const PolicySet& policies, const LoadOptions& options,
                 std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
