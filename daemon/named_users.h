#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"

namespace seatkeeper {

/// The users whom policies about the tenant name, as they are written.
std::vector<Positioned<std::string>> NamedUsers(const PolicySet& policies, std::string_view tenant);

}  // namespace seatkeeper
