#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/yaml.h"
#include "reconciler/model/object_writer.h"
#include "reconciler/model/property_set.h"

namespace seatkeeper {

/// Writes the properties of a made-up user as Graph has them: what the test says, what a new
/// account has besides (MakeUpTenant), and null for whatever else is `needed`. `object` writes
/// to `out`. REQUIRES: CheckTestUser found nothing.
void WriteMadeUpProperties(const yaml::Node& user, const PropertySet& needed, ObjectWriter& object,
                           std::string& out);

}  // namespace seatkeeper
