#pragma once

#include <cstddef>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/repetition.h"

namespace seatkeeper {

class PlanConflicts;
class Releases;

// A change of ours that somebody undoes is made a second time, in case it was a mistake; what is
// undone twice within 24 hours stops, for somebody means it: an administrator, another tool, or a
// second daemon with another policy. Each round of such a fight costs the user mail and files, so
// giving stops as well as taking. Pure.

/// Holds, before seats are given, what was undone too often, with what is tied to it; what is held
/// takes no seat. Of a group everything is held. What approvals release goes on. Returns how many
/// steps the draft would repeat that nobody approved.
std::size_t HoldReversed(const std::vector<DesiredProduct>& products, const ObservedState& observed,
                         const Repetitions& repetitions, const PlanConflicts& conflicts,
                         Draft& draft);

/// The same for finished changes, each held as a whole.
std::size_t HoldReversed(const Repetitions& repetitions, const Releases& releases,
                         std::vector<Change>& changes);

}  // namespace seatkeeper
