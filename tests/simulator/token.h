#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/options.h"
#include "tests/simulator/random.h"
#include "tests/simulator/reply.h"

namespace seatkeeper::sim {

// What an access token says about its bearer.
struct Claims {
  std::vector<std::string> roles;
  std::string client_id;

  bool HasAnyOf(const std::vector<std::string>& wanted) const;
};

// What Entra answers as expires_in; the token itself lives as long.
inline constexpr int kTokenLifetimeSeconds = 3599;

// A Graph of one of the clouds, which tokens are for.
bool IsGraphRoot(std::string_view resource);

// An access token for `audience`.
std::string IssueToken(const SimulatorOptions& options, const Application& application,
                       const std::string& audience, WallTimeMs now, Random& ids);

// What a token is asked for with.
struct TokenRequest {
  std::string tenant;
  std::string origin;  // scheme and host as the caller addressed them
  std::string form;    // the body
  // Of the endpoint before v2.0, which is asked for a resource instead of a scope and answers all
  // numbers as text.
  bool is_v1 = false;

  // What an assertion has to be meant for.
  std::string Endpoint() const {
    return origin + "/" + tenant + (is_v1 ? "/oauth2/token" : "/oauth2/v2.0/token");
  }
};

// POST /{tenant}/oauth2/v2.0/token, or without the version: client credentials with a secret or an
// assertion. Checks the tenant, the grant type, the scope, the client and what it shows in this
// order and answers as Entra does, with AADSTS numbers, as Microsoft documents them. `shown`: see
// AssertionDesk.
Reply TokenReply(const SimulatorOptions& options, const TokenRequest& request, WallTimeMs now,
                 Random& ids, std::set<std::string>& shown);

// GET /{tenant}/v2.0/.well-known/openid-configuration, which Microsoft's own libraries read first.
// `origin` is scheme and host as the caller addressed them.
Reply DiscoveryReply(const SimulatorOptions& options, const std::string& tenant,
                     const std::string& origin, WallTimeMs now, Random& ids);

// The claims of an Authorization header. Throws GraphError 401 InvalidAuthenticationToken unless
// it holds a token that this simulator issued for this tenant and that is valid at `now`.
Claims CheckToken(const SimulatorOptions& options, const std::optional<std::string>& authorization,
                  WallTimeMs now);

}  // namespace seatkeeper::sim
