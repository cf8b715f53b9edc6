#pragma once

#include <string_view>

#include "daemon/made_up_products.h"
#include "policy/document.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/memory.h"

namespace seatkeeper {

/// A tenant that is there for one PolicyTest.
struct MadeUpTenant {
  ObservedState observed;
  PlanMemory memory;  ///< What seatkeeper owns of it.
};

/// The tenant that the test describes, at `at`, as a reading for these policies would show it: it
/// goes through the decoder of snapshots. What the test does not say of a user is null, as Graph
/// has it; but the account is enabled, of a member, with the usage location US and, as display
/// name, the principal name. Groups that policies name and the test does not are there and empty;
/// users whom policies name and the test does not are there and no persons, so that no policy is
/// about them. kInvalid where the users cannot be decoded.
Result<MadeUpTenant> MakeUpTenant(const PolicyTest& test, const PolicySet& policies,
                                  std::string_view tenant, const MadeUpProducts& products,
                                  WallTime at);

}  // namespace seatkeeper
