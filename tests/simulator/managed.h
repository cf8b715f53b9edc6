#pragma once

#include "tests/simulator/options.h"
#include "tests/simulator/query.h"
#include "tests/simulator/random.h"
#include "tests/simulator/reply.h"

namespace seatkeeper::sim {

// The header that App Service hands to its processes beside the address.
inline constexpr const char* kAppServiceHeader = "simulated-header";

// Whether the request is for one of the places where a machine gets the tokens of its identity:
// GET /metadata/identity/oauth2/token (instance metadata service) or /msi/token (App Service).
bool IsIdentityPlace(const Target& target);

// Their answers, for applications with `managed`: texts for all numbers, errors of their own form.
// Source: as reconciler/graph/managed_identity.h; requests that came through a proxy are refused.
Reply IdentityReply(const SimulatorOptions& options, const Request& request, const Target& target,
                    WallTimeMs now, Random& ids);

}  // namespace seatkeeper::sim
