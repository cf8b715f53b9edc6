#include "policy/rule/operator.h"

#include <algorithm>
#include <iterator>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Role = OperatorWord::Role;

constexpr OperatorWord kWords[] = {
    {"-eq", Role::kComparison, Operator::kEq},
    {"-ne", Role::kComparison, Operator::kNe},
    {"-startsWith", Role::kComparison, Operator::kStartsWith},
    {"-notStartsWith", Role::kComparison, Operator::kNotStartsWith},
    {"-endsWith", Role::kComparison, Operator::kEndsWith},
    {"-notEndsWith", Role::kComparison, Operator::kNotEndsWith},
    {"-contains", Role::kComparison, Operator::kContains},
    {"-notContains", Role::kComparison, Operator::kNotContains},
    {"-in", Role::kComparison, Operator::kIn},
    {"-notIn", Role::kComparison, Operator::kNotIn},
    {"-and", Role::kAnd},
    {"-or", Role::kOr},
    {"-not", Role::kNot},
    {"-match", Role::kLater},
    {"-notMatch", Role::kLater},
    {"-any", Role::kLater},
    {"-all", Role::kLater},
    {"-ge", Role::kLater},
    {"-le", Role::kLater},
};

struct Foreign {
  std::string_view word;
  std::string_view hint;
};
constexpr Foreign kForeign[] = {
    {"=", "write -eq"},
    {"==", "write -eq"},
    {"!=", "write -ne"},
    {"<>", "write -ne"},
    {"!", "write -not"},
    {"&&", "write -and"},
    {"||", "write -or"},
    {"-like", "write -startsWith, -endsWith or -contains"},
    {"-notlike", "write -notStartsWith, -notEndsWith or -notContains"},
    {"-xor", "write it out with -and, -or and -not"},
};

}  // namespace

const OperatorWord* FindOperatorWord(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  const auto* found = std::find_if(
      std::begin(kWords), std::end(kWords),
      [&](const OperatorWord& known) { return EqualsIgnoreCase(known.spelling.substr(1), word); });
  return found == std::end(kWords) ? nullptr : found;
}

std::vector<std::string_view> SpellingsOf(Role role) {
  std::vector<std::string_view> spellings;
  for (const auto& word : kWords) {
    if (word.role == role) spellings.push_back(word.spelling);
  }
  return spellings;
}

std::string_view ForeignOperatorHint(std::string_view word) {
  for (const auto& foreign : kForeign) {
    const auto bare = foreign.word.substr(foreign.word.starts_with('-') ? 1 : 0);
    if (EqualsIgnoreCase(word, foreign.word) || EqualsIgnoreCase(word, bare)) return foreign.hint;
  }
  return {};
}

std::string_view Spelling(Operator op) {
  const auto* found = std::find_if(
      std::begin(kWords), std::end(kWords),
      [&](const OperatorWord& word) { return word.role == Role::kComparison && word.op == op; });
  return found == std::end(kWords) ? "?" : found->spelling;
}

}  // namespace seatkeeper::rule
