#pragma once

#include <string>
#include <vector>

#include "policy/rule/tree.h"

namespace seatkeeper::bench {

struct BenchRule {
  std::string name;
  rule::Expression rule;
};

/// Fifty rules as policies of a large company hold them: mostly departments, countries, titles and
/// account states joined, some text searches over columns where every value is distinct, dates,
/// addresses, assigned plans, groups.
std::vector<BenchRule> BenchRules();

}  // namespace seatkeeper::bench
