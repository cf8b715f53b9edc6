#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/result.h"

namespace seatkeeper {

/// The whole of a file. kNotFound when there is none, kIo with the system's words when it cannot be
/// read, is a folder, or is larger than `max_bytes` (a mistyped path must not eat the memory).
Result<std::string> ReadBoundedFile(const std::string& path, std::size_t max_bytes);

/// More than any secret, token or certificate with its chain comes to.
inline constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10;

/// The secret in a file, without the line ends and blanks behind it. An empty one is an error,
/// which calls it `what` ("client secret"). The text never appears in a message.
Result<std::string> ReadSecretFile(const std::string& path, std::string_view what);

}  // namespace seatkeeper
