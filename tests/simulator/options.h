#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulator/applications.h"
#include "tests/simulator/quota.h"

namespace seatkeeper::sim {

// All application permissions that the simulator's routes ask for.
inline const std::vector<std::string> kAllRoles{"User.Read.All",
                                                "User.ReadWrite.All",
                                                "GroupMember.Read.All",
                                                "Group.Read.All",
                                                "Directory.Read.All",
                                                "Organization.Read.All",
                                                "AuditLog.Read.All",
                                                "LicenseAssignment.Read.All",
                                                "LicenseAssignment.ReadWrite.All",
                                                "GroupMember.ReadWrite.All"};

// Who may ask, and the seed of everything that is drawn.
struct SimulatorOptions {
  std::string tenant_id = "11111111-1111-1111-1111-111111111111";
  std::string client_id = "22222222-2222-2222-2222-222222222222";
  std::string client_secret = "simulated-secret";
  std::vector<std::string> roles = kAllRoles;  // the `roles` claim; empty: the claim is missing
  // Further ones, or another account of the one above (same id).
  std::vector<Application> applications{};
  bool premium = true;  // Entra ID P1 or P2, without which signInActivity is refused
  // From a request to license a group until its members are done (group_worker.h).
  std::chrono::milliseconds group_delay{1000};
  std::size_t delta_page = 100;  // objects on a page of a delta query, and members in a slice
  // How long the link to a next page works. That it ends is known, when is not.
  std::chrono::milliseconds page_life = std::chrono::hours(1);
  // What the Date of answers is ahead of the time that everything else goes by.
  std::chrono::seconds clock_skew{0};
  QuotaFigures quota{};
  std::uint64_t seed = 1;
};

}  // namespace seatkeeper::sim
