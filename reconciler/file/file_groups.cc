#include "reconciler/file/file_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "policy/text.h"

namespace seatkeeper {
namespace {

// Every user below a group; false when a group on the way does not list its members.
bool Flatten(const FileGroups& groups, const FileGroup& top, std::vector<UserId>& users) {
  std::set<GroupId> seen = {top.group.id};
  std::vector<const FileGroup*> open = {&top};
  while (!open.empty()) {
    const FileGroup& group = *open.back();
    open.pop_back();
    if (!group.members) return false;
    for (const UserId& member : *group.members) {
      const auto nested = groups.find(GroupId{member.guid});
      if (nested == groups.end()) {
        users.push_back(member);
      } else if (seen.insert(nested->first).second) {
        open.push_back(&nested->second);
      }
    }
  }
  return true;
}

GroupReading Resolve(const std::string& reference, const FileGroups& groups,
                     const std::set<GroupId>& whole) {
  using Status = GroupReading::Status;
  GroupReading reading{.reference = reference};
  std::vector<GroupId> matches;
  if (const auto id = GroupId::Parse(reference)) {
    if (groups.contains(*id)) matches.push_back(*id);
  } else {
    const std::string name = FoldCase(reference);
    for (const auto& [group_id, group] : groups) {
      if (FoldCase(group.group.display_name) == name) matches.push_back(group_id);
    }
  }
  if (matches.empty()) {
    reading.detail = "the snapshot holds no such group";
  } else if (matches.size() > 1) {
    reading.status = Status::kAmbiguous;
    reading.detail = fmt::format("{} groups of the snapshot have this name", matches.size());
  } else if (!whole.contains(matches.front())) {
    reading.status = Status::kUnreadable;
    reading.detail = "the snapshot does not list the members of this group";
  } else {
    reading.status = Status::kFound;
    reading.id = matches.front();
  }
  return reading;
}

}  // namespace

std::vector<Link> AddGroups(FileGroups&& groups, const ReadRequest& request,
                            ObservedBuilder& sink) {
  std::set<GroupId> whole;
  for (auto& [id, entry] : groups) {
    if (Flatten(groups, entry, entry.group.members)) whole.insert(id);
  }
  const std::set<std::string> references(request.groups.begin(), request.groups.end());
  std::vector<Link> links;
  for (const auto& reference : references) {
    auto reading = Resolve(reference, groups, whole);
    const bool found = reading.status == GroupReading::Status::kFound;
    if (found && std::ranges::binary_search(request.licensed_groups, reference)) {
      links.push_back({.kind = Link::Kind::kDirectMembers, .of = reading.id.guid});
    }
    sink.AddReference(std::move(reading));
  }
  for (auto& [id, entry] : groups) {
    if (whole.contains(id)) sink.AddGroup(std::move(entry.group));
  }
  return links;
}

}  // namespace seatkeeper
