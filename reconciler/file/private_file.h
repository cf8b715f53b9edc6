#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "policy/result.h"

namespace seatkeeper {

/// Writes a file that only its owner can read (mode 0600), atomically: afterwards it holds all of
/// `text`, or (kIo) is as it was. Durable when it returns.
Result<void> WritePrivateFile(const std::string& path, std::string_view text);

/// The same with a text in pieces: `write` hands them, in order, to the function that it is given.
Result<void> WritePrivateFile(
    const std::string& path,
    const std::function<void(const std::function<void(std::string_view)>&)>& write);

}  // namespace seatkeeper
