#pragma once

#include <span>
#include <vector>

#include "reconciler/model/license_event.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Says of each difference who brought it about, as far as these events tell: whoever last gave the
/// product where it is too much, took it where it is missing, switched its service plans where
/// those differ. A later event of the same user that does not name its products takes the place of
/// that, as uncertain. Pure; the order of events does not matter.
void NameAuthors(std::span<const LicenseEvent> events, std::vector<Drift>& drift);

}  // namespace seatkeeper
