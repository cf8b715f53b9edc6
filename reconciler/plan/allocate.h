#pragma once

#include <map>
#include <set>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/judge.h"
#include "reconciler/plan/plan_conflicts.h"

namespace seatkeeper {

/// The seats of one product as planning counts them.
struct Seats {
  int purchased = 0;  ///< prepaidUnits.enabled: seats in grace or suspended are not planned with.
  int assigned = 0;   ///< The larger of what the service counts and what the rows show.
  int unseen = 0;     ///< Taken by changes of ours that the reading does not show yet.
  int reserve = 0;    ///< Never planned away.

  /// Negative where a subscription shrank below its holders, or the reserve is not filled: holders
  /// stay where they are, and as many seats must be freed before the next one can be given.
  int free() const { return purchased - assigned - unseen - reserve; }
};

/// Seats of every product of the tenant that are in use, by ProductIndex: the larger of what the
/// service counts and what the rows show. A user holding a product from several sources counts
/// once.
std::vector<int> CountAssigned(const ObservedState& observed);

/// Seats of every product that the policy names, in their order.
std::vector<Seats> CountSeats(const DesiredState& desired, const ObservedState& observed,
                              const std::map<SkuId, int>& unseen);

/// Decides who gets a seat: of each product, as many as are free or will be freed by what goes.
/// Direct grants come before fallbacks, and these before what a group gives once its user is
/// processed again; then priority, then how long somebody has waited, then object id. Who gets none
/// keeps what they have, and what that would have freed is given to nobody, so seats are counted
/// again until nothing moves.
///
/// A part that gets no seat becomes kMissing; where its ladder allows, the next rung stands in.
/// Everything it is given must outlive it.
class SeatAllocator {
 public:
  /// `free` is by desired product; `waiting` as in PlanMemory.
  SeatAllocator(const DesiredState& desired, const ObservedState& observed, std::vector<int> free,
                const std::map<UserProduct, WallTime>& waiting, WallTime now,
                const PlanConflicts& conflicts, Draft& draft);

  void Run();
  /// Takes the seat of parts[index] away and allocates again. REQUIRES: it goes and takes one.
  void Unseat(std::size_t index);
  /// Holds whatever goes and gives this product, with what is tied to it, and likewise what would
  /// stand in later. The seats that they would have taken are given to nobody else; what they would
  /// have freed is not there any more, and seats are counted again. What approvals release goes on.
  /// Returns whether anything was held.
  bool HoldAdditions(DesiredIndex product, const HeldBy& why);
  /// Holds whatever goes and no approval releases, likewise.
  bool HoldUnreleased(const HeldBy& why);

  /// Defers whatever goes and takes something away, with what is tied to it, and counts seats
  /// again without what that would have freed. Who got no seat gets none of those given back.
  void DeferLosses(Wait wait);

  /// Seats free before anything of the draft happens.
  const std::vector<int>& free() const { return free_; }
  /// Since when the user has waited for the product; now for whoever just begins to.
  WallTime WaitingSince(Row row, DesiredIndex product) const;

 private:
  struct Claim {
    int turn;  ///< 0: a direct grant, 1: a fallback, 2: through a group.
    int priority;
    WallTime since;
    std::size_t part;

    bool BetterThan(const Claim& other) const;
  };
  /// A product's claims, worst first once it is known to be short.
  struct Queue {
    std::vector<Claim> claims;
    bool ordered = false;
    int seated = 0;
    int capacity = 0;
  };

  void Enter(std::size_t index, DesiredIndex waited_for);
  void Count(std::span<const Part> of_user, int sign);
  void Settle();
  void TakeSeat(std::size_t index);
  void HoldPart(std::size_t index, const HeldBy& why);
  void StandIn(std::size_t unseated, std::span<Part> of_user);
  bool HoldsLowerRung(const Part& part) const;
  Claim PopWorst(Queue& queue);

  const DesiredState& desired_;
  const ObservedState& observed_;
  std::vector<int> free_;
  const std::map<UserProduct, WallTime>& waiting_;
  WallTime now_;
  const PlanConflicts& conflicts_;
  Draft& draft_;
  std::set<UserId> nobody_;
  std::vector<Drift> unused_drift_;
  UserJudge judge_;
  std::vector<Queue> queues_;
  std::map<DesiredIndex, HeldBy> held_;  // Products that nobody is given now.
  std::set<DesiredIndex> dirty_;
};

}  // namespace seatkeeper
