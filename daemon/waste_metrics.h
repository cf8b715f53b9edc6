#pragma once

#include "reconciler/plan/waste.h"

namespace seatkeeper {

class MetricGroup;

/// Shows what a tenant wastes: seats and what they cost a month, by product and reason; products of
/// which nothing can be wasted have no series, nor has `inactive` where it is not known. Replaces
/// what was shown before.
void ShowWaste(const WasteReport& report, MetricGroup& group);

}  // namespace seatkeeper
