#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// Reads `spec.subjects`: rule, groups, users, `where` and `except`. Warns where all of its users
/// are excepted ("selects-nobody").
/// Rules are parsed and linted; their findings stand at the column inside the rule where the file
/// shows the rule's bytes as they are, else at the scalar with the column in the message.
Subjects ReadSubjects(const yaml::Node& node, std::vector<Diagnostic>& diagnostics);

/// The lists `groups` and `users` of a mapping. Warns of names that stand there twice
/// ("duplicate-entry") and of users that no tenant can have ("not-a-user-name").
std::vector<Positioned<std::string>> ReadGroups(const yaml::Node& node,
                                                std::vector<Diagnostic>& diagnostics);
std::vector<Positioned<std::string>> ReadUsers(const yaml::Node& node,
                                               std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper
