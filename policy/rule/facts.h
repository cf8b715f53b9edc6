#pragma once

#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// A comparison that must hold, or one that must fail.
struct Fact {
  const Comparison* comparison = nullptr;
  bool holds = true;
};

/// Whether no value of the operand, which all facts share, agrees with all of them; `not_null` says
/// that it is known not to be null or an empty list. True only where that is certain: nothing is
/// concluded from what a regular expression matches. An object id is never null; it and the id of a
/// service plan are always GUIDs.
bool ExcludeEachOther(const std::vector<Fact>& facts, bool not_null);

}  // namespace seatkeeper::rule
