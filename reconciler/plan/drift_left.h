#pragma once

#include <vector>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// The drift about which the plan does nothing, be it now, once something is released or once there
/// is a seat.
std::vector<const Drift*> DriftLeft(const Plan& plan);

}  // namespace seatkeeper
