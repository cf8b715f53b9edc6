#pragma once

#include <string>
#include <utility>

#include "policy/result.h"

namespace seatkeeper {

/// What was asked for does not go with what the tenant, the policy or another process says: no
/// position, no service.
inline Error Conflict(std::string message) {
  return {
      .kind = ErrorKind::kConflict, .message = std::move(message), .position = {}, .service = {}};
}

}  // namespace seatkeeper
