#pragma once

#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// What was read of a tenant since a complete reading.
struct ReadingChange {
  /// The users who may differ since, in any order, repeats allowed: all that the service named as
  /// changed, new or removed. Whoever of them `reread` does not hold is gone, so that a user whom
  /// the service named and then did not find cannot stay behind as an old row.
  std::vector<UserId> changed;
  /// The users who were read again, `changed` or not, and everything else of the tenant: products,
  /// groups, references, linked users and subscriptions are read whole each time. What it says of a
  /// user holds, also where the service named the user as removed: it was read by id after that,
  /// and the user was there. Of an ObservedBuilder, with the property set of the earlier reading.
  ObservedState reread;
};

/// The reading of everybody that would have been made at the moment of `change`: no decision can
/// tell the two apart. Products, sets of service plans and texts that nobody has any more are left
/// out as there; distinct values of columns stay until the next reading of everybody (see
/// CodeColumn).
///
/// It is as complete as `changed` is: a user who differs and was neither named nor read again stays
/// as before. Costs about what copying `earlier` does.
///
/// kIncomplete, and no state at all, when the two are of different tenants or property sets or
/// `reread` is the older one: then a reading of everybody is due.
Result<ObservedState> MergeReading(const ObservedState& earlier, ReadingChange change);

}  // namespace seatkeeper
