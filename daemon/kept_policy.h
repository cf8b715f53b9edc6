#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/policy_source.h"
#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

// The last good policy in the store, so that a daemon that starts while the files do not load has
// one to go on assigning by.

/// The most that is kept of one policy, its product catalogue included: beyond that a store would
/// be more policy than anything else.
inline constexpr std::size_t kKeptPolicyBytesMost = std::size_t{16} << 20;

/// What the place is called in the store: its absolute path, wherever the process was started.
std::string SourceOf(const PolicyPlace& place);

/// What is to be kept of a reading that loaded. Without files where that is too much: then nothing
/// is kept, for an older revision must not pass for the last good one.
KeptPolicy PolicyToKeep(const PolicyPlace& place, const PolicyReading& reading, WallTime now);

/// Loads what was kept, through the same loader as files, under the revision it had. kInvalid, with
/// the first finding, where it does not load for these tenants any more.
Result<PolicyReading> LoadKeptPolicy(KeptPolicy kept, const std::vector<std::string>& tenants);

}  // namespace seatkeeper
