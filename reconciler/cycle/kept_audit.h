#pragma once

#include <optional>
#include <vector>

#include "reconciler/model/license_event.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/audit_reader.h"

namespace seatkeeper {

/// What the cycles of one tenant know of who changed licences, so that each of them asks only for
/// what is new. One per tenant, for as long as the process lives; on the loop's thread only.
struct KeptAudit {
  std::vector<LicenseEvent> events;   ///< Ordered, each once; none older than what is asked for.
  std::optional<WallTime> read_at{};  ///< When the log was last read; nothing: never.
  bool fails = false;                 ///< It was said that it cannot be, and it could not be since.
};

}  // namespace seatkeeper
