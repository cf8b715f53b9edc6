#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/diff.h"
#include "reconciler/plan/pin.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

class PlanConflicts;
struct PlanInput;

// What `undo` put back is not taken again: whatever would leave it otherwise is held, and no
// approval releases it, until policy wants just that, or somebody says `undo --unpin`. Pure.

/// Holds, before seats are given, whatever would alter what is pinned, with what is tied to it.
/// Returns the numbers of the pins that are over, for policy wants what they keep; ordered.
std::vector<std::int64_t> HoldPinned(const PlanInput& input, const DesiredState& desired,
                                     const PlanConflicts& conflicts, Diff& diff);

/// The same for finished changes, each held as a whole.
void HoldPinned(const std::string& tenant, const std::vector<Pin>& pins,
                std::vector<Change>& changes);

/// Says in the plan which pins are over.
void TellEndedPins(const std::vector<Pin>& pins, std::vector<std::int64_t> ended, Plan& plan);

}  // namespace seatkeeper
