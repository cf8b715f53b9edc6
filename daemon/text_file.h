#pragma once

#include <cstddef>
#include <string>

#include "policy/result.h"

namespace seatkeeper {

/// The whole of a file. kNotFound when there is none, kIo with the system's words when it cannot be
/// read, is a folder, or is larger than `max_bytes` (a mistyped path must not eat the memory).
Result<std::string> ReadBoundedFile(const std::string& path, std::size_t max_bytes);

/// The client secret in a file: without the line ends and blanks behind it. An empty one is an
/// error. The text never appears in a message.
Result<std::string> ReadSecretFile(const std::string& path);

}  // namespace seatkeeper
