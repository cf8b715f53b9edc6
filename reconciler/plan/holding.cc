#include "reconciler/plan/holding.h"

namespace seatkeeper {

std::vector<AddLicense> DirectAssignments(const ObservedState& observed, Row row) {
  std::vector<AddLicense> direct;
  const auto assignments = observed.users.assignments(row);
  direct.reserve(assignments.size());
  for (const auto& assignment : assignments) {
    if (assignment.source != AssignmentSource::kDirect) continue;
    direct.push_back({.product = observed.products[assignment.product].id,
                      .disabled_plans = observed.plan_sets[assignment.disabled_plans]});
  }
  return direct;
}

}  // namespace seatkeeper
