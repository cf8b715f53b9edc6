#pragma once

#include <string>

#include "reconciler/file/pseudonyms.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// The reading as a snapshot file: JSON with entries in Graph's shapes, one user per line, the same
/// text for the same reading. What was not selected or absent stays absent, null stays null.
/// Reading it again gives the same reading.
///
/// assignedLicenses is the merged view (service plans that every holding row has off). An active
/// row of unknown source that is the only one of its product shows there alone; other rows of
/// unknown source stand among licenseAssignmentStates without assignedByGroup.
///
/// With pseudonyms people go by those, and stand in their order.
std::string RenderSnapshot(const ObservedState& state, const Pseudonyms* pseudonyms = nullptr);

}  // namespace seatkeeper
