#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {

/// The tenant's own log of requests after line `seen`, which becomes the last of them.
inline std::vector<nlohmann::json> LogSince(World& world, std::uint64_t& seen) {
  std::vector<nlohmann::json> lines;
  const auto text = world.Control("GET", "/_sim/log?since=" + std::to_string(seen));
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(nlohmann::json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (!lines.empty()) seen = lines.back().at("n");
  return lines;
}
inline std::vector<nlohmann::json> LogOf(World& world) {
  std::uint64_t seen = 0;
  return LogSince(world, seen);
}

/// Calls visit(item) for every request that changed what somebody holds.
template <typename Visit>
void ForEachWrite(World& world, Visit&& visit) {
  for (const auto& line : LogOf(world)) {
    for (const auto& item : line.value("items", nlohmann::json::array())) {
      if (item.value("effective", false) && item.contains("body")) visit(item);
    }
  }
}

/// How many products the tenant's own log says were taken from users.
inline int RemovalsIn(World& world) {
  std::size_t removals = 0;
  ForEachWrite(world, [&](const nlohmann::json& item) {
    removals += item.at("body").value("removeLicenses", nlohmann::json::array()).size();
  });
  return static_cast<int>(removals);
}

}  // namespace seatkeeper::test
