#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"

namespace seatkeeper {

/// Reports windows in a time zone that the machine's database does not have ("unknown-time-zone"),
/// or that no database is there to look it up in ("no-time-zones").
void CheckWindows(const PolicySet& policies, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
