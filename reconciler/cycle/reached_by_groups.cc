#include "reconciler/cycle/reached_by_groups.h"

#include <fmt/format.h>

#include <string>

#include "reconciler/cycle/add_related.h"

namespace seatkeeper {
namespace {

// How a user is other than planned; empty: as planned.
std::string HowChanged(const UserId& user, Row row, const ObservedState& planned,
                       const executor_event::Rechecked& rechecked) {
  const auto now = rechecked.fingerprints->find(user);
  if (now == rechecked.fingerprints->end()) return "The user is gone since the plan was made.";
  if (now->second != planned.Fingerprint(row)) return "The user changed since the plan was made.";
  const auto how = rechecked.regrouped.find(user);
  return how == rechecked.regrouped.end() ? "" : how->second;
}

}  // namespace

ReachedByGroups::ReachedByGroups(const Plan& plan, const ObservedState& observed) {
  const auto& users = observed.users;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo || !change.group || !change.takes_away()) continue;
    auto& reached = users_[change.group->id];
    const auto* members = observed.FindLinked({Link::Kind::kDirectMembers, change.group->id.guid});
    if (members == nullptr) continue;
    users.ForEachKnown(members->users, [&](Row row) { reached.insert(users.id(row)); });
  }
  if (users_.empty()) return;
  for (Row row = 0; row < users.size(); ++row) {
    for (const auto& held : users.assignments(row)) {
      if (held.source != AssignmentSource::kGroup) continue;
      const auto found = users_.find(held.group);
      if (found != users_.end()) found->second.insert(users.id(row));
    }
  }
}

void ReachedByGroups::AddUsers(std::vector<Subject>& subjects) const {
  AddRelated(users_, subjects);
}

void ReachedByGroups::Judge(const ObservedState& planned,
                            executor_event::Rechecked& rechecked) const {
  for (const auto& [group, users] : users_) {
    if (!rechecked.fingerprints->contains(group)) continue;
    for (const auto& user : users) {
      const auto row = planned.users.Find(user);
      const auto how = row ? HowChanged(user, *row, planned, rechecked) : std::string();
      if (how.empty()) continue;
      rechecked.regrouped.emplace(
          group, fmt::format("It reaches {}. {}", planned.users.user_principal_name(*row), how));
      break;
    }
  }
}

}  // namespace seatkeeper
