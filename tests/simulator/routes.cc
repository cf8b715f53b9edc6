#include "tests/simulator/routes.h"

#include "tests/simulator/errors.h"

namespace seatkeeper::sim {
namespace {

using Roles = std::vector<std::string>;

// Microsoft's permissions reference (app-only, with the least privileged first).
const Roles kReadUsers{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
                       "Directory.ReadWrite.All"};
const Roles kWriteUsers{"User.ReadWrite.All", "Directory.ReadWrite.All"};
// The right to assign does not include the right to read what could be assigned.
const Roles kReadSkus{"LicenseAssignment.Read.All", "Organization.Read.All",
                      "Organization.ReadWrite.All", "Directory.Read.All",
                      "Directory.ReadWrite.All"};
const Roles kReadOrganization{"Organization.Read.All", "Organization.ReadWrite.All",
                              "User.Read.All",         "User.ReadWrite.All",
                              "Directory.Read.All",    "Directory.ReadWrite.All"};
const Roles kReadSubscriptions{"Organization.Read.All", "Organization.ReadWrite.All",
                               "Directory.Read.All", "Directory.ReadWrite.All"};
const Roles kAssign{"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All",
                    "Directory.ReadWrite.All"};
const Roles kReadDetails{"LicenseAssignment.Read.All", "User.Read.All", "User.ReadWrite.All",
                         "Directory.Read.All", "Directory.ReadWrite.All"};
const Roles kAssignGroups{"LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All",
                          "Directory.ReadWrite.All"};
const Roles kReadGroups{"GroupMember.Read.All", "Group.Read.All",     "GroupMember.ReadWrite.All",
                        "Group.ReadWrite.All",  "Directory.Read.All", "Directory.ReadWrite.All"};
const Roles kWriteMembers{"GroupMember.ReadWrite.All", "Group.ReadWrite.All",
                          "Directory.ReadWrite.All"};
const Roles kReadAudits{"AuditLog.Read.All"};

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
      {"POST", "users/{}/reprocessLicenseAssignment", kWriteUsers, 1, ReprocessLicenses},
      {"GET", "users/{}/licenseDetails", kReadDetails, 2, ListLicenseDetails},
      {"POST", "users/{}/checkMemberGroups", kReadGroups, 4, CheckMemberGroups, true},
      {"GET", "users/{}/directReports", kReadUsers, 2, ListDirectReports},
      {"GET", "users/{}/directReports/$count", kReadUsers, 2, CountDirectReports},
      {"GET", "subscribedSkus", kReadSkus, 3, ListSubscribedSkus},
      {"GET", "directory/subscriptions", kReadSubscriptions, 1, ListSubscriptions},
      {"GET", "organization", kReadOrganization, 1, GetOrganization},
      {"GET", "groups", kReadGroups, 1, ListGroups},
      {"GET", "groups/delta", kReadGroups, 1, GroupDelta},
      {"GET", "groups/delta()", kReadGroups, 1, GroupDelta},
      {"GET", "groups/microsoft.graph.delta()", kReadGroups, 1, GroupDelta},
      {"GET", "groups/{}", kReadGroups, 1, GetGroup},
      {"POST", "groups/{}/assignLicense", kAssignGroups, 1, AssignLicenseToGroup},
      {"GET", "groups/{}/membersWithLicenseErrors", kReadGroups, 1, ListMembersWithErrors},
      {"GET", "groups/{}/members", kReadGroups, 3, ListMembers},
      {"POST", "groups/{}/members/$ref", kWriteMembers, 1, AddMemberToGroup},
      {"DELETE", "groups/{}/members/{}/$ref", kWriteMembers, 1, RemoveMemberFromGroup},
      {"GET", "groups/{}/members/$count", kReadGroups, 3, CountMembers},
      {"GET", "groups/{}/members/microsoft.graph.user", kReadGroups, 3, ListMemberUsers},
      {"GET", "groups/{}/transitiveMembers", kReadGroups, 5, ListTransitiveMembers},
      {"GET", "groups/{}/transitiveMembers/$count", kReadGroups, 5, CountTransitiveMembers},
      {"GET", "groups/{}/transitiveMembers/microsoft.graph.user", kReadGroups, 5,
       ListTransitiveUsers},
      {"GET", "auditLogs/directoryAudits", kReadAudits, 1, ListDirectoryAudits},
      {"GET", "auditLogs/directoryAudits/{}", kReadAudits, 1, GetDirectoryAudit},
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

User& RequireUser(Call& call) {
  User* user = call.world.directory.FindUser(call.arguments[0]);
  if (user == nullptr) throw NotFound(call.arguments[0]);
  return *user;
}

Group& RequireGroup(Call& call) {
  Group* group = call.world.directory.FindGroup(call.arguments[0]);
  if (group == nullptr) throw NotFound(call.arguments[0]);
  return *group;
}

void BeginWrite(Call& call, const std::string& object) {
  const auto busy = call.world.faults.busy();
  if (busy.count() == 0) return;
  auto& writes = call.world.writes_under_way;
  std::erase_if(writes, [&](const auto& write) { return write.second.until <= call.now; });
  // The items of one batch that write to one object wait for each other, or have been refused.
  const auto [write, is_new] =
      writes.try_emplace(object, WriteUnderWay{call.now + busy, call.ids.request_id});
  if (!is_new && write->second.request_id != call.ids.request_id) throw ConcurrentChange();
}

}  // namespace seatkeeper::sim
