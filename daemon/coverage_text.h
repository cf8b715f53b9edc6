#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "daemon/reading_head.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/coverage.h"

namespace seatkeeper {

/// What the policies of one tenant cover.
struct CoverageReport {
  ReadingHead head;
  const ObservedState& observed;
  std::vector<PolicyCoverage> policies;
  std::vector<std::string> warnings;
};

/// For people: per policy and product all, partial or none, and the names of who is not as the
/// policy says; long lists folded unless `full`. No name can carry control characters into the
/// terminal.
void WriteCoverageText(const CoverageReport& report, bool full, std::ostream& to);

/// One JSON object, an entry per line, with all names. Written as it is made: a tenant may have a
/// million of them.
void WriteCoverageJson(const CoverageReport& report, std::ostream& to);

}  // namespace seatkeeper
