// Parsing any bytes ends; an error lies within them; what parses prints to a fixed point.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "policy/rule/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatkeeper::rule;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = Parse(text);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    if (error->code.empty() || error->message.empty() || error->offset > size) abort();
    return 0;
  }
  const std::string printed = Print(std::get<Expression>(parsed));
  // The canonical text may be longer than what was written, and so too long for a rule.
  if (printed.size() > kMaxRuleBytes) return 0;
  const auto again = Parse(printed);
  const auto* expression = std::get_if<Expression>(&again);
  if (expression == nullptr || Print(*expression) != printed) abort();
  return 0;
}
