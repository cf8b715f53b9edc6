#pragma once

#include <cstddef>
#include <optional>
#include <random>

#include "policy/rule/tree.h"

namespace seatkeeper::rule::test {

/// Makes every kind of tree that the parser makes, and no other: for example no conjunction
/// directly inside a conjunction. The same seed makes the same trees.
class RandomTrees {
 public:
  explicit RandomTrees(unsigned seed) : random_(seed) {}

  Expression Make(int depth);

 private:
  std::size_t Below(std::size_t limit);
  Expression MakePart(int depth);
  Expression MakeLogical(Logical::Kind kind, int depth);
  Expression MakeQuantified(int depth);
  Expression MakeComparison();
  Operand MakeOperand();
  Operator MakeOperator(PropertyType type);
  Literal MakeValue(PropertyType type, Operator op);
  Literal MakeMoment();
  Literal MakeText();
  Guid MakeGuid();

  std::mt19937 random_;
  std::optional<Property> list_;  // Inside its -any or -all.
};

}  // namespace seatkeeper::rule::test
