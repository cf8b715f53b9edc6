#pragma once

#include <chrono>
#include <map>
#include <string>

#include "daemon/config.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// So long before its end a certificate is worth a warning; the alert in deploy/prometheus knows
/// the same days.
inline constexpr std::chrono::days kExpiryNotice{30};

/// When what the tenant signs in with ends, by the config's key: "auth" and "readAuth".
/// Certificates alone, of files that can be read now: only the application's page knows a secret's
/// end, and the tokens of a cluster and of a machine are renewed by whoever hands them out. Reads
/// the files.
std::map<std::string, WallTime> CredentialExpiries(const TenantConfig& tenant);

/// What is known of that end, for a person.
struct ExpiryNotice {
  bool near = false;  ///< Within kExpiryNotice.
  std::string what;   ///< Empty: nothing of it ends.
  std::string mend;   ///< Empty unless near.
};

/// Of one application, now. Reads its file.
ExpiryNotice DescribeExpiry(const SignIn& sign_in, WallTime now);

}  // namespace seatkeeper
