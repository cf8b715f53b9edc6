// Parsing any bytes ends; an error lies within them; what parses prints to text that parses to the
// same tree; findings about it lie within it, and what they propose is a rule.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "policy/rule/lint.h"
#include "policy/rule/parser.h"
#include "policy/text.h"
#include "tests/policy/rule/same_tree.h"

namespace {

using namespace seatkeeper::rule;  // NOLINT(google-build-using-namespace)

void Require(bool condition) {
  if (!condition) abort();
}

void CheckPrinted(const Expression& tree) {
  const std::string printed = Print(tree);
  // The canonical text may be longer than what was written, and so too long for a rule.
  if (seatkeeper::CountCharacters(printed) > kMaxRuleCharacters) return;
  const auto again = Parse(printed);
  const auto* same = std::get_if<Expression>(&again);
  Require(same != nullptr && test::SameTree(tree, *same));
}

void CheckLint(const Lint& lint, std::string_view text) {
  Require(!lint.code.empty() && !lint.message.empty() && !lint.hint.empty());
  if (lint.offset) Require(lint.length > 0 && *lint.offset + lint.length <= text.size());
  if (lint.code != "rule-plainer" || !lint.hint.starts_with("write user.")) return;
  const auto proposed = lint.hint.substr(std::string_view("write ").size());
  if (seatkeeper::CountCharacters(proposed) > kMaxRuleCharacters) return;
  Require(std::holds_alternative<Expression>(Parse(proposed)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = Parse(text);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    Require(!error->code.empty() && !error->message.empty());
    Require(error->offset <= size && error->length >= 1);
    return 0;
  }
  const auto& tree = std::get<Expression>(parsed);
  CheckPrinted(tree);
  for (const auto& lint : FindLints(tree, text)) CheckLint(lint, text);
  FindLints(tree);
  return 0;
}
