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
    kLater,  ///< Entra's, but not in force in this version.
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

}  // namespace seatkeeper::rule
