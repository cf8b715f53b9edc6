#include "reconciler/plan/text_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "policy/rule/pattern.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

// Every place, before and after the borders of blocks and words, against a search per text.
TEST(AsciiNeedle, FindsWhatASearchPerTextFinds) {
  std::mt19937 random(3);
  const auto below = [&](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  const auto text = [&](int most) {
    std::string made;
    for (int length = below(most); length > 0; --length) made += "aAbB@`[{"[below(8)];
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    TextDictionary texts;
    for (int i = below(60); i >= 0; --i) texts.Intern(text(below(4) == 0 ? 90 : 12));
    auto value = FoldCase(text(12));
    if (value.empty()) value = "a";
    const AsciiNeedle needle(value);
    const auto contained = needle.Contained(texts);
    for (TextDictionary::Code code = 0; code < texts.size(); ++code) {
      const auto folded = FoldCase(texts.Text(code));
      const auto where = "round " + std::to_string(round) + ": " + value + " in " + folded;
      ASSERT_EQ(contained.Contains(code), folded.find(value) != std::string::npos) << where;
      ASSERT_EQ(needle.Starts(texts.Text(code)), folded.starts_with(value)) << where;
      ASSERT_EQ(needle.Ends(texts.Text(code)), folded.ends_with(value)) << where;
      ASSERT_EQ(needle.Equals(texts.Text(code)), folded == value) << where;
    }
  }
}

std::vector<std::string> PiecesOf(const char* expression) {
  return std::get<rule::Pattern>(rule::Pattern::Compile(expression)).RequiredPieces();
}

TEST(PatternPieces, AreInEveryMatchOrNothingIsSaid) {
  EXPECT_EQ(PiecesOf("^SVC-"), std::vector<std::string>{"svc-"});
  EXPECT_EQ(PiecesOf("(okoye|patel) x").size(), 2U);
  for (const char* open : {"", "a", ".*", "(contoso)?", "contoso|x", "\xC3\xA9t\xC3\xA9"}) {
    EXPECT_TRUE(PiecesOf(open).empty()) << open;
  }
}

}  // namespace
}  // namespace seatkeeper
