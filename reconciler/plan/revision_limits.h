#pragma once

#include <string>
#include <vector>

#include "reconciler/model/time.h"
#include "reconciler/plan/revision.h"

namespace seatkeeper {

/// Something that keeps removals back and does so less than before.
struct Loosened {
  std::string what;  ///< "maxUnassign", "protected", "management" ...
  std::string from;
  std::string to;

  friend bool operator==(const Loosened&, const Loosened&) = default;
};

// What of a revision's limits is looser than it was. Where two limits cannot be compared, as fewer
// percent and more seats, that is looser, too. Pure.

/// Of the tenant as a whole. Freezes that are over at `now` may go.
std::vector<Loosened> LoosenedLimits(const RevisionLimits& before, const RevisionLimits& after,
                                     WallTime now);

/// Of one product: management that lets more go, shorter waiting.
std::vector<Loosened> LoosenedCare(const ProductCare& before, const ProductCare& after);

}  // namespace seatkeeper
