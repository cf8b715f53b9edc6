#include <algorithm>
#include <cstdint>
#include <limits>
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
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t next = kNever;
  const auto values = column->values();
  for (const auto& literal : comparison.values) {
    if (literal.kind != Literal::Kind::kNow) continue;
    const std::int64_t limit = (now_ + literal.offset).time_since_epoch().count();
    const bool until_passed = comparison.op == Operator::kGe;
    const std::int64_t first = comparison.op == Operator::kLe ? limit + 1 : limit;
    std::int64_t nearest = kNever;
    relevant.ForEach([&](Row row) {
      if (values[row] >= first) nearest = std::min(nearest, values[row]);
    });
    if (nearest == kNever) continue;
    // What holds now because the moment is just reached ends a millisecond later.
    const int later = until_passed || nearest == limit ? 1 : 0;
    next = std::min(next, nearest - literal.offset.count() + later);
  }
  if (next == kNever) return std::nullopt;
  return WallTime(std::chrono::milliseconds(next));
}

}  // namespace seatkeeper
