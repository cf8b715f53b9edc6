#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/filter.h"

namespace seatkeeper::sim {

// A filter taken apart: filter.cc makes it, filter_match.cc goes by it.
struct Filter::Node {
  enum class Kind { kAnd, kOr, kNot, kCompare, kIn, kStartsWith, kEndsWith, kAny, kCount };
  Kind kind = Kind::kCompare;
  std::string path;        // below the object or, inside of any(), below the element; may be empty
  std::string comparison;  // eq, ne, ge, le
  std::vector<nlohmann::json> values;
  bool exact = false;
  bool instants = false;  // compared as points in time
  std::vector<Node> parts;
};

}  // namespace seatkeeper::sim
