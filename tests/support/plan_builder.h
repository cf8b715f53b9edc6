#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper::test {

/// Ids that read as what they are in failure messages: one kind of thing per leading digit.
Guid NumberedGuid(int kind, int number);
UserId User(int number);
SkuId Sku(int number);
PlanId ServicePlanNumber(int number);

/// A change of wave 1 for one user, called "c<number>"; the fingerprint is 1000 + number.
Change ChangeFor(int number, int wave = 1);

/// The user gets a product that takes a seat.
Change Assign(int number, const SkuId& product, int wave = 1);

/// The user loses a product, and its seat is free afterwards.
Change Unassign(int number, const SkuId& product, int wave = 1);

/// One product against another in one request.
Change Swap(int number, const SkuId& from, const SkuId& to, int wave = 1);

GroupId GroupNumber(int number);

/// A change "g<number>" of wave 1 that licenses the group "Group <number>" of so many members;
/// empty otherwise. The fingerprint is 2000 + number.
Change ChangeForGroup(int number, int members);

/// Every member gets a product that takes a seat, or loses one.
Change AssignGroup(int number, const SkuId& product, int members);
Change UnassignGroup(int number, const SkuId& product, int members);

/// Through the real guard, with all limits off: verdicts stay as they are. A window that is open
/// closes at `closes`.
GuardedPlan Guarded(std::vector<Change> changes, std::map<SkuId, int> free_seats = {},
                    std::optional<WallTime> closes = {});

}  // namespace seatkeeper::test
