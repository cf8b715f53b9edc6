#include "policy/rule/regex.h"

#include <algorithm>
#include <iterator>

#include "policy/rule/pattern.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

// What only .NET's regular expressions have, by its first characters outside brackets.
struct DotNetOnly {
  std::string_view opening;
  std::string_view name;
  std::string_view instead;
};
constexpr char kSeparate[] = "say it with -and, -or and -notMatch";
constexpr DotNetOnly kDotNetOnly[] = {
    {"(?=", "lookahead", kSeparate},
    {"(?!", "negative lookahead", kSeparate},
    {"(?<=", "lookbehind", kSeparate},
    {"(?<!", "negative lookbehind", kSeparate},
    {"(?>", "atomic groups", "write (?:...)"},
    {"(?(", "conditions", kSeparate},
    {"(?#", "comments", "leave the comment out"},
    {"(?<", "groups named so", "write (...): a rule has no use for the name"},
    {"(?'", "groups named so", "write (...): a rule has no use for the name"},
    {"\\k", "back-references", kSeparate},
    {"\\u", "\\u escapes", "write the character itself, or \\x{00E9}"},
    {"\\c", "\\c escapes", "write \\x and two digits"},
    {"\\e", "\\e", "write \\x1B"},
    {"\\G", "\\G", "leave it out"},
    {"\\Z", "\\Z", "write $"},
};

const DotNetOnly* FindAt(std::string_view text) {
  static constexpr DotNetOnly kBackReference = {"\\1", "back-references", kSeparate};
  if (text.size() > 1 && text[0] == '\\' && text[1] >= '1' && text[1] <= '9') {
    return &kBackReference;
  }
  const auto* found = std::find_if(std::begin(kDotNetOnly), std::end(kDotNetOnly),
                                   [&](const auto& row) { return text.starts_with(row.opening); });
  return found == std::end(kDotNetOnly) ? nullptr : found;
}

struct Scan {
  const DotNetOnly* only = nullptr;  // The first one.
  bool subtraction = false;          // [a-z-[aeiou]], which RE2 reads as something else.
};

Scan Look(std::string_view text) {
  Scan scan;
  bool in_brackets = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!in_brackets && scan.only == nullptr) scan.only = FindAt(text.substr(i));
    if (text[i] == '\\') {
      ++i;
    } else if (!in_brackets && text[i] == '[') {
      in_brackets = true;
      if (text.substr(i + 1).starts_with('^')) ++i;
      if (text.substr(i + 1).starts_with(']')) ++i;
    } else if (in_brackets && text.substr(i).starts_with("-[") &&
               !text.substr(i).starts_with("-[:")) {
      scan.subtraction = true;
    } else if (text[i] == ']') {
      in_brackets = false;
    }
  }
  return scan;
}

}  // namespace

std::optional<RegexProblem> CheckRegex(std::string_view expression) {
  const auto scan = Look(expression);
  if (scan.subtraction) {
    return RegexProblem{
        "RE2, which runs in linear time, has no subtraction in brackets; only .NET has",
        "write the characters out, or \\[ for a bracket"};
  }
  const auto compiled = Pattern::Compile(expression);
  const auto* reason = std::get_if<std::string>(&compiled);
  if (reason == nullptr) return std::nullopt;
  RegexProblem problem{Quoted(expression) + " is not a regular expression: " + *reason, {}};
  if (scan.only != nullptr) {
    problem.hint = "RE2, which runs in linear time, has no " + std::string(scan.only->name) +
                   "; only .NET has: " + std::string(scan.only->instead);
  } else if (expression.starts_with('*')) {
    problem.hint = "* repeats what stands before it: leave it out, -match finds a part of the text";
  }
  return problem;
}

}  // namespace seatkeeper::rule
