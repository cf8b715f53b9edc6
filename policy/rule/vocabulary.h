#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "policy/rule/parser.h"
#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// The one property that only stands in a rule of its own.
inline constexpr std::string_view kMemberOf = "user.memberOf";
/// What its -any looks at.
inline constexpr std::string_view kMemberOfItem = "group.objectId";

/// The operand that a word at the start of a comparison names, or why it names none: unknown
/// ("rule-unknown-property"), without its prefix ("rule-missing-prefix"), of a device
/// ("rule-device"), of an item ("rule-item"), or no property at all ("rule-syntax"). `offset` is
/// the word's place in the rule.
std::variant<Operand, ParseError> ResolveOperand(std::string_view word, std::size_t offset);

/// The same inside `list -any (…)` and `list -all (…)`: the item's field that a word names, or why
/// it names none ("rule-item").
std::variant<Operand, ParseError> ResolveItem(std::string_view word, std::size_t offset,
                                              Property list);

/// How a comparison of the list's items is written, for hints.
std::string_view ItemExample(PropertyType list);

}  // namespace seatkeeper::rule
