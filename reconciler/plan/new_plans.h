#pragma once

#include <vector>

#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

// What becomes of service plans that the vendor added to a product. Pure.
//
// A plan is new while it is not in the list that was stored when the product was first read
// (PlanMemory::known_plans). A list of `enabledPlans` decides about every plan, and a list of
// `disabledPlans` about those that it names; about any other new plan `newPlans` does:
//   hold     Holders keep the switch that they have, and new holders get it switched off.
//   disable  It is off for all whom a policy grants the product, now and later.
//   enable   It is on for them; once it is, it is new no more.

/// The service plans that are to be off for a user who holds the product with `off`; `list` is what
/// decides about service plans, or nullptr. All ordered. REQUIRES: list->shapes_plans().
std::vector<PlanId> WantedOff(const DesiredProduct& product, const PolicyStatement* list,
                              const std::vector<PlanId>& off);

/// Whether the product's word on new plans alone asks for the difference between two answers of
/// WantedOff, and no list does.
bool OnlyNewPlansDiffer(const DesiredProduct& product, const PolicyStatement* list,
                        const std::vector<PlanId>& off, const std::vector<PlanId>& wanted);

/// Tells what is new in Plan::added_plans, and warns of what is held back. `all_judged`: nobody was
/// left alone because of an earlier change. REQUIRES: changes and plan_names are there.
void TellNewPlans(const DesiredState& desired, bool all_judged, Plan& plan);

}  // namespace seatkeeper
