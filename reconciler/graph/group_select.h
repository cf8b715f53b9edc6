#pragma once

#include <string_view>

namespace seatkeeper {

/// The `$select` of groups. Licences and their processing come only when they are selected.
/// Source: Graph's group resource type.
inline constexpr std::string_view kGroupSelect =
    "id,displayName,assignedLicenses,licenseProcessingState,securityEnabled,visibility";

}  // namespace seatkeeper
