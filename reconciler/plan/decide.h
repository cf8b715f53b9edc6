#pragma once

#include <span>
#include <vector>

#include "reconciler/model/user_table.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

/// Fills granted, revoked and tied of one product from its statements: per user the statement of
/// the highest priority wins. REQUIRES: statements are ordered by priority, highest first.
void Decide(std::span<const Selection> selections, std::size_t users, DesiredProduct& product);

/// Fills `owned` of the products under management `owned`. `pairs` are ordered.
void FindOwned(std::span<const UserProduct> pairs, const UserTable& users,
               std::vector<DesiredProduct>& products);

}  // namespace seatkeeper
