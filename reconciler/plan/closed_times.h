#pragma once

#include <vector>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/change_calendar.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Outside of windows, and within freezes, defers whatever takes something away, of users and of
/// groups: removals, service plans that go off, and swaps, upward ones too, each whole. What only
/// adds goes on, with the seats that there are: what is deferred frees none, and what would have
/// been given to a swap is given to nobody who got no seat while it stood. What is held stays held.
/// While it is open, changes nothing. REQUIRES: seats have been given.
void DeferLosses(const Opening& opening, SeatAllocator& seats, Draft& draft);

/// The same for finished changes: each waits as a whole.
void DeferLosses(const Opening& opening, std::vector<Change>& changes);

}  // namespace seatkeeper
