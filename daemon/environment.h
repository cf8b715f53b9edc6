#pragma once

#include <functional>
#include <optional>
#include <string>

namespace seatkeeper {

/// Looks up an environment variable; nothing when it is not set or empty. Handed in, so that tests
/// bring their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's environment. Thread-safe as long as nobody changes it.
Environment SystemEnvironment();

}  // namespace seatkeeper
