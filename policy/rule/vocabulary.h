#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "policy/rule/parser.h"
#include "policy/rule/property.h"

namespace seatkeeper::rule {

/// The property that a word at the start of a comparison names, or why it names none: unknown
/// ("rule-unknown-property"), not in force ("rule-not-yet-in-force"), without its prefix
/// ("rule-missing-prefix"), of a device ("rule-device"), or no property at all ("rule-syntax").
/// `offset` is the word's place in the rule.
std::variant<Property, ParseError> ResolveProperty(std::string_view word, std::size_t offset);

/// The error for an unquoted word where a value of a property of this type belongs.
ParseError NotAValue(std::string_view word, std::size_t offset, PropertyType type);

/// A part of Entra's language that this version refuses. `what` as a person would name it.
ParseError LaterError(std::string_view what, std::size_t offset, std::size_t length);

}  // namespace seatkeeper::rule
