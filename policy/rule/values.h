#pragma once

#include <optional>

#include "policy/rule/cursor.h"
#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// The value that the cursor stands at, checked against what it is compared with: its type, null,
/// the syntax of dates and of regular expressions.
std::optional<Literal> ReadValue(Cursor& cursor, const Operand& operand, Operator op);

}  // namespace seatkeeper::rule
