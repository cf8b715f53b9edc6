#pragma once

#include <optional>

#include "policy/rule/cursor.h"
#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// Reads the operator and the value or values behind an operand, and checks that they go with it.
std::optional<Comparison> ReadComparison(Cursor& cursor, Operand operand);

}  // namespace seatkeeper::rule
