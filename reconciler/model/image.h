#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// Who was in a tenant at the last reading of everybody, and how to go on from there: what
/// MergeReading takes of an earlier reading, so that a process that starts need not read everybody.
/// Groups, linked users, seats and subscriptions are not in it: they are read whole each time.
struct ReadingImage {
  ObservedState state;  ///< Users, with the products, service plans and texts of their rows.
  std::string cursor;   ///< What the service calls the moment of the reading.
  WallTime since{};     ///< When the reading began.
};

/// One piece of bytes, so that state and cursor are kept together or not at all: deflated, with a
/// checksum over everything. As large as its columns, less what deflating saves; for the machine
/// that made it, not for an exchange. The time it takes grows with the users: off the loop.
std::string EncodeImage(const ObservedState& state, std::string_view cursor, WallTime since);

/// What was encoded, in every respect in which two readings can differ for MergeReading. Any bytes
/// may be given. kIncomplete, saying what is wrong, when they are damaged, or were made by another
/// version or kind of machine: then a reading of everybody is due.
Result<ReadingImage> DecodeImage(std::string_view bytes);

}  // namespace seatkeeper
