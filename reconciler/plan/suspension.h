#pragma once

#include <string>
#include <vector>

#include "reconciler/model/time.h"

namespace seatkeeper {

/// One word of a person who stops a tenant.
struct SuspendedBy {
  std::string who;  ///< User of the operating system and host: "ada@deploy-1".
  std::string reason;
  WallTime at{};

  friend bool operator==(const SuspendedBy&, const SuspendedBy&) = default;
};

/// Everything that was said to stop a tenant and has not been taken back, oldest first: it has been
/// suspended since the first of them. Empty: it is not suspended. While it is, everything is read,
/// planned and reported, and nothing is changed.
using Suspension = std::vector<SuspendedBy>;

/// "suspended by ada@deploy-1 since 2026-11-20T08:00:00Z: year end". Of several words the first and
/// the newest are told. REQUIRES: the tenant is suspended.
std::string Describe(const Suspension& suspension);

}  // namespace seatkeeper
