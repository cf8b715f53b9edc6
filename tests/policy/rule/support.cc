#include "tests/policy/rule/support.h"

#include <gtest/gtest.h>

namespace seatkeeper::rule::test {

std::string Canonical(std::string_view text) {
  const auto parsed = Parse(text);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    return error->code + "@" + std::to_string(error->offset) + ": " + error->message;
  }
  return Print(std::get<Expression>(parsed));
}

void Check(const Refused& row) {
  std::string text = row.rule;
  const auto marker = text.find("@@");
  ASSERT_NE(marker, std::string::npos) << text;
  text.erase(marker, 2);
  const auto parsed = Parse(text);
  const auto* error = std::get_if<ParseError>(&parsed);
  ASSERT_NE(error, nullptr) << text;
  EXPECT_EQ(error->code, row.code) << text;
  EXPECT_EQ(error->offset, marker) << text;
  EXPECT_EQ(error->length, row.length) << text;
  EXPECT_NE((error->message + "\n" + error->hint).find(row.says), std::string::npos)
      << text << "\n"
      << error->message << "\n"
      << error->hint;
}

}  // namespace seatkeeper::rule::test
