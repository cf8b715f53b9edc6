// However a rule of the greatest length is shaped, it is read, and findings about it are found.

#include <gtest/gtest.h>

#include <string>

#include "policy/rule/lint.h"
#include "policy/text.h"
#include "tests/policy/rule/support.h"

namespace seatkeeper::rule {
namespace {

using test::Canonical;
using test::Check;

// `head`, then `part` as often as there is room for it, then `tail`.
std::string Fill(const std::string& head, const std::string& part, const std::string& tail) {
  std::string rule = head;
  while (rule.size() + part.size() + tail.size() <= kMaxRuleCharacters) rule += part;
  return rule + tail;
}

TEST(RuleLimits, CountsCharactersNotBytes) {
  const auto of_length = [](std::size_t characters) {
    std::string rule = "user.city -eq \"";
    for (std::size_t i = rule.size() + 1; i < characters; ++i) rule += "ß";
    return rule + "\"";
  };
  const std::string longest = of_length(kMaxRuleCharacters);
  EXPECT_GT(longest.size(), kMaxRuleCharacters);
  EXPECT_EQ(Canonical(longest), longest);
  Check({"@@" + of_length(kMaxRuleCharacters + 1), "rule-too-long", 1,
         "the rule has 3073 characters; the limit is 3072"});
  Check({"@@" + std::string(kMaxRuleBytes + 1, '\xFF'), "rule-too-long", 1, "12289 characters"});
}

TEST(RuleLimits, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "user.city -eq \"a\"" + std::string(depth, ')');
  };
  EXPECT_EQ(Canonical(nested(kMaxNesting)), "user.city -eq \"a\"");
  Check({std::string(kMaxNesting, '(') + "@@(user.city -eq \"a\"", "rule-too-deep", 1, "64"});
  EXPECT_EQ(Canonical(std::string(3000, '(')).substr(0, 13), "rule-too-deep");
  EXPECT_EQ(Canonical(Fill("", "-not ", "user.city -eq null")).substr(0, 13), "rule-too-deep");
  Check({"user.otherMails -any (" + std::string(kMaxNesting - 1, '(') + "@@(_ -eq \"a\"",
         "rule-too-deep", 1, "64"});
}

TEST(RuleLimits, LongestRulesOfEveryShapeAreRead) {
  std::string deep = "user.city -eq \"a\"";
  for (int i = 0; i < kMaxNesting / 2; ++i) {
    deep = "-not (" + deep + (i % 2 == 0 ? " -or " : " -and ") + "user.state -ne \"b\")";
  }
  const std::string rules[] = {
      Fill("user.city -eq \"\"", " -or user.city -eq \"a\"", ""),
      Fill("user.city -ne \"\"", " -and user.mail -match \"^a.*b$\"", ""),
      Fill("user.mail -eq \"\"", " -and (user.city -eq \"a\" -or user.city -eq \"b\")", ""),
      Fill("user.city -in [\"a\"", ",\"b\"", "]"),
      Fill("user.city -in [\"a\"", ",\"b\"", "] -and -not user.city -in [\"b\"]"),
      Fill("user.otherMails -any (_ -eq \"a\"", " -and _ -ne \"b\"", ")"),
      Fill("user.otherMails -eq \"a\"", " -and user.otherMails -notContains \"b\"", ""),
      Fill("user.mail -match \"", "(a|b", "\""),
      Fill("user.mail -match \"", "\\pL{99}", "\""),
      Fill("user.createdDateTime -le system.now",
           " -or user.createdDateTime -ge system.now -minus p1d", ""),
      Fill("user.city -eq \"a\"", " ", ""),
      Fill("user.city -eq \"", "''", "\""),
      deep,
  };
  for (const auto& rule : rules) {
    ASSERT_LE(rule.size(), kMaxRuleCharacters);
    const auto parsed = Parse(rule);
    const auto* error = std::get_if<ParseError>(&parsed);
    if (error != nullptr) {
      EXPECT_EQ(error->code, "rule-regex") << rule.substr(0, 60) << "\n" << error->message;
    } else {
      const auto& tree = std::get<Expression>(parsed);
      EXPECT_FALSE(Print(tree).empty());
      EXPECT_LE(FindLints(tree, rule).size(), 200U);
    }
  }
}

}  // namespace
}  // namespace seatkeeper::rule
