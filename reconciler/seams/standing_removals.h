#pragma once

#include <cstdint>
#include <optional>

#include "reconciler/model/time.h"

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

}  // namespace seatkeeper
