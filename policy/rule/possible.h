#pragma once

#include <optional>
#include <string>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// What makes an expression hold for nobody, or fail for nobody.
struct Conflict {
  std::string about;               ///< The operand, as NameOf; empty for whole parts of the rule.
  const Comparison* at = nullptr;  ///< Where it shows; nullptr for whole parts.
};

/// With `holds`, why no user can satisfy the expression; without, why no user can fail it. Nothing
/// where that is not certain.
std::optional<Conflict> FindConflict(const Expression& expression, bool holds);

}  // namespace seatkeeper::rule
