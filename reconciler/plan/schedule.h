#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

struct Shortage {
  int short_by = 0;  ///< Users who are granted the product and get no seat.
  int swaps = 0;     ///< Of these: users who keep another product until there is a seat.
};

struct Scheduled {
  std::vector<Change> changes;                  ///< With verdicts and waves.
  std::map<SkuId, Shortage> shortages;          ///< Only products that are short.
  std::set<std::pair<UserId, SkuId>> unseated;  ///< Who is granted what and gets no seat.
};

/// Lays the `go` changes into waves. Within a wave the changes may complete in any order, or fail,
/// and no product ever runs out: a wave uses only seats that were free when it began, and what its
/// removals free counts from the next wave on. Short seats go by priority, then by user id.
/// A change for which no seat can ever be free loses its additions; its removals wait (deferred),
/// for nobody loses something to a shortage. Pure.
Scheduled Schedule(std::vector<Change> changes, std::map<SkuId, int> free_seats);

}  // namespace seatkeeper
