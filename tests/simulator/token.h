#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/options.h"
#include "tests/simulator/random.h"
#include "tests/simulator/reply.h"

namespace seatkeeper::sim {

// What an access token says about its bearer.
struct Claims {
  std::vector<std::string> roles;

  bool HasAnyOf(const std::vector<std::string>& wanted) const;
};

// POST /{tenant}/oauth2/v2.0/token: client credentials with a secret. Checks the tenant, the grant
// type, the scope, the client and the secret in this order and answers as Entra does, with AADSTS
// numbers, as Microsoft documents them. Assertions are refused: no certificate is registered here.
Reply TokenReply(const SimulatorOptions& options, const std::string& tenant,
                 const std::string& form_body, WallTimeMs now, Random& ids);

// GET /{tenant}/v2.0/.well-known/openid-configuration, which Microsoft's own libraries read first.
// `origin` is scheme and host as the caller addressed them.
Reply DiscoveryReply(const SimulatorOptions& options, const std::string& tenant,
                     const std::string& origin, WallTimeMs now, Random& ids);

// The claims of an Authorization header. Throws GraphError 401 InvalidAuthenticationToken unless
// it holds a token that this simulator issued for this tenant and that is valid at `now`.
Claims CheckToken(const SimulatorOptions& options, const std::optional<std::string>& authorization,
                  WallTimeMs now);

}  // namespace seatkeeper::sim
