#pragma once

#include <string>

#include "reconciler/model/time.h"

namespace seatkeeper {

/// Of which tenant, reading and policy something is that a command prints.
struct ReadingHead {
  std::string tenant;
  WallTime read_at{};
  std::string policy_revision;  ///< Empty where no policy is involved.
};

}  // namespace seatkeeper
