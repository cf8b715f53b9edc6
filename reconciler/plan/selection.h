#pragma once

#include <string>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// A group or user named in a policy that the reading could not resolve.
struct UnresolvedReference {
  std::string what;  ///< For example: group "All Engineers" (policies/e.yaml:9:15) does not exist.
  bool in_except = false;
};

/// The union of rule, groups and users, less `except`, narrowed by `where`. References that cannot
/// be resolved select nobody and are appended to `unresolved`.
RowSet SelectSubjects(const Subjects& subjects, const ObservedState& observed,
                      std::vector<UnresolvedReference>& unresolved);

}  // namespace seatkeeper
