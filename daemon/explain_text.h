#pragma once

#include <string>
#include <vector>

#include "policy/products.h"
#include "reconciler/plan/explain.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// What `explain` knows of one user.
struct UserReport {
  Explanation explanation;
  /// The last changes, newest first; nothing: there is no journal to look into.
  std::optional<std::vector<HistoryEntry>> history;
};

/// For a person at a helpdesk: product by product where it stands and why, then the last changes.
/// No name can carry control characters into the terminal.
std::string RenderExplanationText(const UserReport& report, const ProductCatalog& catalog);

/// One JSON object on a line.
std::string RenderExplanationJson(const UserReport& report, const ProductCatalog& catalog);

}  // namespace seatkeeper
