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
    {"-match", Role::kComparison, Operator::kMatch},
    {"-notMatch", Role::kComparison, Operator::kNotMatch},
    {"-ge", Role::kComparison, Operator::kGe},
    {"-le", Role::kComparison, Operator::kLe},
    {"-and", Role::kAnd},
    {"-or", Role::kOr},
    {"-not", Role::kNot},
    {"-any", Role::kAny},
    {"-all", Role::kAll},
    {"-plus", Role::kPlus},
    {"-minus", Role::kMinus},
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
    {"-is", "write -eq"},
    {"!", "write -not"},
    {"&&", "write -and"},
    {"||", "write -or"},
    {">", "write -ge: there is no operator without the bound itself"},
    {">=", "write -ge"},
    {"<", "write -le: there is no operator without the bound itself"},
    {"<=", "write -le"},
    {"-gt", "write -ge: there is no operator without the bound itself"},
    {"-lt", "write -le: there is no operator without the bound itself"},
    {"-gte", "write -ge"},
    {"-lte", "write -le"},
    {"-before", "write -le"},
    {"-after", "write -ge"},
    {"-like", "write -startsWith, -endsWith or -contains"},
    {"-notlike", "write -notStartsWith, -notEndsWith or -notContains"},
    {"-xor", "write it out with -and, -or and -not"},
};

struct Pair {
  Operator positive;
  Operator negative;
};
constexpr Pair kPairs[] = {
    {Operator::kEq, Operator::kNe},
    {Operator::kStartsWith, Operator::kNotStartsWith},
    {Operator::kEndsWith, Operator::kNotEndsWith},
    {Operator::kContains, Operator::kNotContains},
    {Operator::kIn, Operator::kNotIn},
    {Operator::kMatch, Operator::kNotMatch},
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

bool TakesList(Operator op) { return op == Operator::kIn || op == Operator::kNotIn; }
bool TakesNull(Operator op) { return op == Operator::kEq || op == Operator::kNe; }
bool TakesPattern(Operator op) { return op == Operator::kMatch || op == Operator::kNotMatch; }

bool IsNegative(Operator op) {
  return std::any_of(std::begin(kPairs), std::end(kPairs),
                     [&](const Pair& pair) { return pair.negative == op; });
}

std::optional<Operator> Opposite(Operator op) {
  for (const auto& pair : kPairs) {
    if (pair.positive == op) return pair.negative;
    if (pair.negative == op) return pair.positive;
  }
  return std::nullopt;
}

}  // namespace seatkeeper::rule
