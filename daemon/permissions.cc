#include "daemon/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace seatkeeper {
namespace {

struct Need {
  std::string_view what;
  std::span<const std::string_view> any_of;  // The least first.
  std::string_view without;                  // As in MissingPermission.
};

constexpr std::string_view kUsers[] = {"User.Read.All", "Directory.Read.All", "User.ReadWrite.All",
                                       "Directory.ReadWrite.All"};
constexpr std::string_view kProducts[] = {"LicenseAssignment.Read.All", "Organization.Read.All",
                                          "Directory.Read.All", "Organization.ReadWrite.All",
                                          "Directory.ReadWrite.All"};
constexpr std::string_view kSubscriptions[] = {"Organization.Read.All", "Directory.Read.All",
                                               "Organization.ReadWrite.All",
                                               "Directory.ReadWrite.All"};
constexpr std::string_view kGroups[] = {"GroupMember.Read.All", "Group.Read.All",
                                        "Directory.Read.All",   "GroupMember.ReadWrite.All",
                                        "Group.ReadWrite.All",  "Directory.ReadWrite.All"};
constexpr std::string_view kLogs[] = {"AuditLog.Read.All"};
constexpr std::string_view kAssign[] = {"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All",
                                        "Directory.ReadWrite.All"};
constexpr std::string_view kLicenseGroups[] = {"LicenseAssignment.ReadWrite.All",
                                               "Group.ReadWrite.All", "Directory.ReadWrite.All"};
constexpr std::string_view kWriteUsers[] = {"User.ReadWrite.All", "Directory.ReadWrite.All"};

bool Satisfied(const Need& need, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const auto& role) {
    return std::find(need.any_of.begin(), need.any_of.end(), role) != need.any_of.end();
  });
}

std::vector<Need> NeedsOf(const FeaturesUsed& features) {
  std::vector<Need> needs;
  const auto add = [&](bool used, std::string_view what, std::span<const std::string_view> any_of,
                       std::string_view without = "") {
    if (used) needs.push_back({what, any_of, without});
  };
  add(features.reading, "reading users and what they hold", kUsers);
  add(features.reading, "reading products and their seats", kProducts);
  add(features.reading, "reading subscriptions", kSubscriptions,
      "renewal dates and self-service purchases are not known");
  add(features.groups, "reading groups and their members", kGroups);
  add(features.sign_ins, "reading sign-in times", kLogs);
  add(features.audit_log, "reading the audit log", kLogs, "who brought drift about is not known");
  add(features.inactive, "reading sign-in times for inactiveDays", kLogs,
      "who is inactive is not known, and nobody counts as such");
  add(features.enforce, "assigning and unassigning products", kAssign);
  add(features.enforce && features.licensed_groups, "licensing groups, which a policy asks for",
      kLicenseGroups);
  add(features.enforce && features.usage_locations,
      "setting usage locations, which a policy asks for", kWriteUsers);
  add(features.enforce && features.reprocessing,
      "processing users again whom a group's licence failed", kWriteUsers,
      "they stay without it when the reason is gone, until somebody reprocesses them");
  return needs;
}

// A permission is named once: for what there is no reading or no change without, if that is among
// what it is needed for, and else for all of it.
void Join(const Need& need, MissingPermission& told) {
  if (told.without.empty() || need.without.empty()) return;
  told.what += fmt::format(" and {}", need.what);
  told.without += fmt::format("; {}", need.without);
}

}  // namespace

std::vector<MissingPermission> FindMissingPermissions(const std::vector<std::string>& roles,
                                                      const FeaturesUsed& features) {
  std::vector<MissingPermission> missing;
  for (const auto& need : NeedsOf(features)) {
    if (Satisfied(need, roles)) continue;
    const auto told = std::ranges::find(missing, need.any_of.front(), &MissingPermission::name);
    if (told != missing.end()) {
      Join(need, *told);
      continue;
    }
    missing.push_back({.name = std::string(need.any_of.front()),
                       .what = std::string(need.what),
                       .without = std::string(need.without)});
  }
  return missing;
}

}  // namespace seatkeeper
