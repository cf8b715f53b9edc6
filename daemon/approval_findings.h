#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// A warning for each Approval whose last day has passed: it releases nothing any more. Policy
/// itself knows no time.
std::vector<Diagnostic> FindEndedApprovals(const std::vector<Approval>& approvals, WallTime now);

}  // namespace seatkeeper
