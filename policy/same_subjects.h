#pragma once

#include <string>
#include <vector>

#include "policy/document.h"

namespace seatkeeper {

/// A text that is the same for selections which pick the same users whatever the tenant holds:
/// rules as printed, names without regard to case and order. Different texts prove nothing.
std::string Fingerprint(const Subjects& subjects);

/// Picks every user of the tenant, provably.
bool SelectsEverybody(const Subjects& subjects);

/// Users, case folded, that the selection picks whatever the tenant holds, if they exist.
std::vector<std::string> CertainUsers(const Subjects& subjects);

}  // namespace seatkeeper
