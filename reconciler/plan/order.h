#pragma once

#include <vector>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// The orders in which a plan lists things; see Plan. They depend on nothing but what is listed.
void SortChanges(std::vector<Change>& changes);
void SortDrift(std::vector<Drift>& drift);

}  // namespace seatkeeper
