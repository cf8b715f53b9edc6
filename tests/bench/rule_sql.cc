#include "tests/bench/rule_sql.h"

#include <fmt/format.h>

#include <variant>
#include <vector>

#include "policy/rule/operator.h"
#include "policy/text.h"

namespace seatkeeper::bench {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::Literal;
using rule::Operator;

std::optional<std::string> Value(const Literal& literal, WallTime now) {
  switch (literal.kind) {
    case Literal::Kind::kBoolean:
      return literal.boolean ? "true" : "false";
    case Literal::Kind::kString: {
      std::string quoted = "'";
      for (const char c : FoldCase(literal.text)) quoted += c == '\'' ? "''" : std::string(1, c);
      return quoted + "'";
    }
    case Literal::Kind::kTime:
      return std::to_string(literal.time.time_since_epoch().count());
    case Literal::Kind::kNow:
      return std::to_string((now + literal.offset).time_since_epoch().count());
    case Literal::Kind::kNull:
      break;
  }
  return std::nullopt;
}

// The positive form; NULL, which no condition takes for true, where the column is.
std::optional<std::string> Positive(const Comparison& comparison, WallTime now) {
  const auto* property = std::get_if<rule::Property>(&comparison.operand);
  if (property == nullptr || rule::Info(*property).type == rule::PropertyType::kStringList ||
      rule::Info(*property).type == rule::PropertyType::kPlanList) {
    return std::nullopt;
  }
  const auto column = SqlColumn(*property);
  std::vector<std::string> values;
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kNull) return fmt::format("{} IS NULL", column);
    values.push_back(*Value(literal, now));
  }
  switch (comparison.op) {
    case Operator::kEq:
    case Operator::kNe:
      return fmt::format("{} = {}", column, values[0]);
    case Operator::kIn:
    case Operator::kNotIn:
      return fmt::format("{} IN ({})", column, fmt::join(values, ", "));
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return fmt::format("starts_with({}, {})", column, values[0]);
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return fmt::format("ends_with({}, {})", column, values[0]);
    case Operator::kContains:
    case Operator::kNotContains:
      return fmt::format("contains({}, {})", column, values[0]);
    case Operator::kGe:
      return fmt::format("{} >= {}", column, values[0]);
    case Operator::kLe:
      return fmt::format("{} <= {}", column, values[0]);
    case Operator::kMatch:
    case Operator::kNotMatch:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> Joined(const rule::Logical& logical, WallTime now) {
  std::vector<std::string> terms;
  for (const auto& term : logical.terms) {
    auto sql = RuleSql(term, now);
    if (!sql) return std::nullopt;
    terms.push_back("(" + *sql + ")");
  }
  return fmt::format(
      "{}", fmt::join(terms, logical.kind == rule::Logical::Kind::kAnd ? " AND " : " OR "));
}

}  // namespace

std::string SqlColumn(rule::Property property) {
  return fmt::format("\"{}\"", rule::Info(property).rule_name);
}

std::optional<std::string> RuleSql(const Expression& rule, WallTime now) {
  if (const auto* comparison = std::get_if<Comparison>(&rule.node)) {
    const auto positive = Positive(*comparison, now);
    if (!positive || !rule::IsNegative(comparison->op)) return positive;
    return fmt::format("coalesce(NOT ({}), true)", *positive);
  }
  if (const auto* logical = std::get_if<rule::Logical>(&rule.node)) return Joined(*logical, now);
  if (const auto* negation = std::get_if<rule::Negation>(&rule.node)) {
    const auto term = RuleSql(negation->term.front(), now);
    if (!term) return std::nullopt;
    return fmt::format("coalesce(NOT ({}), true)", *term);
  }
  return std::nullopt;
}

}  // namespace seatkeeper::bench
