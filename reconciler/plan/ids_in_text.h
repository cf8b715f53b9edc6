#pragma once

#include <string_view>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// Every id in the text, in order: services name products and service plans by id when they refuse.
template <typename AnyId>
std::vector<AnyId> IdsIn(std::string_view text) {
  constexpr std::size_t kIdLength = 36;  // 8-4-4-4-12 hexadecimal digits.
  std::vector<AnyId> ids;
  for (std::size_t at = 0; at + kIdLength <= text.size();) {
    if (const auto id = AnyId::Parse(text.substr(at, kIdLength))) {
      ids.push_back(*id);
      at += kIdLength;
    } else {
      ++at;
    }
  }
  return ids;
}

}  // namespace seatkeeper
