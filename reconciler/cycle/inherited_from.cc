#include "reconciler/cycle/inherited_from.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reconciler/cycle/add_related.h"

namespace seatkeeper {
namespace {

std::vector<GroupId> GroupsOf(const UserId& user, const ObservedState& observed) {
  std::set<GroupId> groups;
  const auto row = observed.users.Find(user);
  if (!row) return {};
  for (const auto& held : observed.users.assignments(*row)) {
    if (held.source == AssignmentSource::kGroup) groups.insert(held.group);
  }
  return {groups.begin(), groups.end()};
}

bool IsMember(const UserId& user, const GroupId& group, const ObservedState& observed) {
  const auto* members = observed.FindLinked({Link::Kind::kDirectMembers, group.guid});
  return members != nullptr && members->status == GroupReading::Status::kFound &&
         std::ranges::binary_search(members->users, user);
}

}  // namespace

InheritedFrom::InheritedFrom(const Plan& plan, const ObservedState& observed) {
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo || !change.reprocesses()) continue;
    groups_.emplace(change.user, GroupsOf(change.user, observed));
  }
}

void InheritedFrom::AddGroups(std::vector<Subject>& subjects) const {
  AddRelated(groups_, subjects);
}

std::string InheritedFrom::HowChanged(const UserId& user, const ObservedState& planned,
                                      const ObservedState& now) const {
  const auto found = groups_.find(user);
  if (found == groups_.end()) return "";
  for (const auto& id : found->second) {
    const auto* before = planned.FindGroup(id);
    const auto* group = now.FindGroup(id);
    if (before == nullptr || group == nullptr || !IsMember(user, id, planned)) {
      return fmt::format("The group {}, which gives the user something, is not known.",
                         id.ToString());
    }
    if (Fingerprint(*before) != Fingerprint(*group)) {
      return fmt::format("The licences of group `{}` changed since the plan was made.",
                         before->display_name);
    }
    if (!group->processed()) {
      return fmt::format("The service works through the members of group `{}` now.",
                         before->display_name);
    }
  }
  return "";
}

}  // namespace seatkeeper
