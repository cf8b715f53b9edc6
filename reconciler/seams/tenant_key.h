#pragma once

#include <compare>
#include <string>

namespace seatkeeper {

/// What everything kept is keyed by: a tenant id means nothing without its cloud.
struct TenantKey {
  std::string tenant_id;
  std::string cloud;  ///< "global", "usgov-l4", "usgov-l5", "china"; "file" for snapshots.

  friend auto operator<=>(const TenantKey&, const TenantKey&) = default;
};

}  // namespace seatkeeper
