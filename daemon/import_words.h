#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/plan/import.h"

namespace seatkeeper {

// The parts of an imported document that are words: its rule, its name, what its comments say.

/// The conditions on properties, in the rule language; empty where there are none.
std::string RuleOf(const ImportDocument& document);
/// What the one group among the conditions is called; nullptr: none is.
const std::string* GroupOf(const ImportDocument& document);
/// A rule as a YAML scalar: plain where YAML takes it for nothing else.
std::string YamlRule(std::string_view rule);
/// A name for the document: lower-case words and hyphens.
std::string NameOfRule(const std::vector<ImportCondition>& conditions);

/// The document says of itself that it is a guess: it selects few, or too many wrongly.
/// REQUIRES: it has conditions.
bool IsUncertain(const ImportDocument& document);

/// Comment lines: whom the document describes, how many, and how sure that is.
std::string RuleComment(const ImportDocument& document);
/// Likewise for one that names users.
std::string NamedComment(const ImportDocument& document);

/// "1 person gets", "2 people get".
std::string PeopleGet(std::size_t count);
/// "1 person holds", "2 people hold".
std::string PeopleHold(std::size_t count);

}  // namespace seatkeeper
