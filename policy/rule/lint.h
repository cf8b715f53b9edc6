#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// What a correct rule may still have wrong.
struct Lint {
  /// "rule-matches-nobody", "rule-matches-everybody", "rule-not-in-entra", "rule-plainer" or
  /// "rule-property-case".
  std::string code;
  std::string message;
  std::string hint;
  std::optional<std::size_t> offset;  ///< Bytes into the text; nothing for the rule as a whole.
  std::size_t length = 1;
};

/// Findings that are certain, and nothing where they are not: rules that hold for nobody or for
/// everybody (`user.objectId -ne null` alone is the way to say that), properties that Entra's own
/// rules do not know or spell otherwise, regular expressions that a plainer operator replaces.
/// `text` is what `rule` was parsed from; without it findings have no places, and spelling is not
/// looked at.
std::vector<Lint> FindLints(const Expression& rule, std::string_view text = {});

}  // namespace seatkeeper::rule
