#pragma once

#include <string_view>

namespace seatkeeper {

/// As CMake's project() says, for example "0.1.0".
inline constexpr std::string_view kVersion = SEATKEEPER_VERSION;

}  // namespace seatkeeper
