#pragma once

#include <string>
#include <vector>

namespace seatkeeper {

/// What is going to be done with a tenant.
struct FeaturesUsed {
  bool reading = true;           ///< False for an application that only changes.
  bool groups = false;           ///< The policy names groups.
  bool sign_ins = false;         ///< A rule uses user.signInActivity.
  bool enforce = false;          ///< Changes are applied.
  bool usage_locations = false;  ///< A policy sets the usage location of users who have none.
  bool licensed_groups = false;  ///< A policy licenses groups themselves.
  bool reprocessing = false;     ///< Users whom a group's licence failed are processed again.
  bool audit_log = false;        ///< The audit log is read for who brought drift about.
  bool inactive = false;         ///< The config asks who is inactive.
};

/// A permission that the application lacks.
struct MissingPermission {
  std::string name;  ///< The least one that would do.
  std::string what;  ///< What it is needed for.
  /// Empty: without it there is no reading, or no change. Otherwise what is not known without it.
  std::string without;
};

/// The application permissions for these features that are missing among `roles` (those in its
/// token), least privileged names. Wider permissions that include one count for it. Pure. Source:
/// Microsoft Graph permissions reference.
std::vector<MissingPermission> FindMissingPermissions(const std::vector<std::string>& roles,
                                                      const FeaturesUsed& features);

}  // namespace seatkeeper
