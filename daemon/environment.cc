#include "daemon/environment.h"

#include <cstdlib>

namespace seatkeeper {

Environment SystemEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): never set.
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

}  // namespace seatkeeper
