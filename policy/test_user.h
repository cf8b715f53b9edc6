#pragma once

#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// The objects inside a user of Graph, and the property that says whose reports somebody is.
inline constexpr std::string_view kExtensionAttributes = "onPremisesExtensionAttributes";
inline constexpr std::string_view kSignIns = "signInActivity";
inline constexpr std::string_view kManager = "manager";

/// Reports properties of a made-up user that no rule could read ("unknown-property"), and values
/// of another type than Graph's ("wrong-type"): a test that asks for something else than its
/// author meant would pass for no reason. Names are Graph's, in its letter case.
/// REQUIRES: `user` is a mapping.
void CheckTestUser(const yaml::Node& user, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
