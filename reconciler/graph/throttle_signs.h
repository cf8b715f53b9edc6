#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "reconciler/graph/batch.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// What an answer says of the service's limits. Source: Microsoft Graph's throttling guidance.
/// Headers that are absent or unreadable say nothing.
struct ThrottleSigns {
  /// Whose limit was met, from x-ms-throttle-scope.
  enum class Whose {
    kPair,         ///< Of this application in this tenant; also where nothing is said.
    kApplication,  ///< Of this application in all tenants.
    kTenant,       ///< Of all applications in this tenant.
  };
  enum class What { kUnknown, kWrites, kUnits };

  int throttled = 0;  ///< Answers with status 429.
  Whose whose = Whose::kPair;
  What what = What::kUnknown;
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::optional<double> used = {};   ///< x-ms-throttle-limit-percentage: 0.8 to 1.8.
  std::optional<double> units = {};  ///< x-ms-resource-unit: what it cost.
};

ThrottleSigns ReadThrottleSigns(const HttpResponse& response, WallTime now);

/// Of the items of a batch together: the longest wait, the fullest limit, the sum of the units.
ThrottleSigns ReadThrottleSigns(std::span<const BatchAnswer> answers, WallTime now);

}  // namespace seatkeeper
