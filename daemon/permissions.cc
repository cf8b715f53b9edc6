#include "daemon/permissions.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace seatkeeper {
namespace {

struct Need {
  std::string_view what;
  std::span<const std::string_view> any_of;  // The least first.
};

constexpr std::string_view kUsers[] = {"User.Read.All", "Directory.Read.All", "User.ReadWrite.All",
                                       "Directory.ReadWrite.All"};
constexpr std::string_view kProducts[] = {"LicenseAssignment.Read.All", "Organization.Read.All",
                                          "Directory.Read.All", "Organization.ReadWrite.All",
                                          "Directory.ReadWrite.All"};
constexpr std::string_view kGroups[] = {"GroupMember.Read.All", "Group.Read.All",
                                        "Directory.Read.All",   "GroupMember.ReadWrite.All",
                                        "Group.ReadWrite.All",  "Directory.ReadWrite.All"};
constexpr std::string_view kSignIns[] = {"AuditLog.Read.All"};
constexpr std::string_view kAssign[] = {"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All",
                                        "Directory.ReadWrite.All"};

constexpr std::string_view kLocations[] = {"User.ReadWrite.All", "Directory.ReadWrite.All"};

bool Satisfied(const Need& need, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const auto& role) {
    return std::find(need.any_of.begin(), need.any_of.end(), role) != need.any_of.end();
  });
}

}  // namespace

std::vector<MissingPermission> FindMissingPermissions(const std::vector<std::string>& roles,
                                                      const FeaturesUsed& features) {
  std::vector<Need> needs;
  if (features.reading) {
    needs.push_back({"reading users and what they hold", kUsers});
    needs.push_back({"reading products and their seats", kProducts});
  }
  if (features.groups) needs.push_back({"reading the members of groups", kGroups});
  if (features.sign_ins) needs.push_back({"reading sign-in times", kSignIns});
  if (features.enforce) needs.push_back({"assigning and unassigning products", kAssign});
  if (features.enforce && features.usage_locations) {
    needs.push_back({"setting usage locations, which a policy asks for", kLocations});
  }
  std::vector<MissingPermission> missing;
  for (const auto& need : needs) {
    if (Satisfied(need, roles)) continue;
    missing.push_back({.name = std::string(need.any_of.front()), .what = std::string(need.what)});
  }
  return missing;
}

}  // namespace seatkeeper
