#include "reconciler/plan/rule_eval.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policy/result.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Literal;
using rule::Operator;

bool IsNegative(Operator op) {
  return op == Operator::kNe || op == Operator::kNotStartsWith || op == Operator::kNotEndsWith ||
         op == Operator::kNotContains || op == Operator::kNotIn;
}

// What the positive form of the operator says of one folded text and one folded value.
bool TextMatches(Operator op, std::string_view text, std::string_view value) {
  switch (op) {
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return text.starts_with(value);
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return text.ends_with(value);
    case Operator::kContains:
    case Operator::kNotContains:
      return text.find(value) != std::string_view::npos;
    case Operator::kEq:
    case Operator::kNe:
    case Operator::kIn:
    case Operator::kNotIn:
      break;
  }
  return text == value;
}

// A comparison's values, folded once, with null told apart.
struct Values {
  std::vector<std::string> texts;
  bool null = false;

  explicit Values(const Comparison& comparison) {
    for (const auto& literal : comparison.values) {
      if (literal.kind == Literal::Kind::kNull) {
        null = true;
      } else {
        texts.push_back(FoldCase(literal.text));
      }
    }
  }
  bool Match(Operator op, std::string_view folded) const {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& value) { return TextMatches(op, folded, value); });
  }
};

RowSet EvaluateStrings(const Comparison& comparison, const StringColumn& column) {
  const Values values(comparison);
  const bool negative = IsNegative(comparison.op);
  std::vector<char> selected(column.dictionary_end());
  selected[StringColumn::kAbsent] = selected[StringColumn::kNull] =
      static_cast<char>(values.null != negative);
  for (auto code = StringColumn::kFirstText; code < column.dictionary_end(); ++code) {
    const bool matches = values.Match(comparison.op, FoldCase(column.Text(code)));
    selected[code] = static_cast<char>(matches != negative);
  }
  RowSet rows(column.size());
  for (Row row = 0; row < column.size(); ++row) {
    if (selected[column.code(row)] != 0) rows.Insert(row);
  }
  return rows;
}

bool BooleanMatches(const Literal& literal, BooleanColumn::Value value) {
  switch (value) {
    case BooleanColumn::Value::kAbsent:
    case BooleanColumn::Value::kNull:
      return literal.kind == Literal::Kind::kNull;
    case BooleanColumn::Value::kFalse:
      return literal.kind == Literal::Kind::kBoolean && !literal.boolean;
    case BooleanColumn::Value::kTrue:
      return literal.kind == Literal::Kind::kBoolean && literal.boolean;
  }
  return false;
}

RowSet EvaluateBooleans(const Comparison& comparison, const BooleanColumn& column) {
  const bool negative = IsNegative(comparison.op);
  RowSet rows(column.size());
  for (Row row = 0; row < column.size(); ++row) {
    const bool matches = std::any_of(
        comparison.values.begin(), comparison.values.end(),
        [&](const Literal& literal) { return BooleanMatches(literal, column.value(row)); });
    if (matches != negative) rows.Insert(row);
  }
  return rows;
}

// The object id is the key of the table, not a column of texts.
RowSet EvaluateIds(const Comparison& comparison, const UserTable& users) {
  const Values values(comparison);
  const bool negative = IsNegative(comparison.op);
  RowSet rows(users.size());
  for (Row row = 0; row < users.size(); ++row) {
    if (values.Match(comparison.op, users.id(row).ToString()) != negative) rows.Insert(row);
  }
  return rows;
}

RowSet EvaluateComparison(const Comparison& comparison, const UserTable& users) {
  if (comparison.property == rule::Property::kObjectId) return EvaluateIds(comparison, users);
  if (const auto* booleans = users.booleans(comparison.property)) {
    return EvaluateBooleans(comparison, *booleans);
  }
  return EvaluateStrings(comparison, *users.strings(comparison.property));
}

RowSet EvaluateLogical(const rule::Logical& logical, const UserTable& users) {
  RowSet rows = Evaluate(logical.terms.front(), users);
  for (std::size_t i = 1; i < logical.terms.size(); ++i) {
    if (logical.kind == rule::Logical::Kind::kAnd) {
      rows &= Evaluate(logical.terms[i], users);
    } else {
      rows |= Evaluate(logical.terms[i], users);
    }
  }
  return rows;
}

RowSet EvaluateNegation(const rule::Negation& negation, const UserTable& users) {
  RowSet rows = Evaluate(negation.term.front(), users);
  rows.Complement();
  return rows;
}

}  // namespace

RowSet Evaluate(const rule::Expression& expression, const UserTable& users) {
  return std::visit(
      Overloaded{[&](const Comparison& node) { return EvaluateComparison(node, users); },
                 [&](const rule::Logical& node) { return EvaluateLogical(node, users); },
                 [&](const rule::Negation& node) { return EvaluateNegation(node, users); }},
      expression.node);
}

}  // namespace seatkeeper
