#pragma once

#include <string>
#include <vector>

#include "tests/simulator/licensing.h"
#include "tests/simulator/message.h"

namespace seatkeeper::sim {

// What a body of assignLicense asks for; users and groups take the same one. Ids in lower case.
struct LicenseRequest {
  std::vector<LicenseToAdd> add;
  std::vector<std::string> remove;
};

// Throws GraphError for whatever is not exactly such a body.
LicenseRequest ReadLicenseRequest(const Request& request);

}  // namespace seatkeeper::sim
