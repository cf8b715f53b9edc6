#pragma once

#include <cstdint>

#include "policy/document.h"
#include "reconciler/model/observed.h"

namespace seatkeeper::bench {

/// Fifty policies, each with a rule that SQL can express, over twenty products that policy is
/// authoritative for: mostly grants, a tenth of them revocations, some with service plans off, all
/// of different priority.
PolicySet PlanPolicies();

/// The same users again, now with seats: everybody holds what the policies want but for so many
/// percent, who lack a product, have one too many, have one instead of another or have other
/// service plans. A few products are short of seats, of the others there are a few to spare.
ObservedState WithDrift(const UserTable& users, const PolicySet& policies, unsigned percent);

/// The users in every so-many-th row, or everybody with 1, as a provider would read them again,
/// with everything else of the tenant.
ObservedState Reread(const ObservedState& observed, std::uint32_t every);

}  // namespace seatkeeper::bench
