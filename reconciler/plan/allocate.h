#pragma once

#include <map>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

/// The seats of one product as planning counts them.
struct Seats {
  int purchased = 0;  ///< prepaidUnits.enabled: seats in grace or suspended are not planned with.
  int assigned = 0;   ///< The larger of what the service counts and what the rows show.
  int unseen = 0;     ///< Taken by changes of ours that the reading does not show yet.

  /// Negative where a subscription shrank below its holders: they stay where they are, and as many
  /// seats must be freed before the next one can be given.
  int free() const { return purchased - assigned - unseen; }
};

/// Seats of every product that the policy names. A user holding a product from several sources
/// counts once.
std::map<SkuId, Seats> CountSeats(const DesiredState& desired, const ObservedState& observed,
                                  const std::map<SkuId, int>& unseen);

}  // namespace seatkeeper
