#pragma once

#include "daemon/config.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// What a plan for one reading alone is made from, for commands that ask what a policy comes to:
/// nothing is remembered, and the reading stands for its own moment. Everything given must outlive
/// it.
inline PlanInput InputOf(const PolicyInForce& policy, const TenantConfig& tenant,
                         const ObservedState& observed) {
  return {.tenant = tenant.name,
          .policies = policy.policies,
          .policy_revision = policy.revision,
          .observed = observed,
          .now = observed.read_at,
          .catalog = policy.catalog,
          .busy = {},
          .unseen_seats = {},
          .removals_in_window = {},
          .ceilings = tenant.ceilings,
          .memory = {}};
}

}  // namespace seatkeeper
