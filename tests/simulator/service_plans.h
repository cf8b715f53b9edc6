#pragma once

#include <optional>
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

// What is wrong with the service plans that somebody would have.
struct PlanViolation {
  std::string error;            // as licenseAssignmentStates names it
  std::string message;          // as assignLicense says it
  std::set<std::string> plans;  // those that exclude or need each other
};

// The first thing wrong after a change: a plan is on without a plan it depends on, or together
// with a plan it excludes. What was wrong before the change is not held against it. Knows only the
// pairs for which there is evidence, since Microsoft publishes no table.
std::optional<PlanViolation> FindPlanViolation(const Directory& directory,
                                               const std::vector<AssignmentRow>& before,
                                               const std::vector<AssignmentRow>& after);

// Refuses a change after which something is wrong. Throws GraphError.
void CheckServicePlans(const Directory& directory, const std::vector<AssignmentRow>& before,
                       const std::vector<AssignmentRow>& after);

// Whether a product gives a mailbox; and whether these rows would give the user one that they did
// not have and cannot get (User::address_taken).
bool HasMailbox(const Sku& sku);
bool TakesMailbox(const Directory& directory, const User& user,
                  const std::vector<AssignmentRow>& after);

}  // namespace seatkeeper::sim
