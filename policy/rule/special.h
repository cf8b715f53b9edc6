#pragma once

#include <cstddef>
#include <optional>

#include "policy/rule/cursor.h"
#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// As Entra documents it.
inline constexpr std::size_t kMaxMemberOfGroups = 50;

/// `Direct Reports for "…"`; the cursor stands at `Direct`.
std::optional<Expression> ReadDirectReports(Cursor& cursor);

/// `user.memberOf -any (group.objectId -in […])`; the cursor stands at `user.memberOf`.
std::optional<Expression> ReadMemberOf(Cursor& cursor);

}  // namespace seatkeeper::rule
