#pragma once

#include <span>
#include <string>
#include <vector>

#include "policy/schema/check.h"

namespace seatkeeper::schema {

/// The part of Check that looks at a mapping: its keys, its demands on keys together, its values.
/// REQUIRES: `node` is a mapping.
void CheckMapping(const yaml::Node& node, const Mapping& mapping, const Place& place,
                  std::vector<Diagnostic>& diagnostics);

/// "one of a, b, c" of the words that are in force; only the word where there is one.
std::string OneOf(std::span<const Choice> choices);

}  // namespace seatkeeper::schema
