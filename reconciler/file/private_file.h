#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"

namespace seatkeeper {

/// Writes a file that only its owner can read (mode 0600), atomically: afterwards it holds all of
/// `text`, or (kIo) is as it was. Durable when it returns.
Result<void> WritePrivateFile(const std::string& path, std::string_view text);

}  // namespace seatkeeper
