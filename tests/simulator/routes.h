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

// Defined in routes_licenses.cc.
Reply AssignLicenseToUser(Call& call);
Reply ReprocessLicenses(Call& call);
Reply ListLicenseDetails(Call& call);
Reply AssignLicenseToGroup(Call& call);
Reply ListMembersWithErrors(Call& call);

// Defined in routes_delta.cc.
Reply UserDelta(Call& call);

// Defined in routes_group_delta.cc.
Reply GroupDelta(Call& call);

// Defined in routes_groups.cc.
Reply ListGroups(Call& call);
Reply GetGroup(Call& call);
Reply ListMembers(Call& call);
Reply ListMemberUsers(Call& call);
Reply CountMembers(Call& call);
Reply ListTransitiveMembers(Call& call);
Reply ListTransitiveUsers(Call& call);
Reply CountTransitiveMembers(Call& call);
Reply CheckMemberGroups(Call& call);
Reply ListDirectReports(Call& call);
Reply CountDirectReports(Call& call);
Reply AddMemberToGroup(Call& call);
Reply RemoveMemberFromGroup(Call& call);

// Defined in routes_tenant.cc.
Reply ListSubscribedSkus(Call& call);
Reply ListSubscriptions(Call& call);
Reply GetOrganization(Call& call);

// Defined in routes_audit.cc.
Reply ListDirectoryAudits(Call& call);
Reply GetDirectoryAudit(Call& call);

// Defined in routes_batch.cc.
Reply RunBatch(Call& call);

// The table of all of them.
const std::vector<Route>& Routes();

// The request's body as JSON. Throws GraphError 400 without a JSON Content-Type or with a body
// that is not an object.
nlohmann::json JsonBody(const Request& request);

// Those whom the path names. Throw GraphError 404.
User& RequireUser(Call& call);
Group& RequireGroup(Call& call);

// Whoever writes to an object calls this first. Throws GraphError 409 while another request's write
// to it is under way, which takes as long as the faults say (FaultBook::busy).
void BeginWrite(Call& call, const std::string& object);

}  // namespace seatkeeper::sim
