#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/observed.h"

namespace seatkeeper::bench {

/// A rule as the plain way would evaluate it: user by user, one comparison of strings after the
/// other, ending as soon as the answer is known. What does not change from user to user (folded
/// values, compiled patterns, sets of linked users) is made once.
class RowByRow {
 public:
  RowByRow(const rule::Expression& rule, const ObservedState& observed, WallTime now);
  bool Selects(Row row) const { return selects_(row); }

 private:
  std::function<bool(Row)> selects_;
};

}  // namespace seatkeeper::bench
