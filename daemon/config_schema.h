#pragma once

#include "policy/schema/schema.h"

namespace seatkeeper {

/// The most days without a sign-in that may be asked for, in the config and by `report`.
inline constexpr int kInactiveDaysMost = 3650;

/// What a `kind: Config` document may hold.
extern const schema::Kind kConfigKind;

// The words of a key, in the order of the enumeration in config.h that they stand for.
extern const schema::Choice kProviderWords[3];
extern const schema::Choice kModeWords[2];

// Forms of texts that only a config has. The patterns take some IPv6 addresses that are none.
extern const schema::Format kTenantName;     ///< Not `all`.
extern const schema::Format kBaseAddress;    ///< As ParseBase; then https unless loopback.
extern const schema::Format kListenAddress;  ///< As ParseListenAddress; then loopback only.

}  // namespace seatkeeper
