#include "policy/json_text.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(JsonText, QuotesAndEscapes) {
  EXPECT_EQ(Json(""), R"("")");
  EXPECT_EQ(Json("plain text"), R"("plain text")");
  EXPECT_EQ(Json("a\"b\\c\nd\te\rf"), R"("a\"b\\c\nd\te\rf")");
  EXPECT_EQ(Json(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
}

TEST(JsonText, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(Json("Zo\xC3\xAB \xF0\x9F\x98\x80"), "\"Zo\xC3\xAB \xF0\x9F\x98\x80\"");
  EXPECT_EQ(Json("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(Json("\xC3"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(Json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"") << "a surrogate";
}

}  // namespace
}  // namespace seatkeeper
