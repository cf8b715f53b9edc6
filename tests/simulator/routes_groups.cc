#include <algorithm>
#include <set>

#include "tests/simulator/errors.h"
#include "tests/simulator/group_licensing.h"
#include "tests/simulator/license_request.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

enum class Depth { kDirect, kTransitive };
enum class Kinds { kAll, kUsersOnly };

Group& RequireGroup(const Call& call) {
  Group* group = call.world.directory.FindGroup(call.arguments[0]);
  if (group == nullptr) throw NotFound(call.arguments[0]);
  return *group;
}

std::vector<std::uint64_t> MemberOrdinals(const Directory& directory, const Group& group,
                                          Depth depth, Kinds kinds) {
  std::set<std::uint64_t> ordinals;
  if (depth == Depth::kTransitive) {
    for (const User* user : directory.TransitiveUsers(group)) ordinals.insert(user->ordinal);
    if (kinds == Kinds::kAll) {
      for (const Group* nested : directory.TransitiveGroups(group)) {
        ordinals.insert(nested->ordinal);
      }
    }
    return {ordinals.begin(), ordinals.end()};
  }
  for (const std::string& id : group.members) {
    if (const User* user = directory.FindUser(id)) ordinals.insert(user->ordinal);
    const Group* nested = kinds == Kinds::kAll ? directory.FindGroup(id) : nullptr;
    if (nested != nullptr) ordinals.insert(nested->ordinal);
  }
  return {ordinals.begin(), ordinals.end()};
}

std::vector<std::uint64_t> ReportOrdinals(const Call& call) {
  const Directory& directory = call.world.directory;
  const User* manager = directory.FindUser(call.arguments[0]);
  if (manager == nullptr) throw NotFound(call.arguments[0]);
  std::vector<std::uint64_t> ordinals;
  for (const User* user : directory.DirectReports(*manager)) ordinals.push_back(user->ordinal);
  return ordinals;
}

// Without the right to read users their properties come back as null.
json Limited(json object) {
  for (auto& [key, value] : object.items()) {
    if (key != "id") value = nullptr;
  }
  return object;
}

json MemberJson(const Call& call, std::uint64_t ordinal, const Selection& selection) {
  const Directory& directory = call.world.directory;
  const auto found = directory.users().find(ordinal);
  if (found == directory.users().end()) {
    json group = GroupJson(directory.groups().at(ordinal), selection);
    group["id"] = directory.groups().at(ordinal).id;
    group["@odata.type"] = "#microsoft.graph.group";
    return group;
  }
  json user = UserJson(directory, found->second, selection, VisibleRows(found->second, call.now));
  user["id"] = found->second.id;
  if (!call.claims.HasAnyOf({"User.Read.All", "User.ReadWrite.All", "Directory.Read.All"})) {
    user = Limited(std::move(user));
  }
  user["@odata.type"] = "#microsoft.graph.user";
  return user;
}

// A page of the directory objects that stand in some relationship.
Reply ListObjects(Call& call, const std::vector<std::uint64_t>& ordinals) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken", "$count"});
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(call.world.directory, selection, Reading::kListing,
                     call.world.unknown_extension);
  const PageRequest page = ReadPage(call, kPageSizeMax);
  return ListReply(call, page, ContextOf(call, "directoryObjects"), ordinals,
                   [&](std::uint64_t ordinal) { return MemberJson(call, ordinal, selection); });
}

Reply Members(Call& call, Depth depth, Kinds kinds) {
  if (kinds == Kinds::kUsersOnly && !(call.IsAdvanced() && call.target.Option("$count"))) {
    throw UnsupportedQuery(
        "Casting members needs the header ConsistencyLevel: eventual and $count=true.");
  }
  return ListObjects(call, MemberOrdinals(call.world.directory, RequireGroup(call), depth, kinds));
}

Reply Count(Call& call, Depth depth) {
  AllowOnly(call.target, {});
  return CountReply(
      call, MemberOrdinals(call.world.directory, RequireGroup(call), depth, Kinds::kAll).size());
}

}  // namespace

Reply ListGroups(Call& call) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken", "$count", "$filter"});
  const Directory& directory = call.world.directory;
  const Selection selection = SelectOf(call.target);
  CheckGroupSelection(directory, selection);
  const PageRequest page = ReadPage(call, kPageSizeMax);
  const auto filter = FilterOf(call.target, {"displayName"});
  std::vector<std::uint64_t> ordinals;
  for (const auto& [ordinal, group] : directory.groups()) {
    if (!filter || group.properties.value("displayName", "") == filter->value) {
      ordinals.push_back(ordinal);
    }
  }
  return ListReply(call, page, ContextOf(call, "groups"), ordinals, [&](std::uint64_t ordinal) {
    return GroupJson(directory.groups().at(ordinal), selection);
  });
}

Reply GetGroup(Call& call) {
  AllowOnly(call.target, {"$select"});
  const Selection selection = SelectOf(call.target);
  CheckGroupSelection(call.world.directory, selection);
  Reply reply;
  reply.body = GroupJson(RequireGroup(call), selection);
  reply.body["@odata.context"] = ContextOf(call, "groups") + "/$entity";
  return reply;
}

// The members follow in the background (group_worker.h), and what fails for one of them the caller
// is never told: it stands in the member's rows.
Reply AssignLicenseToGroup(Call& call) {
  AllowOnly(call.target, {});
  const LicenseRequest asked = ReadLicenseRequest(call.request);
  Group& group = RequireGroup(call);
  Reply reply;
  reply.status = 202;
  reply.effective = AssignLicensesToGroup(call.world.directory, group, asked.add, asked.remove);
  if (reply.effective) GroupWorker::Queue(group, call.now);
  reply.body = GroupJson(group, {});
  reply.body["@odata.context"] = ContextOf(call, "groups") + "/$entity";
  // Names the group; asking there tells nothing about the progress.
  reply.headers.emplace_back("Location", call.Origin() + "/v2/" + call.world.options.tenant_id +
                                             "/directoryObjects/" + group.id +
                                             "/Microsoft.DirectoryServices.Group");
  return reply;
}

Reply ListMembers(Call& call) { return Members(call, Depth::kDirect, Kinds::kAll); }
Reply ListMemberUsers(Call& call) { return Members(call, Depth::kDirect, Kinds::kUsersOnly); }
Reply CountMembers(Call& call) { return Count(call, Depth::kDirect); }
Reply ListTransitiveMembers(Call& call) { return Members(call, Depth::kTransitive, Kinds::kAll); }
Reply ListTransitiveUsers(Call& call) {
  return Members(call, Depth::kTransitive, Kinds::kUsersOnly);
}
Reply CountTransitiveMembers(Call& call) { return Count(call, Depth::kTransitive); }

Reply ListDirectReports(Call& call) { return ListObjects(call, ReportOrdinals(call)); }
Reply CountDirectReports(Call& call) {
  AllowOnly(call.target, {});
  return CountReply(call, ReportOrdinals(call).size());
}

// Microsoft: "directoryObject: checkMemberGroups".
Reply CheckMemberGroups(Call& call) {
  constexpr std::size_t kMaxGroups = 20;
  AllowOnly(call.target, {});
  const json body = JsonBody(call.request);
  const User* user = call.world.directory.FindUser(call.arguments[0]);
  if (user == nullptr) throw NotFound(call.arguments[0]);
  if (!body.contains("groupIds") || !body["groupIds"].is_array()) {
    throw BadRequest("The parameter 'groupIds' is missing from the request payload.");
  }
  if (body["groupIds"].size() > kMaxGroups) {
    throw BadRequest("Too many ids in 'groupIds': 20 are the most.");
  }
  json in = json::array();
  for (const json& id : body["groupIds"]) {
    if (!id.is_string() || !IsGuid(id.get_ref<const std::string&>())) {
      throw BadRequest("Invalid object identifier in 'groupIds'.");
    }
    const Group* group = call.world.directory.FindGroup(id.get_ref<const std::string&>());
    if (group == nullptr) continue;
    const auto members = call.world.directory.TransitiveUsers(*group);
    if (std::ranges::find(members, user) != members.end()) in.push_back(group->id);
  }
  Reply reply;
  reply.body = {{"@odata.context", ContextOf(call, "Collection(Edm.String)")},
                {"value", std::move(in)}};
  return reply;
}

}  // namespace seatkeeper::sim
