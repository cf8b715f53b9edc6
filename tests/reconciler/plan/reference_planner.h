#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// What a plan decides, an entry per user and product; waves, words and origins left out:
///   "go ada +E5(S1)"   gets a seat, with service plan S1 off
///   "held ada ~E5()"   keeps the product, all service plans on, if somebody releases it
///   "deferred ada -E3" loses it once something else is there
///   "waits ada E5"     is granted it and gets no seat
///   "go ada @FR"       is given this usage location before anything else
using Decisions = std::set<std::string>;

Decisions DecisionsOf(const Plan& plan);

/// The planner once more: short, slow, one user and one product at a time, on names instead of
/// columns and bitmaps. Shares nothing with the planner but the loaded documents and what a rule
/// selects. Knows what RandomCase makes up and nothing beyond: no dates, all service
/// plans in every product.
Decisions ReferenceDecisions(const TestTenant& tenant, const PolicySet& policies,
                             const PlanRules& rules);

}  // namespace seatkeeper::test
