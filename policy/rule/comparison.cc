#include "policy/rule/comparison.h"

#include <string>
#include <utility>

#include "policy/rule/operand.h"
#include "policy/rule/values.h"
#include "policy/rule/vocabulary.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Kind = Token::Kind;
using Role = OperatorWord::Role;

bool ComparesDates(Operator op) { return op == Operator::kGe || op == Operator::kLe; }

bool Goes(PropertyType type, Operator op) {
  switch (type) {
    case PropertyType::kBoolean:
      return TakesNull(op);
    case PropertyType::kString:
      return !ComparesDates(op);
    case PropertyType::kDateTime:
      return TakesNull(op) || ComparesDates(op);
    case PropertyType::kStringList:
      return !ComparesDates(op) && !TakesList(op);
    case PropertyType::kPlanList:
      break;
  }
  return false;
}

// What goes with the operand in place of an operator that does not.
std::string RefusalHint(const Operand& operand, PropertyType type, Operator op) {
  switch (type) {
    case PropertyType::kBoolean:
      return "it is true or false: compare it with -eq or -ne";
    case PropertyType::kString:
      return "it is text; -ge and -le compare dates";
    case PropertyType::kDateTime:
      return "it is a date: compare it with -ge or -le, or with null by -eq or -ne";
    case PropertyType::kStringList:
      if (ComparesDates(op)) return "its items are text; -ge and -le compare dates";
      return "it is a list: write " + NameOf(operand) +
             (op == Operator::kIn ? " -any (_ -in [...])" : " -all (_ -notIn [...])");
    case PropertyType::kPlanList:
      break;
  }
  return "it is a list: write " + NameOf(operand) + " -any (" + std::string(ItemExample(type)) +
         ")";
}

void FailOperator(Cursor& cursor, const std::string& name) {
  const auto* word = cursor.Operator();
  if (word != nullptr && word->role == Role::kNot) {
    cursor.FailHere("rule-syntax", "-not stands before a comparison, not inside it",
                    "write -ne, or -not before the property");
  } else if (word != nullptr && (word->role == Role::kAny || word->role == Role::kAll)) {
    cursor.FailHere("rule-type",
                    name + " holds one value; " + Quoted(word->spelling) + " is for lists",
                    "compare it directly, as in " + name + " -eq \"...\"");
  } else if (!cursor.At(Kind::kWord) || word != nullptr) {
    cursor.FailHere("rule-syntax", "an operator is missing after " + name,
                    name + " needs an operator and a value, as in -eq \"...\"");
  } else {
    const auto written = cursor.token().raw;
    std::string hint(ForeignOperatorHint(written));
    if (hint.empty()) hint = SuggestNearest(written, SpellingsOf(Role::kComparison));
    cursor.FailHere("rule-unknown-operator", "unknown operator " + Quoted(written),
                    std::move(hint));
  }
}

bool ReadOperator(Cursor& cursor, Comparison& comparison) {
  const std::string name = NameOf(comparison.operand);
  const auto* word = cursor.Operator();
  if (word == nullptr || word->role != Role::kComparison) {
    FailOperator(cursor, name);
    return false;
  }
  comparison.op = word->op;
  const auto type = TypeOf(comparison.operand);
  if (!Goes(type, word->op)) {
    cursor.FailHere("rule-type", Quoted(word->spelling) + " does not go with " + name,
                    RefusalHint(comparison.operand, type, word->op));
    return false;
  }
  cursor.Advance();
  return true;
}

bool AddValue(Cursor& cursor, Comparison& comparison) {
  auto value = ReadValue(cursor, comparison.operand, comparison.op);
  if (!value) return false;
  comparison.values.push_back(std::move(*value));
  return true;
}

bool ReadList(Cursor& cursor, Comparison& comparison) {
  const std::string op(Spelling(comparison.op));
  if (!cursor.At(Kind::kOpenList)) {
    cursor.FailHere("rule-type", Quoted(op) + " takes a list", "write " + op + " [\"a\", \"b\"]");
    return false;
  }
  cursor.Advance();
  if (cursor.At(Kind::kCloseList)) {
    cursor.FailHere("rule-type", "an empty list matches nothing", "name at least one value");
    return false;
  }
  while (AddValue(cursor, comparison)) {
    if (cursor.At(Kind::kCloseList)) {
      cursor.Advance();
      return true;
    }
    if (!cursor.At(Kind::kComma)) {
      cursor.FailHere("rule-syntax", "a comma or ] must stand here");
      return false;
    }
    cursor.Advance();
  }
  return false;
}

bool ReadValues(Cursor& cursor, Comparison& comparison) {
  if (TakesList(comparison.op)) return ReadList(cursor, comparison);
  if (cursor.At(Kind::kOpenList)) {
    cursor.FailHere("rule-type", Quoted(Spelling(comparison.op)) + " takes one value, not a list",
                    "use -in or -notIn with a list");
    return false;
  }
  return AddValue(cursor, comparison);
}

}  // namespace

std::optional<Comparison> ReadComparison(Cursor& cursor, Operand operand) {
  Comparison comparison{.operand = std::move(operand), .op = {}, .values = {}};
  if (!ReadOperator(cursor, comparison) || !ReadValues(cursor, comparison)) return std::nullopt;
  return comparison;
}

}  // namespace seatkeeper::rule
