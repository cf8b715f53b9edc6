#pragma once

#include "policy/rule/tree.h"
#include "reconciler/model/user_table.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// The users whom a rule selects. Each comparison is decided once per distinct value of its column.
/// Strings compare without regard to case, as Entra's do. Null and absent values equal `null`, and
/// are unequal to every text: `-ne "x"` and the other negative operators select them, positive ones
/// never do. (Entra does not document the latter; see README, "Rules".)
/// REQUIRES: every property of the rule was selected when `users` was read.
RowSet Evaluate(const rule::Expression& expression, const UserTable& users);

}  // namespace seatkeeper
