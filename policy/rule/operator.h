#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// What a word may mean where an operator can stand.
struct OperatorWord {
  enum class Role {
    kComparison,
    kAnd,
    kOr,
    kNot,
    kAny,
    kAll,
    kPlus,   ///< After system.now only.
    kMinus,  ///< Likewise.
  };
  std::string_view spelling;  ///< Canonical, with its hyphen.
  Role role;
  Operator op{};  ///< Meaningful for kComparison.
};

/// Any letter case, with or without the hyphen; nullptr for other words.
const OperatorWord* FindOperatorWord(std::string_view word);

/// The spellings of the operators of one role, for suggestions.
std::vector<std::string_view> SpellingsOf(OperatorWord::Role role);

/// What takes the place of an operator of other languages ("==", "-like"); empty when unknown.
std::string_view ForeignOperatorHint(std::string_view word);

/// -in and -notIn.
bool TakesList(Operator op);
/// -eq and -ne.
bool TakesNull(Operator op);
/// -match and -notMatch.
bool TakesPattern(Operator op);

/// -ne, -notStartsWith and so on: those that select null and missing values.
bool IsNegative(Operator op);

/// The operator that selects exactly the users whom `op` does not: -ne for -eq, -notIn for -in, and
/// so on. None for -ge and -le, since neither selects null.
std::optional<Operator> Opposite(Operator op);

}  // namespace seatkeeper::rule
