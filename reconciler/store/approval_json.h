#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/result.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Held sets and approvals as the store keeps them: JSON text. Decoding fails with kStore.
std::string EncodeApproved(const std::vector<ApprovedBy>& approved);
Result<std::vector<ApprovedBy>> DecodeApproved(std::string_view text);

/// Without the digest.
std::string EncodeHeldSet(const HeldSet& set);
Result<HeldSet> DecodeHeldSet(std::string_view text);

}  // namespace seatkeeper
