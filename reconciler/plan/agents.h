#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

struct DesiredProduct;

/// Leaves only people in a selection. Policies are for people: agents, and accounts of a type that
/// is not known to be a person's, are selected by none, judged by none and never changed.
void KeepPeople(const UserTable& users, RowSet& rows);

/// "an agent account" or what else is known of an account of this type (UserTable::not_people).
std::string DescribeAccount(std::string_view type);

/// How many accounts are left alone for being no person's, a warning per type. They count when
/// policies would select them (`selected`), or when they hold one of `products` from any source;
/// of the others there is nothing to tell.
void WarnOfAgents(const ObservedState& observed, const std::vector<DesiredProduct>& products,
                  const RowSet& selected, std::vector<std::string>& warnings);

}  // namespace seatkeeper
