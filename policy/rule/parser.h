#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// Entra's limit on the length of a rule; seatkeeper keeps it so that rules can be moved there.
inline constexpr std::size_t kMaxRuleCharacters = 3072;
/// No rule within that limit is longer, in UTF-8.
inline constexpr std::size_t kMaxRuleBytes = 4 * kMaxRuleCharacters;
/// Parentheses and -not may nest this deep: far beyond what a person reads, far below the stack.
inline constexpr int kMaxNesting = 64;

/// Where and why a rule is not a rule.
struct ParseError {
  std::string code;  ///< As in Diagnostic, for example "rule-unknown-property".
  std::string message;
  std::string hint;
  std::size_t offset = 0;  ///< Byte offset into the rule's text.
  std::size_t length = 1;
};

/// Parses and type-checks a rule in Entra's dynamic membership syntax, with seatkeeper's own
/// properties. Linear in its length, save for the compiling of regular expressions, which RE2
/// bounds. Operators may lack their hyphen; they and names may stand in any letter case.
/// Binding, closest first: comparisons, -not, -and, -or; the items of -any and -all always stand in
/// parentheses.
std::variant<Expression, ParseError> Parse(std::string_view text);

}  // namespace seatkeeper::rule
