#include <algorithm>
#include <set>

#include "tests/simulator/errors.h"
#include "tests/simulator/filter.h"
#include "tests/simulator/group_licensing.h"
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

// Never shown, only filtered by.
constexpr const char* kWithErrors = "hasMembersWithLicenseErrors";

// What the service takes of $filter here (Microsoft Graph, group: properties).
const FilterRules& GroupFilters() {
  static const FilterRules rules{{"id", "eq in"},
                                 {"displayName", "eq ne not ge le in startsWith exact"},
                                 {"mailNickname", "eq ne not ge le in startsWith"},
                                 {"securityEnabled", "eq ne not in bool"},
                                 {"mailEnabled", "eq ne not in bool"},
                                 {"onPremisesSyncEnabled", "eq ne not in null bool"},
                                 {"groupTypes", "any not count eq"},
                                 {"assignedLicenses", "any not count"},
                                 {"assignedLicenses/skuId", "eq not guid"},
                                 {kWithErrors, "eq bool"}};
  return rules;
}

bool IsHidden(const Group& group) {
  return group.properties.value("visibility", json()) == "HiddenMembership";
}

// Who may not see the members of such a group gets none, or an error: which is not documented.
bool ShowsMembers(const Call& call, const Group& group) {
  if (!IsHidden(group) || call.claims.HasAnyOf({"Member.Read.Hidden"})) return true;
  if (call.world.hides_members_by_refusing) throw Forbidden();
  return false;
}

void CheckMembersCanChange(const Group& group) {
  const json types = group.properties.value("groupTypes", json::array());
  if (std::find(types.begin(), types.end(), "DynamicMembership") != types.end()) {
    throw BadRequest(
        "Insufficient privileges to complete the operation: the membership of a "
        "dynamic group follows its rule.");
  }
  if (group.properties.value("onPremisesSyncEnabled", json()) == true) {
    throw BadRequest(
        "Unable to update the specified properties for on-premises mastered "
        "Directory Sync objects or objects currently undergoing migration.");
  }
}

// The id at the end of "https://graph.microsoft.com/v1.0/directoryObjects/{id}".
std::string ReferenceIn(const json& body) {
  const json& reference = body.contains("@odata.id") ? body["@odata.id"] : body;
  if (!reference.is_string()) throw BadRequest("A value is required for property '@odata.id'.");
  const auto& url = reference.get_ref<const std::string&>();
  return ToLower(url.substr(url.rfind('/') + 1));
}

std::vector<std::uint64_t> MemberOrdinals(Call& call, Depth depth, Kinds kinds) {
  const Directory& directory = call.world.directory;
  const Group& group = RequireGroup(call);
  if (!ShowsMembers(call, group)) return {};
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

json MemberJson(const Call& call, std::uint64_t ordinal, const Selection& selection,
                WallTimeMs seen_at) {
  const Directory& directory = call.world.directory;
  const auto found = directory.users().find(ordinal);
  if (found == directory.users().end()) {
    json group = GroupJson(directory.groups().at(ordinal), selection);
    group["id"] = directory.groups().at(ordinal).id;
    group["@odata.type"] = "#microsoft.graph.group";
    return group;
  }
  json user = UserJson(directory, found->second, selection, VisibleRows(found->second, seen_at));
  user["id"] = found->second.id;
  if (!call.claims.HasAnyOf({"User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
                             "Directory.ReadWrite.All"})) {
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
  const WallTimeMs seen_at = call.SeenAt();
  return ListReply(
      call, page, ContextOf(call, "directoryObjects"), ordinals,
      [&](std::uint64_t ordinal) { return MemberJson(call, ordinal, selection, seen_at); });
}

Reply Members(Call& call, Depth depth, Kinds kinds) {
  if (kinds == Kinds::kUsersOnly && !(call.IsAdvanced() && call.target.Option("$count"))) {
    throw UnsupportedQuery(
        "Casting members needs the header ConsistencyLevel: eventual and $count=true.");
  }
  return ListObjects(call, MemberOrdinals(call, depth, kinds));
}

Reply Count(Call& call, Depth depth) {
  AllowOnly(call.target, {});
  return CountReply(call, MemberOrdinals(call, depth, Kinds::kAll).size());
}

}  // namespace

Reply ListGroups(Call& call) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken", "$count", "$filter"});
  const Directory& directory = call.world.directory;
  const Selection selection = SelectOf(call.target);
  CheckGroupSelection(directory, selection);
  const PageRequest page = ReadPage(call, kPageSizeMax);
  const auto filter = FilterOf(call, GroupFilters());
  const bool by_errors =
      filter && std::ranges::find(filter->properties(), kWithErrors) != filter->properties().end();
  if (by_errors && !(call.IsAdvanced() && IsCounted(call))) {
    throw UnsupportedQuery(
        "This filter needs the header ConsistencyLevel: eventual and $count=true.");
  }
  const auto is_listed = [&](const Group& group) {
    if (!filter) return true;
    json shown = GroupJson(group, filter->properties());
    if (by_errors) shown[kWithErrors] = !UsersWithErrors(directory, group).empty();
    return filter->Matches(shown);
  };
  return ListReply(
      call, page, ContextOf(call, "groups"), ListingOf(directory.groups(), is_listed),
      [&](std::uint64_t ordinal) { return GroupJson(directory.groups().at(ordinal), selection); });
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

// Group-based licences follow, as when an administrator does it.
Reply AddMemberToGroup(Call& call) {
  AllowOnly(call.target, {});
  Directory& directory = call.world.directory;
  const std::string id = ReferenceIn(JsonBody(call.request));
  Group& group = RequireGroup(call);
  CheckMembersCanChange(group);
  User* user = directory.FindUser(id);
  if (user == nullptr && directory.FindGroup(id) == nullptr) throw NotFound(id);
  if (group.HasMember(id)) {
    throw BadRequest(
        "One or more added object references already exist for the following "
        "modified properties: 'members'.");
  }
  BeginWrite(call, group.id);
  directory.AddMember(group, id);
  if (user != nullptr) ApplyGroupLicenses(directory, *user, call.Moment(), call.world.quirks);
  Reply reply;
  reply.status = 204;
  reply.effective = true;
  return reply;
}

Reply RemoveMemberFromGroup(Call& call) {
  AllowOnly(call.target, {});
  Directory& directory = call.world.directory;
  Group& group = RequireGroup(call);
  CheckMembersCanChange(group);
  const std::string id = ToLower(call.arguments[1]);
  if (!group.HasMember(id)) throw NotFound(id);
  BeginWrite(call, group.id);
  directory.RemoveMember(group, id);
  User* user = directory.FindUser(id);
  if (user != nullptr) ApplyGroupLicenses(directory, *user, call.Moment(), call.world.quirks);
  Reply reply;
  reply.status = 204;
  reply.effective = true;
  return reply;
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
