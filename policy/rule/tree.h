#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/guid.h"
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
  kMatch,
  kNotMatch,
  kGe,
  kLe,
};

/// The canonical spelling with its hyphen, for example "-startsWith".
std::string_view Spelling(Operator op);

/// A written value. Types were checked against the operand when the rule was parsed.
struct Literal {
  enum class Kind {
    kNull,
    kBoolean,
    kString,
    kTime,  ///< A moment, written out.
    kNow,   ///< `system.now`, moved by `offset`.
  };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  ///< Unescaped; with kMatch and kNotMatch a regular expression in RE2's syntax.
  std::chrono::sys_time<std::chrono::milliseconds> time{};
  std::chrono::milliseconds offset{0};  ///< -plus is positive, -minus negative.

  friend bool operator==(const Literal&, const Literal&) = default;
};

/// A property that an application added to the directory: `extension_{appId}_{name}`, one text.
struct DirectoryExtension {
  std::string name;  ///< As written, `extension_` included. Equal without regard to case.
};

/// What a comparison inside -any or -all looks at.
enum class ItemField {
  kItem,              ///< `_`: an item of a list of texts.
  kCapabilityStatus,  ///< assignedPlan.capabilityStatus
  kService,           ///< assignedPlan.service
  kServicePlanId,     ///< assignedPlan.servicePlanId
};

/// The left side of a comparison. ItemField stands only inside a Quantified, the others outside.
using Operand = std::variant<Property, DirectoryExtension, ItemField>;

struct Expression;

/// `operand operator value`; -in and -notIn carry any number of values, the others exactly one.
/// Directly on a list of texts, a positive operator asks whether any item passes, a negative one
/// whether none of them would pass its positive form.
struct Comparison {
  Operand operand;
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

/// `property -any (…)` and `property -all (…)` over a list of texts or the assigned plans.
/// -all holds for a user whose list is empty.
struct Quantified {
  enum class Kind { kAny, kAll };
  Property property{};  ///< Of type kStringList or kPlanList.
  Kind kind = Kind::kAny;
  std::vector<Expression> item;  ///< Exactly one, of comparisons over ItemField alone.
};

/// `user.memberOf -any (group.objectId -in […])`: direct members only. Always a whole rule.
struct MemberOf {
  std::vector<GroupId> groups;  ///< As written, at least one.
};

/// `Direct Reports for "…"`. Always a whole rule.
struct DirectReports {
  UserId manager;
};

/// A typed rule. Values: copyable, comparable by their printed form, no sharing.
struct Expression {
  std::variant<Comparison, Logical, Negation, Quantified, MemberOf, DirectReports> node;
};

/// The canonical text, with the fewest parentheses: parsing it again gives the same tree, unless it
/// came out longer than a rule may be (hyphens and escapes that the author left out are written).
std::string Print(const Expression& expression);

/// Calls `visit(const Operand&)` for every operand outside -any and -all, and for the property of
/// every -any and -all; repeats included. MemberOf and DirectReports have none.
template <typename Visit>
void ForEachOperand(const Expression& expression, Visit&& visit) {
  if (const auto* comparison = std::get_if<Comparison>(&expression.node)) {
    visit(comparison->operand);
  } else if (const auto* quantified = std::get_if<Quantified>(&expression.node)) {
    visit(Operand(quantified->property));
  } else if (const auto* logical = std::get_if<Logical>(&expression.node)) {
    for (const auto& term : logical->terms) ForEachOperand(term, visit);
  } else if (const auto* negation = std::get_if<Negation>(&expression.node)) {
    for (const auto& term : negation->term) ForEachOperand(term, visit);
  }
}

}  // namespace seatkeeper::rule
