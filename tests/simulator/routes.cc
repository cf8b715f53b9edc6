#include "tests/simulator/routes.h"

#include "tests/simulator/errors.h"

namespace seatkeeper::sim {
namespace {

using Roles = std::vector<std::string>;

// Microsoft's permissions reference (app-only, with the least privileged first).
const Roles kReadUsers{"User.Read.All", "Directory.Read.All", "User.ReadWrite.All"};
const Roles kWriteUsers{"User.ReadWrite.All", "Directory.ReadWrite.All"};
const Roles kReadSkus{"LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All",
                      "Organization.Read.All", "Directory.Read.All"};
const Roles kReadOrganization{"Organization.Read.All", "Directory.Read.All"};
const Roles kReadSubscriptions{"Organization.Read.All", "Directory.Read.All",
                               "Organization.ReadWrite.All"};
const Roles kAssign{"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All",
                    "Directory.ReadWrite.All"};
const Roles kAssignGroups{"LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All",
                          "Directory.ReadWrite.All"};
const Roles kReadGroups{"Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"};
const Roles kReadMembers{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"};

}  // namespace

const std::vector<Route>& Routes() {
  static const std::vector<Route> routes{
      {"GET", "users", kReadUsers, 2, ListUsers},
      {"GET", "users/$count", kReadUsers, 2, CountUsers},
      {"GET", "users/delta", kReadUsers, 1, UserDelta},
      {"GET", "users/delta()", kReadUsers, 1, UserDelta},
      {"GET", "users/microsoft.graph.delta()", kReadUsers, 1, UserDelta},
      {"GET", "users/{}", kReadUsers, 2, GetUser},
      {"PATCH", "users/{}", kWriteUsers, 1, PatchUser},
      {"POST", "users/{}/assignLicense", kAssign, 1, AssignLicenseToUser},
      {"POST", "users/{}/checkMemberGroups", kReadMembers, 4, CheckMemberGroups, true},
      {"GET", "users/{}/directReports", kReadUsers, 2, ListDirectReports},
      {"GET", "users/{}/directReports/$count", kReadUsers, 2, CountDirectReports},
      {"GET", "subscribedSkus", kReadSkus, 3, ListSubscribedSkus},
      {"GET", "directory/subscriptions", kReadSubscriptions, 1, ListSubscriptions},
      {"GET", "organization", kReadOrganization, 1, GetOrganization},
      {"GET", "groups", kReadGroups, 1, ListGroups},
      {"GET", "groups/{}", kReadGroups, 1, GetGroup},
      {"POST", "groups/{}/assignLicense", kAssignGroups, 1, AssignLicenseToGroup},
      {"GET", "groups/{}/members", kReadMembers, 3, ListMembers},
      {"GET", "groups/{}/members/$count", kReadMembers, 3, CountMembers},
      {"GET", "groups/{}/members/microsoft.graph.user", kReadMembers, 3, ListMemberUsers},
      {"GET", "groups/{}/transitiveMembers", kReadMembers, 5, ListTransitiveMembers},
      {"GET", "groups/{}/transitiveMembers/$count", kReadMembers, 5, CountTransitiveMembers},
      {"GET", "groups/{}/transitiveMembers/microsoft.graph.user", kReadMembers, 5,
       ListTransitiveUsers},
      // The items of a batch need their own roles; the batch itself needs none.
      {"POST", "$batch", {}, 1, RunBatch},
  };
  return routes;
}

nlohmann::json JsonBody(const Request& request) {
  const std::string type = FindHeader(request.headers, "Content-Type").value_or("");
  if (type.empty()) {
    throw GraphError(400, "BadRequest",
                     "Write requests (excluding DELETE) must contain the Content-Type header "
                     "declaration.");
  }
  nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
  if (!type.starts_with("application/json") || !body.is_object()) {
    throw GraphError(400, "BadRequest",
                     "Unable to read JSON request payload. Please ensure Content-Type header is "
                     "set and payload is of valid JSON format.");
  }
  return body;
}

}  // namespace seatkeeper::sim
