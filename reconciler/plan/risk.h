#pragma once

#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// What the change takes from the user for good, judged by the service plans that would no longer
/// be on from any assignment: "mailbox" (Exchange data is deleted 30 days later), "files"
/// (OneDrive), "apps" (an installed Office turns to "unlicensed product"); "service-plan-off" when
/// a plan of a product that stays goes off. Ordered.
std::vector<Risk> RisksOf(const Change& change, Row row, const ObservedState& observed);

}  // namespace seatkeeper
