#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/load.h"

namespace seatkeeper {

/// Reports a `revoke` or `expires` of a product that its management never lets go in a tenant of
/// the policy ("never-lets-go"), naming the ProductPolicy if there is one. `revoke: all` is
/// reported only where no product is let go at all. Where neither policy nor config names the
/// tenants, only what holds in all of them is.
void CheckLettingGo(const PolicySet& policies, const LoadOptions& options,
                    std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
