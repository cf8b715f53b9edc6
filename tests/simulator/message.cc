#include "tests/simulator/message.h"

#include "tests/simulator/text.h"

namespace seatkeeper::sim {

std::optional<std::string> FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return std::nullopt;
}

}  // namespace seatkeeper::sim
