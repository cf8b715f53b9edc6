#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "policy/guid.h"
#include "policy/products.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// A document that people may hold products through: a LicensePolicy, or a ProductLadder, which
/// keeps the lower rung until the higher one has come.
struct RevisionDocument {
  std::string kind;
  std::string name;
  std::string content;          ///< Digest of what it says, without its name and place.
  std::string at;               ///< "file:line:column" of its name.
  std::vector<SkuId> products;  ///< Granted, or rungs. Ordered.
  /// The last day of what it grants; after it the document may go.
  std::optional<std::chrono::year_month_day> expires{};

  friend bool operator==(const RevisionDocument&, const RevisionDocument&) = default;
};

/// What a product's name stands for, and where it does so first.
struct NamedProduct {
  SkuId product;
  std::string written;
  std::string at;  ///< "file:line:column".

  friend bool operator==(const NamedProduct&, const NamedProduct&) = default;
};

/// How far a product may be cut back. Without a ProductPolicy, as here.
struct ProductCare {
  Management management = Management::kAssignOnly;
  std::chrono::milliseconds after = UnassignWaiting().after;
  int confirmations = UnassignWaiting().confirmations;
  bool remove_redundant_direct = false;
  std::string at{};  ///< Of the ProductPolicy's name.

  friend bool operator==(const ProductCare&, const ProductCare&) = default;
};

/// What all Guardrails documents of the tenant come to.
struct RevisionLimits {
  using Days = std::pair<std::chrono::year_month_day, std::chrono::year_month_day>;

  AmountLimit max_unassign;
  std::vector<AmountLimit> max_assign;
  std::optional<int> max_changes;
  MailboxLoss mailbox_loss = MailboxLoss::kApprove;
  std::vector<std::string> protected_subjects;    ///< "group x", "user y", in lower case. Ordered.
  std::vector<std::vector<std::string>> windows;  ///< By document, a text per window. Ordered.
  std::vector<Days> freezes;                      ///< Ordered.
  /// Where a document says something of each: "maxUnassign" and so on; the first by its name.
  std::map<std::string, std::string> at{};

  friend bool operator==(const RevisionLimits&, const RevisionLimits&) = default;
};

/// What one revision of the policy says to one tenant, as far as later revisions are compared with
/// it. Kept in the store of the last accepted one.
struct RevisionSummary {
  std::string revision;                       ///< As the source calls it.
  std::vector<RevisionDocument> documents;    ///< By kind, then name.
  std::map<std::string, NamedProduct> names;  ///< By ProductNameKey of what is written.
  std::map<SkuId, ProductCare> care;          ///< Of products with a ProductPolicy.
  RevisionLimits limits;

  friend bool operator==(const RevisionSummary&, const RevisionSummary&) = default;
};

/// Whether a revision comes after the last accepted one. Only a source with a history can tell.
enum class Descent { kUnknown, kYes, kNo };

/// Sums up the documents that speak to the tenant. Names are looked up as ResolveDesired does; what
/// it could not resolve either is left out. Pure.
RevisionSummary SummarizeRevision(const PolicySet& policies, std::string_view tenant,
                                  const std::string& revision, const ObservedState& observed,
                                  const ProductCatalog& catalog);

/// In words, as in `{seats: 25, percent: 5}`; "off" without parts.
std::string Describe(const AmountLimit& limit);

}  // namespace seatkeeper
