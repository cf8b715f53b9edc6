#pragma once

#include <cstdint>
#include <optional>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_key.h"

namespace seatkeeper {

/// A place in the journal: behind it lies what was intended later, or then with a greater number.
struct JournalPlace {
  WallTime at{};
  std::int64_t number = -1;  ///< -1: before all of that moment.
};

/// What a part of the journal tells of removals that still stand.
struct RemovalsStanding {
  int removals = 0;                       ///< One per user and product; of a group's, its users.
  std::optional<WallTime> oldest = {};    ///< When the first of them was intended.
  std::optional<JournalPlace> next = {};  ///< To go on from. Nothing: that was the end.
};

/// A store that can tell which removals stand. Apart from Store, for only whoever watches them
/// asks. On the store's thread.
class RemovalLedger {
 public:
  virtual ~RemovalLedger() = default;

  /// A page of the journal behind that place, as long as nobody waits for. A removal is an
  /// unassigned product (unless a higher rung of its ladder took its place), service plans of a
  /// product that were turned off, or a user's loss through a group's change. It stands when it is
  /// known to have happened and no later change of ours to the same user or group gave the product
  /// or took it again; what others gave back is not in the journal.
  virtual Result<RemovalsStanding> StandingRemovals(const TenantKey& tenant,
                                                    const JournalPlace& behind) = 0;
};

}  // namespace seatkeeper
