#pragma once

#include <string>

#include "policy/document.h"
#include "reconciler/model/observed.h"

namespace seatkeeper::bench {

/// What a database needs to do the same with: `users.csv` and, under the name given, who holds what
/// as pairs of user and product. Texts are lower-cased; users are numbered by row, products by
/// their place. Throws where a file cannot be written.
void WriteUsersCsv(const ObservedState& observed, const PolicySet& policies,
                   const std::string& folder);
void WriteHeldCsv(const ObservedState& observed, const std::string& path);

/// The query that resolves and compares: a row per pair of user and product in one but not in the
/// other.
std::string DriftSql(const ObservedState& observed, const PolicySet& policies);

}  // namespace seatkeeper::bench
