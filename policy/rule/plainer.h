#pragma once

#include <optional>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// A comparison that selects the same users as one with -match or -notMatch whose expression is
/// nothing but text, with ^ or $ or neither; nothing for other comparisons.
std::optional<Comparison> PlainerForm(const Comparison& comparison);

}  // namespace seatkeeper::rule
