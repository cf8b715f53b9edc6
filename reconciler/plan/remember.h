#pragma once

#include "reconciler/model/observed.h"
#include "reconciler/plan/memory.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

// How memory goes on from cycle to cycle. Pure. Ownership may end although there is no plan, where
// the policy names what cannot exist for instance: hence two steps, of which the first needs none.

/// The memory after one complete reading of the tenant; `settled` is what became of seatkeeper's
/// own changes by then (Settlement::memory).
///
/// - A subscribed product that was not read before has its service plans stored. A list that is
///   there is left alone, whatever is read later: plans that vanish and come back are no news, and
///   plans that are new stay new. A product that shows no service plans is not stored yet.
/// - Who does not hold an owned product directly does not own it any more. Where the reading does
///   not say what a user holds, or not from where, ownership goes on: unknown is not absent.
/// - A removal that has ended, whatever became of it, waits anew should it be wanted again.
PlanMemory RememberReading(PlanMemory memory, const MemoryChange& settled,
                           const ObservedState& observed);

/// The memory after a plan was made of that reading.
///
/// - Who waits for a seat is remembered since the time that the plan says. Whoever does not wait in
///   this plan but still lacks the product keeps the time: a seat that was planned is no seat yet.
///   Everybody else is forgotten.
/// - Removals are remembered as the plan says (Plan::deferrals), and the reading is accepted but
/// for
///   the figures that it names (Plan::not_accepted), which stay as they were.
/// - New service plans become known once `newPlans: enable` was applied to every holder
///   (AddedPlans::applied). Under `hold` and `disable` they stay new: a list of disabled plans that
///   does not name them would otherwise switch them on.
PlanMemory RememberPlan(PlanMemory memory, const Plan& plan);

/// What has to be written where `before` is stored and `after` is to be.
MemoryChange Difference(const PlanMemory& before, const PlanMemory& after);

}  // namespace seatkeeper
