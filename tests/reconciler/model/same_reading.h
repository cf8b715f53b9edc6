#pragma once

#include "reconciler/model/observed.h"

namespace seatkeeper::test {

/// The user in this row of both is the same and known of by the same things, whatever the numbers
/// that the tables use for them.
void ExpectSameUser(const ObservedState& read, const ObservedState& expected, Row row);

/// Nothing that can be asked of the readings' users, products and groups tells them apart.
void ExpectSameReading(const ObservedState& read, const ObservedState& expected);

}  // namespace seatkeeper::test
