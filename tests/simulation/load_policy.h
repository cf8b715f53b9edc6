#pragma once

#include <string>

#include "reconciler/cycle/cycle.h"

namespace seatkeeper::test {

/// Policy from YAML; throws what is wrong with it.
PolicyInForce LoadPolicyText(const std::string& text);

}  // namespace seatkeeper::test
