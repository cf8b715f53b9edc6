#include "tests/simulator/audit_log.h"

#include <fmt/format.h>

#include <utility>

#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr const char* kGroupLicensing = "Microsoft Entra ID Group-Based Licensing";
constexpr const char* kLicenses = "Change user license";

json InitiatedBy(const Actor& actor, bool tells_principal) {
  if (actor.kind == Actor::Kind::kUser) {
    return {{"app", nullptr},
            {"user",
             {{"id", actor.id},
              {"displayName", nullptr},
              {"ipAddress", "192.0.2.1"},
              {"userPrincipalName", actor.name}}}};
  }
  const bool service = actor.kind == Actor::Kind::kGroupLicensing;
  return {{"user", nullptr},
          {"app",
           {{"appId", service ? json(nullptr) : json(actor.id)},
            {"displayName", service ? kGroupLicensing : actor.name},
            {"servicePrincipalId",
             tells_principal ? json(Random(StableHash(actor.id)).Guid()) : json(nullptr)},
            {"servicePrincipalName", nullptr}}}};
}

json ModifiedProperties(const Activity& activity) {
  json list = json::array();
  for (const Activity::Modified& modified : activity.modified) {
    list.push_back({{"displayName", modified.property},
                    {"oldValue", modified.before},
                    {"newValue", modified.after}});
  }
  return list;
}

json TargetOf(const Activity& activity) {
  const bool user = activity.target == Activity::Target::kUser;
  return {{"id", activity.id},
          {"displayName", user ? json(nullptr) : json(activity.target_name)},
          {"type", user ? "User" : "Group"},
          {"userPrincipalName", user ? json(activity.target_name) : json(nullptr)},
          {"groupType", user ? json(nullptr) : json("azureAD")},
          {"modifiedProperties", ModifiedProperties(activity)}};
}

}  // namespace

json AuditLog::Shown(const Activity& activity, const Actor& actor, const std::string& correlation) {
  const bool user = activity.target == Activity::Target::kUser;
  return {{"id", fmt::format("Directory_{}_{:05X}_{}", correlation, draws_.Below(0x100000),
                             draws_.Below(1'000'000'000))},
          {"category", user ? "UserManagement" : "GroupManagement"},
          {"correlationId", correlation},
          {"result", "success"},
          {"resultReason", ""},
          {"activityDisplayName", activity.name},
          {"activityDateTime", IsoTime(activity.at)},
          {"loggedByService", "Core Directory"},
          {"operationType", activity.name.starts_with("Add") ? "Add" : "Update"},
          {"initiatedBy", InitiatedBy(actor, tells_principal_)},
          {"targetResources", json::array({TargetOf(activity)})},
          {"additionalDetails", json::array()}};
}

void AuditLog::Keep(json shown, WallTimeMs at, WallTimeMs visible_at) {
  entries_.emplace(--next_number_, Entry{std::move(shown), at, visible_at});
  if (entries_.size() > kEntriesMax) entries_.erase(std::prev(entries_.end()));
}

void AuditLog::Add(const std::vector<Activity>& activities, const Actor& actor,
                   WallTimeMs visible_at, const Directory& directory) {
  for (const Activity& activity : activities) {
    Actor who = actor;
    if (const User* user = directory.FindUser(activity.by)) {
      who = {Actor::Kind::kUser, user->id, user->UserPrincipalName()};
    }
    if (activity.by_group_licensing) who = {Actor::Kind::kGroupLicensing, "", ""};
    const std::string correlation = draws_.Guid();
    Activity told = activity;
    if (activity.name == kLicenses) {
      told.name = "Update user";
      Keep(Shown(told, who, correlation), activity.at, visible_at);
      told = activity;
      if (!tells_twice_) told.modified.clear();
    }
    Keep(Shown(told, who, correlation), activity.at, visible_at);
  }
}

std::vector<Activity> ActivitiesOf(const std::vector<UserChange>& changes, WallTimeMs now) {
  std::vector<Activity> activities;
  for (const UserChange& change : changes) {
    Activity activity{.at = now, .id = change.id, .target_name = change.name, .by = change.by};
    switch (change.kind) {
      case UserChange::Kind::kAdded:
        activity.name = "Add user";
        break;
      case UserChange::Kind::kDeleted:
        activity.name = "Delete user";
        break;
      case UserChange::Kind::kPurged:
        activity.name = "Hard Delete user";
        break;
      case UserChange::Kind::kChanged:
        if (change.properties.contains("assignedLicenses")) continue;  // told with who gave them
        activity.name = "Update user";
        for (const std::string& name : change.properties) {
          activity.modified.push_back({name, "[]", "[]"});
        }
        break;
    }
    activities.push_back(std::move(activity));
  }
  return activities;
}

}  // namespace seatkeeper::sim
