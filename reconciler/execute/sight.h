#pragma once

#include "policy/guid.h"
#include "reconciler/model/observed.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// What a reading shows of a change.
enum class View { kNothing, kAfter, kBefore, kNeither };

/// Of a user's or a group's change; see Settle for what counts as what. Pure.
View LookAt(const JournalEntry& entry, const ObservedState& observed);

/// How many seats of a product that the change adds the reading does not show yet: one while its
/// user holds none from whatever source; of a group one for each direct member who holds none, or
/// all that it had when that was planned where the reading does not tell its members.
int UnseenSeats(const JournalEntry& entry, const SkuId& product, const ObservedState& observed);

}  // namespace seatkeeper
