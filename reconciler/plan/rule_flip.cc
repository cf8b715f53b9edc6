#include <algorithm>
#include <utility>

#include "reconciler/plan/rule_eval.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::Literal;
using rule::Operator;

bool DependsOnNow(const Expression& expression) {
  const auto any = [](const std::vector<Expression>& terms) {
    return std::any_of(terms.begin(), terms.end(), DependsOnNow);
  };
  if (const auto* comparison = std::get_if<Comparison>(&expression.node)) {
    return std::any_of(comparison->values.begin(), comparison->values.end(),
                       [](const Literal& literal) { return literal.kind == Literal::Kind::kNow; });
  }
  if (const auto* logical = std::get_if<rule::Logical>(&expression.node)) {
    return any(logical->terms);
  }
  if (const auto* negation = std::get_if<rule::Negation>(&expression.node)) {
    return any(negation->term);
  }
  return false;
}

}  // namespace

std::optional<WallTime> Earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// Only users whom the terms without `system.now` leave undecided can flip, so each term is asked
// about those alone.
std::optional<WallTime> RuleEvaluator::NextFlip(const Expression& expression, RowSet relevant) {
  if (!DependsOnNow(expression)) return std::nullopt;
  if (const auto* comparison = std::get_if<Comparison>(&expression.node)) {
    return NextFlip(*comparison, relevant);
  }
  if (const auto* negation = std::get_if<rule::Negation>(&expression.node)) {
    return NextFlip(negation->term.front(), std::move(relevant));
  }
  const auto& logical = std::get<rule::Logical>(expression.node);
  std::vector<Link> unresolved;  // Reported by the evaluation itself.
  for (const auto& term : logical.terms) {
    if (DependsOnNow(term)) continue;
    if (logical.kind == rule::Logical::Kind::kAnd) {
      relevant &= Rows(term, unresolved);
    } else {
      relevant -= Rows(term, unresolved);
    }
  }
  std::optional<WallTime> next;
  for (const auto& term : logical.terms) next = Earlier(next, NextFlip(term, relevant));
  return next;
}

// A moment t is -ge now + offset until now is t - offset, and -le from then on.
std::optional<WallTime> RuleEvaluator::NextFlip(const Comparison& comparison,
                                                const RowSet& relevant) {
  const auto* property = std::get_if<rule::Property>(&comparison.operand);
  const auto* column = property == nullptr ? nullptr : users_.times(*property);
  if (column == nullptr) return std::nullopt;
  std::optional<WallTime> next;
  for (const auto& literal : comparison.values) {
    if (literal.kind != Literal::Kind::kNow) continue;
    relevant.ForEach([&](Row row) {
      const auto time = column->time(row);
      if (!time) return;
      const WallTime reached = *time - literal.offset;
      const WallTime passed = reached + std::chrono::milliseconds(1);
      if (comparison.op != Operator::kGe && reached > now_) next = Earlier(next, reached);
      if (comparison.op != Operator::kLe && passed > now_) next = Earlier(next, passed);
    });
  }
  return next;
}

}  // namespace seatkeeper
