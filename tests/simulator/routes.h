#pragma once

#include <vector>

#include "tests/simulator/dispatch.h"

// The calls of Graph that the simulator knows, by topic. Each handler throws GraphError.

namespace seatkeeper::sim {

// Defined in routes_users.cc.
Reply ListUsers(Call& call);
Reply CountUsers(Call& call);
Reply GetUser(Call& call);
Reply PatchUser(Call& call);
Reply AssignLicenseToUser(Call& call);

// Defined in routes_delta.cc.
Reply UserDelta(Call& call);

// Defined in routes_groups.cc.
Reply ListGroups(Call& call);
Reply GetGroup(Call& call);
Reply AssignLicenseToGroup(Call& call);
Reply ListMembers(Call& call);
Reply ListMemberUsers(Call& call);
Reply CountMembers(Call& call);
Reply ListTransitiveMembers(Call& call);
Reply ListTransitiveUsers(Call& call);
Reply CountTransitiveMembers(Call& call);
Reply CheckMemberGroups(Call& call);
Reply ListDirectReports(Call& call);
Reply CountDirectReports(Call& call);

// Defined in routes_tenant.cc.
Reply ListSubscribedSkus(Call& call);
Reply ListSubscriptions(Call& call);
Reply GetOrganization(Call& call);

// Defined in routes_batch.cc.
Reply RunBatch(Call& call);

// The table of all of them.
const std::vector<Route>& Routes();

// The request's body as JSON. Throws GraphError 400 without a JSON Content-Type or with a body
// that is not an object.
nlohmann::json JsonBody(const Request& request);

}  // namespace seatkeeper::sim
