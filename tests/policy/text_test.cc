#include "policy/text.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(AsciiLower("SPE_E5 \xC3\x84"), "spe_e5 \xC3\x84");
  EXPECT_TRUE(EqualsIgnoreCase("Spe_E5", "sPE_e5"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
}

TEST(Text, FoldsLettersOfEuropeanScripts) {
  const std::pair<const char*, const char*> rows[] = {
      {"ABC", "abc"},   {"ÄÖÜ", "äöü"}, {"Þórr", "þórr"}, {"ŠŽ", "šž"}, {"Ÿ", "ÿ"},
      {"ΑΣς", "ασσ"},   {"ЖЁ", "жё"},   {"Ի", "ի"},       {"ẞ", "ß"},   {"straße", "straße"},
      {"\u212A", "k"},  {"ſ", "s"},     {"Ḁ", "ḁ"},       {"Ｚ", "ｚ"}, {"İ", "İ"},
      {"日本", "日本"}, {"Ǆ", "ǆ"},     {"ǅ", "ǆ"},
  };
  for (const auto& [text, folded] : rows) EXPECT_EQ(FoldCase(text), folded);
}

TEST(Text, FoldingIsIdempotent) {
  std::string all;
  for (unsigned code = 0x80; code < 0x10000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    if (code < 0x800) {
      all += static_cast<char>(0xC0 | code >> 6);
    } else {
      all += static_cast<char>(0xE0 | code >> 12);
      all += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    }
    all += static_cast<char>(0x80 | (code & 0x3F));
  }
  EXPECT_EQ(FoldCase(FoldCase(all)), FoldCase(all));
}

TEST(Text, FoldingKeepsMalformedBytes) {
  EXPECT_EQ(FoldCase("A\xFF\xC3"), "a\xFF\xC3");
  EXPECT_EQ(FoldCase("\xED\xA0\x80"), "\xED\xA0\x80");
}

TEST(Text, MeasuresUtf8) {
  EXPECT_EQ(Utf8Length("a"), 1u);
  EXPECT_EQ(Utf8Length("é"), 2u);
  EXPECT_EQ(Utf8Length("日"), 3u);
  EXPECT_EQ(Utf8Length("😀"), 4u);
  for (const char* bad :
       {"", "\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82"}) {
    EXPECT_EQ(Utf8Length(bad), 0u);
  }
}

TEST(Text, NearestFindsSlipsOnly) {
  const std::vector<std::string_view> words = {"department", "country", "city", "state"};
  EXPECT_EQ(Nearest("departmnet", words), "department");
  EXPECT_EQ(Nearest("DEPARTMENT", words), "department");
  EXPECT_EQ(Nearest("contry", words), "country");
  EXPECT_EQ(Nearest("ciyt", words), "city");
  EXPECT_EQ(Nearest("manager", words), std::nullopt);
  EXPECT_EQ(Nearest("", words), std::nullopt);
  EXPECT_EQ(Nearest(std::string(100'000, 'x'), words), std::nullopt);
}

TEST(Text, NearestTakesTheFirstOfEquals) { EXPECT_EQ(Nearest("bat", {"cat", "hat"}), "cat"); }

TEST(Text, QuotedCutsAtACharacter) {
  EXPECT_EQ(Quoted("abc"), "`abc`");
  std::string text(59, 'x');
  text += "ééé";
  EXPECT_EQ(Quoted(text), "`" + std::string(59, 'x') + "...`");
}

}  // namespace
}  // namespace seatkeeper
