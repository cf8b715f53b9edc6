#pragma once

#include <chrono>
#include <set>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/observed.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/memory.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

/// How long the service may take to show what it has accepted, or to act on a request whose answer
/// was lost. Graph's lists lag by minutes (2 to 5 are common).
inline constexpr std::chrono::minutes kSettleHorizon{10};
/// The same for a group, whose members the service works through in the background: up to 24 hours
/// are within normal. Source: Graph's group-based licensing.
inline constexpr std::chrono::hours kGroupSettleHorizon{24};
/// An ambiguous change that no reading could judge for this long is given up, loudly.
inline constexpr std::chrono::hours kUnresolvedAfter{24};

/// What one complete raw reading says about the open changes of a tenant.
struct Settlement {
  std::vector<JournalUpdate> updates;  ///< To be recorded. Empty when nothing moved.
  /// Users whose change is still open afterwards: they get no other change in this cycle.
  std::set<UserId> busy;
  std::set<GroupId> busy_groups;  ///< Groups, likewise.
  /// What these updates mean for ownership, and nothing else. Ordered. What a confirmed change gave
  /// a user who did not hold it directly before, nor by a row that is older than the change, is
  /// owned; not so with a change that is only
  /// `matched`: who made that is unproven. What a change took is owned no longer, unless it is
  /// proven that it did not happen: whatever shows of it later is somebody else's.
  MemoryChange memory;
  /// Seats that accepted or possibly accepted additions take and the reading does not show yet.
  std::map<SkuId, int> unseen_seats;
};

/// Pure. An accepted change that shows is `confirmed` at its second sighting; not showing at the
/// horizon it is `diverged`. An ambiguous or crashed (intended) one is judged only after the
/// horizon: twice the after-state is `matched`, twice the before-state `reverted`, twice neither
/// `superseded`. Sightings that contradict each other start anew. A user who is gone from the
/// tenant counts as "neither". What nothing can be read about for kUnresolvedAfter is `unresolved`,
/// or `diverged` where it was accepted. Readings that began before the change was answered (or
/// intended) are no sightings; `observed.read_at` is when the reading began. Call it once per
/// reading.
///
/// The after-state: the user holds every added product directly with just those service plans off
/// (of the plans that the product has in the tenant), no removed one directly, and has the usage
/// location that was set, if one was. The before-state: what they hold of these products directly
/// is what the entry says they held, and a usage location that was to be set is not there. A
/// reading that does not tell the source of one of these products, or the user's assignments, says
/// nothing.
///
/// Of a user who is processed again the after-state is that groups give every added product with a
/// seat, and there is no before-state: that they do not may be what came of it.
///
/// Of a group's change the same holds for the group's licences instead of direct assignments, by
/// kGroupSettleHorizon; while the service is still working through the members neither state is
/// reached, and a group that is not in the reading says nothing. Nobody owns what comes from it.
Settlement Settle(const std::vector<JournalEntry>& open, const ObservedState& observed,
                  WallTime now);

}  // namespace seatkeeper
