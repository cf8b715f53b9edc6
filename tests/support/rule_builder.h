#pragma once

#include <string>
#include <utility>
#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::test {

/// Rules built in code, for what a test wants to say in one line.
inline rule::Literal Null() { return {}; }
inline rule::Literal Text(std::string text) {
  return {.kind = rule::Literal::Kind::kString, .text = std::move(text)};
}
inline rule::Literal At(std::chrono::sys_time<std::chrono::milliseconds> time) {
  return {.kind = rule::Literal::Kind::kTime, .time = time};
}
inline rule::Literal Now(std::chrono::milliseconds offset = {}) {
  return {.kind = rule::Literal::Kind::kNow, .offset = offset};
}
inline rule::Expression Is(rule::Operand operand, rule::Operator op,
                           std::vector<rule::Literal> values) {
  return {rule::Comparison{std::move(operand), op, std::move(values)}};
}
inline rule::Expression Is(rule::Operand operand, rule::Operator op, rule::Literal value) {
  return Is(std::move(operand), op, std::vector{std::move(value)});
}
inline rule::Expression And(std::vector<rule::Expression> terms) {
  return {rule::Logical{rule::Logical::Kind::kAnd, std::move(terms)}};
}
inline rule::Expression Or(std::vector<rule::Expression> terms) {
  return {rule::Logical{rule::Logical::Kind::kOr, std::move(terms)}};
}
inline rule::Expression Not(rule::Expression term) { return {rule::Negation{{std::move(term)}}}; }
inline rule::Expression Any(rule::Property property, rule::Expression item) {
  return {rule::Quantified{property, rule::Quantified::Kind::kAny, {std::move(item)}}};
}
inline rule::Expression All(rule::Property property, rule::Expression item) {
  return {rule::Quantified{property, rule::Quantified::Kind::kAll, {std::move(item)}}};
}

}  // namespace seatkeeper::test
