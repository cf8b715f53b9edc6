#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seatkeeper::rule {

/// Why a text is no regular expression that -match takes, in words for a person.
struct RegexProblem {
  std::string message;
  std::string hint;
};

/// Nothing when Pattern compiles the expression and Entra's .NET would read the same syntax in it.
std::optional<RegexProblem> CheckRegex(std::string_view expression);

}  // namespace seatkeeper::rule
