#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/draft.h"

namespace seatkeeper {

/// Swaps that wait for each other's seats: without one more seat somewhere, none can begin.
struct SeatCircle {
  std::vector<DesiredIndex> products;  ///< Ordered.
  std::size_t users = 0;               ///< Who swap one of these products for another.
  /// How many more seats of which products would let the swaps go: of the cheapest product of
  /// those that help most, and again until all can go. Prices compare within one currency only;
  /// among several the first product counts, and a product with a price before one without.
  std::vector<std::pair<DesiredIndex, int>> seats_needed;
};

/// What a seat costs, by desired product, where policy says it.
using SeatPrices = std::vector<std::optional<UnitPrice>>;

struct Schedule {
  /// The wave of each user who has parts that go, from 1; by row.
  std::vector<std::pair<Row, int>> waves;
  std::vector<SeatCircle> circles;
};

/// Lays what goes into waves. Within a wave users may be served in any order, or fail, and no
/// product ever runs out: a wave uses only seats that were free when it began, and what its
/// removals free counts from the next wave on. Removals come first, then swaps, those first whose
/// seat can come back by way of other swaps, then whoever only gains: a seat is not given away on
/// which a chain of swaps depends.
///
/// Whoever waits in a circle gets no seat: their parts become kMissing, as for a shortage.
/// `price` decides which seats would end a circle most cheaply. Pure.
Schedule LayWaves(Draft& draft, SeatAllocator& seats, const SeatPrices& price);

}  // namespace seatkeeper
