#pragma once

#include <string>
#include <variant>
#include <vector>

#include "policy/rule/property.h"

namespace seatkeeper::rule {

enum class Operator {
  kEq,
  kNe,
  kStartsWith,
  kNotStartsWith,
  kEndsWith,
  kNotEndsWith,
  kContains,
  kNotContains,
  kIn,
  kNotIn,
};

/// The canonical spelling with its hyphen, for example "-startsWith".
std::string_view Spelling(Operator op);

/// A written value. Types were checked against the property when the rule was parsed.
struct Literal {
  enum class Kind { kNull, kBoolean, kString };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  ///< Unescaped.

  friend bool operator==(const Literal&, const Literal&) = default;
};

struct Expression;

/// `property operator value`; -in and -notIn carry any number of values, the others exactly one.
struct Comparison {
  Property property{};
  Operator op{};
  std::vector<Literal> values;
};

/// Two or more terms joined by one connective.
struct Logical {
  enum class Kind { kAnd, kOr };
  Kind kind = Kind::kAnd;
  std::vector<Expression> terms;
};

struct Negation {
  std::vector<Expression> term;  ///< Exactly one; a vector because the type is recursive.
};

/// A typed rule. Values: copyable, comparable by their printed form, no sharing.
struct Expression {
  std::variant<Comparison, Logical, Negation> node;
};

/// The canonical text, with the fewest parentheses: parsing it again gives the same tree, unless it
/// came out longer than a rule may be (hyphens and escapes that the author left out are written).
std::string Print(const Expression& expression);

/// Calls `visit(property)` for every property that the rule names, repeats included.
template <typename Visit>
void ForEachProperty(const Expression& expression, Visit&& visit) {
  if (const auto* comparison = std::get_if<Comparison>(&expression.node)) {
    visit(comparison->property);
  } else if (const auto* logical = std::get_if<Logical>(&expression.node)) {
    for (const auto& term : logical->terms) ForEachProperty(term, visit);
  } else {
    for (const auto& term : std::get<Negation>(expression.node).term) ForEachProperty(term, visit);
  }
}

}  // namespace seatkeeper::rule
