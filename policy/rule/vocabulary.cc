#include "policy/rule/vocabulary.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

constexpr std::string_view kUserPrefix = "user.";

// Entra's (and the planned) properties that are not read from the tenant yet.
constexpr std::string_view kLaterProperties[] = {
    "assignedPlans",
    "createdDateTime",
    "employeeHireDate",
    "facsimileTelephoneNumber",
    "memberOf",
    "onPremisesDistinguishedName",
    "onPremisesSecurityIdentifier",
    "otherMails",
    "passwordPolicies",
    "proxyAddresses",
    "signInActivity",
    "sipProxyAddress",
    "telephoneNumber",
};
// Words that begin the parts of the language that stand inside -any, -all and date comparisons.
constexpr std::string_view kLaterPrefixes[] = {"system.", "assignedPlan.", "group."};

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

bool IsLater(std::string_view name) {
  if (StartsWithIgnoreCase(name, "extension_")) return true;
  name = name.substr(0, name.find('.'));
  return std::any_of(std::begin(kLaterProperties), std::end(kLaterProperties),
                     [&](std::string_view later) { return EqualsIgnoreCase(later, name); });
}

const PropertyInfo* FindByGraphName(std::string_view name) {
  for (const auto& info : Properties()) {
    if (EqualsIgnoreCase(info.graph_name, name)) return &info;
  }
  return nullptr;
}

std::string UnknownPropertyHint(std::string_view name) {
  if (const auto* info = FindByGraphName(name)) {
    return "in a rule this property is called user." + std::string(info->rule_name);
  }
  std::vector<std::string_view> known;
  for (const auto& info : Properties()) known.push_back(info.rule_name);
  known.insert(known.end(), std::begin(kLaterProperties), std::end(kLaterProperties));
  const auto nearest = Nearest(name, known);
  return nearest ? "did you mean " + Quoted("user." + *nearest) + "?" : std::string();
}

ParseError NotAProperty(std::string_view word, std::size_t offset) {
  if (FindProperty(word) || FindByGraphName(word) != nullptr || IsLater(word)) {
    return {.code = "rule-missing-prefix",
            .message = Quoted(word) + " lacks its prefix",
            .hint = "write user." + std::string(word),
            .offset = offset,
            .length = word.size()};
  }
  return {.code = "rule-syntax",
          .message = "a property must stand here, not " + Quoted(word),
          .hint = "a comparison is: property operator value, as in user.country -eq \"FR\"",
          .offset = offset,
          .length = word.size()};
}

}  // namespace

ParseError LaterError(std::string_view what, std::size_t offset, std::size_t length) {
  return {.code = "rule-not-yet-in-force",
          .message = Quoted(what) + " is not yet in force in this version",
          .hint = "express the rule without it; nothing is accepted and then ignored",
          .offset = offset,
          .length = length};
}

std::variant<Property, ParseError> ResolveProperty(std::string_view word, std::size_t offset) {
  if (StartsWithIgnoreCase(word, "device.")) {
    return ParseError{.code = "rule-device",
                      .message = "a rule here is about users, not devices",
                      .hint = "licences belong to users: begin properties with user.",
                      .offset = offset,
                      .length = word.size()};
  }
  for (const auto prefix : kLaterPrefixes) {
    if (StartsWithIgnoreCase(word, prefix)) return LaterError(word, offset, word.size());
  }
  if (!StartsWithIgnoreCase(word, kUserPrefix)) return NotAProperty(word, offset);
  const auto name = word.substr(kUserPrefix.size());
  if (const auto property = FindProperty(name)) return *property;
  if (IsLater(name)) return LaterError(word, offset, word.size());
  return ParseError{.code = "rule-unknown-property",
                    .message = "unknown property " + Quoted(word),
                    .hint = UnknownPropertyHint(name),
                    .offset = offset,
                    .length = word.size()};
}

ParseError NotAValue(std::string_view word, std::size_t offset, PropertyType type) {
  ParseError error{.code = "rule-unquoted",
                   .message = Quoted(word) + " is not a value",
                   .hint = {},
                   .offset = offset,
                   .length = word.size()};
  if (EqualsIgnoreCase(word, "$null") || EqualsIgnoreCase(word, "$true") ||
      EqualsIgnoreCase(word, "$false")) {
    error.hint = "write " + AsciiLower(word.substr(1)) + ", without the dollar sign";
  } else if (StartsWithIgnoreCase(word, "system.")) {
    return LaterError(word, offset, word.size());
  } else if (StartsWithIgnoreCase(word, kUserPrefix)) {
    error.code = "rule-syntax";
    error.message = "a property cannot be compared with a property";
    error.hint = "compare it with a text in double quotes";
  } else if (type == PropertyType::kBoolean) {
    error.code = "rule-type";
    error.hint = "write true or false";
  } else {
    error.hint = "put text in double quotes: \"" + std::string(word.substr(0, 60)) + "\"";
  }
  return error;
}

}  // namespace seatkeeper::rule
