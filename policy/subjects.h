#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Reads `spec.subjects`: at least one of rule, groups and users; `where`; `except`.
/// Rules are parsed and linted; their findings stand at the column inside the rule where the file
/// shows the rule's bytes as they are, else at the scalar with the column in the message.
Subjects ReadSubjects(const yaml::Node& node, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
