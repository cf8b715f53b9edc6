#pragma once

#include <algorithm>
#include <string>

#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {

/// How many products the tenant's own log says were taken from users.
inline int RemovalsIn(World& world) {
  int removals = 0;
  const auto text = world.Control("GET", "/_sim/log");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = nlohmann::json::parse(text.substr(begin, end - begin));
    begin = end + 1;
    for (const auto& item : line.value("items", nlohmann::json::array())) {
      if (!item.value("effective", false) || !item.contains("body")) continue;
      const auto removed = item["body"].value("removeLicenses", nlohmann::json::array());
      removals += static_cast<int>(removed.size());
    }
  }
  return removals;
}

}  // namespace seatkeeper::test
