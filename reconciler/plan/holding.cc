#include "reconciler/plan/holding.h"

namespace seatkeeper {

std::vector<AddLicense> DirectAssignments(const ObservedState& observed, Row row) {
  std::vector<AddLicense> direct;
  for (const auto& assignment : observed.users.assignments(row)) {
    if (assignment.source != AssignmentSource::kDirect) continue;
    direct.push_back({.product = observed.products[assignment.product].id,
                      .disabled_plans = observed.plan_sets[assignment.disabled_plans]});
  }
  return direct;
}

}  // namespace seatkeeper
