#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"

namespace seatkeeper::sim {

// Merged view of one product over all its assignments that work: a plan is off only where every
// assignment switches it off.
struct MergedLicense {
  std::string sku_id;
  std::vector<std::string> disabled_plans;
};
std::vector<MergedLicense> MergeRows(const std::vector<AssignmentRow>& rows);

// The service plans that are on for a user with these rows.
std::set<std::string> EnabledPlans(const Directory& directory,
                                   const std::vector<AssignmentRow>& rows);

// Refuses a change after which a plan is on without a plan it depends on, or together with a plan
// it excludes. What was wrong before the change is not held against it. Knows only the pairs for
// which there is evidence, since Microsoft publishes no table. Throws GraphError.
void CheckServicePlans(const Directory& directory, const std::vector<AssignmentRow>& before,
                       const std::vector<AssignmentRow>& after);

}  // namespace seatkeeper::sim
