#pragma once

#include <string>
#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// What a correct rule may still have wrong.
struct Lint {
  std::string code;  ///< "rule-matches-nobody" or "rule-not-in-entra".
  std::string message;
  std::string hint;
};

/// Findings that are certain: a rule of which two comparisons, both required, exclude each other,
/// and properties that Entra's own rules do not know. Says nothing where it is not sure.
std::vector<Lint> FindLints(const Expression& rule);

}  // namespace seatkeeper::rule
