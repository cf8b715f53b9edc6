#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/rule/parser.h"

namespace seatkeeper::rule::test {

/// The rule's canonical text, or "code@offset: message" when it is none.
std::string Canonical(std::string_view text);

/// One refused rule.
struct Refused {
  std::string rule;  ///< "@@" stands before the error.
  const char* code;
  std::size_t length;
  const char* says;  ///< Part of the message or the hint.
};

void Check(const Refused& row);

}  // namespace seatkeeper::rule::test
