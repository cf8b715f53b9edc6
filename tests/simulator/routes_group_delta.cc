#include <algorithm>
#include <utility>

#include "tests/simulator/delta_round.h"
#include "tests/simulator/errors.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr const char* kMembers = "members";
constexpr const char* kMemberChanges = "members@delta";

// Members are no property of a group's own: they are asked for like one, and come without $select.
struct Asked {
  Selection properties;
  bool members = true;
};

Asked AskedOf(const DeltaToken& token) {
  Asked asked{SelectionOf(token), true};
  if (!asked.properties.empty()) asked.members = std::erase(asked.properties, kMembers) > 0;
  // $select=members alone does not mean the default set.
  if (asked.properties.empty() && !token.select.empty()) asked.properties = {"id"};
  return asked;
}

class GroupPage final : public DeltaPage<GroupChange> {
 public:
  GroupPage(Call& call, DeltaToken of)
      : DeltaPage(call, std::move(of), call.world.group_deltas, "groups"),
        asked_(AskedOf(token())) {}

 private:
  bool FillObjects() override {
    const auto& groups = call().world.directory.groups();
    for (auto group = groups.upper_bound(token().at); group != groups.end(); ++group) {
      do {
        if (Full()) return true;
        if (!Concerns(token(), group->second.id)) break;
        AddSlice(group->second);
      } while (!token().member.empty());
      token().at = group->first;
    }
    return false;
  }

  // The same group comes again for as long as it has members that did not come yet: in an order
  // in which nobody is skipped when others leave in the meantime.
  void AddSlice(const Group& group) {
    json object = Shown(group);
    if (!asked_.members) return Add(std::move(object));
    std::vector<std::string> members = group.members;
    std::sort(members.begin(), members.end());
    auto next = std::upper_bound(members.begin(), members.end(), token().member);
    json slice = json::array();
    for (; next != members.end() && slice.size() < call().world.options.delta_page; ++next) {
      slice.push_back(Reference(*next));
    }
    token().member = next == members.end() ? "" : *std::prev(next);
    if (!slice.empty()) object[kMemberChanges] = std::move(slice);
    Add(std::move(object));
  }

  bool Tracks(const GroupChange& change) const override {
    if (!change.member.empty()) return asked_.members;
    const auto& tracked = asked_.properties.empty() ? DefaultGroupSelection() : asked_.properties;
    return std::any_of(tracked.begin(), tracked.end(),
                       [&](const std::string& name) { return change.properties.contains(name); });
  }

  json Shown(const GroupChange& change) const override {
    const Group* group = call().world.directory.FindGroup(change.id);
    if (group == nullptr) {
      return {{"id", change.id},
              {"@removed", {{"reason", change.restorable ? "changed" : "deleted"}}}};
    }
    json object = Shown(*group);
    if (!asked_.members) return object;
    json members = json::array();
    if (change.kind == GroupChange::Kind::kAdded) {
      for (const std::string& id : group->members) members.push_back(Reference(id));
    } else if (!change.member.empty()) {
      members.push_back(Reference(change.member));
      // Says that they are no member any more, not that they are gone.
      if (!change.came) members.back()["@removed"] = {{"reason", "deleted"}};
    }
    if (!members.empty()) object[kMemberChanges] = std::move(members);
    return object;
  }

  json Shown(const Group& group) const {
    json object = GroupJson(group, asked_.properties);
    for (auto property = object.begin(); property != object.end();) {
      property = property->is_null() ? object.erase(property) : std::next(property);  // never set
    }
    object["id"] = group.id;
    return object;
  }

  json Reference(const std::string& id) const {
    const bool group = call().world.directory.FindGroup(id) != nullptr;
    return {{"@odata.type", group ? "#microsoft.graph.group" : "#microsoft.graph.user"},
            {"id", id}};
  }

  Asked asked_;
};

}  // namespace

// The tenant's groups with their first-level members, or what happened to them since a link was
// given.
Reply GroupDelta(Call& call) {
  AllowOnly(call.target, {"$select", "$filter", "$deltatoken", "$skiptoken"});
  auto& log = call.world.group_deltas;
  DeltaStart start = BeginRound(call, log.epoch(), log.End(call.now));
  if (start.gone) return GoneReply(call, start.token);
  if (start.is_new) {
    CheckGroupSelection(call.world.directory, AskedOf(start.token).properties);
  } else if (!start.token.skips) {
    start.token.at = Replayed(log.draws(), start.token.at);
  }
  return GroupPage(call, std::move(start.token)).Take();
}

}  // namespace seatkeeper::sim
