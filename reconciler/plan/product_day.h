#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

struct WasteReport;

/// One product's seats on one day (UTC), as the last complete cycle of that day counted them.
struct ProductDay {
  std::chrono::sys_days day{};
  SkuId product;
  int purchased = 0;  ///< Seats in force.
  int assigned = 0;
  /// As WasteReport counts where nobody asks who is inactive: so that all days can be compared,
  /// whether or not that was known on them.
  int wasted = 0;
  /// Further seats that are wasted because their users are inactive, and for nothing else. Nothing:
  /// it was not known.
  std::optional<int> inactive{};

  int unused() const { return purchased > assigned ? purchased - assigned : 0; }

  friend bool operator==(const ProductDay&, const ProductDay&) = default;
};

/// What a cycle that ended then leaves of what it counted, by product. Nothing of products that are
/// free of charge or for the whole company: their seats say nothing.
std::vector<ProductDay> ProductDaysOf(const WasteReport& report, WallTime ended_at);

/// Days of one product, in their order, each once; days may be missing.
using ProductTrend = std::vector<ProductDay>;

/// The newest that is so many days older than the last one, or more; nullptr: there is none. What
/// it points to is part of `trend`.
const ProductDay* DaysBefore(const ProductTrend& trend, std::chrono::days before);

}  // namespace seatkeeper
