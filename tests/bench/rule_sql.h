#pragma once

#include <optional>
#include <string>

#include "policy/rule/tree.h"
#include "reconciler/model/time.h"

namespace seatkeeper::bench {

/// The column of a property, in double quotes. Texts are lower-cased there, moments are
/// milliseconds since 1970, and neither tells null from absent.
std::string SqlColumn(rule::Property property);

/// The rule as an SQL condition over such columns; nothing where it speaks of lists, service plans,
/// links or patterns.
std::optional<std::string> RuleSql(const rule::Expression& rule, WallTime now);

}  // namespace seatkeeper::bench
