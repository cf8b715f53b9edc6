#include "policy/rule/lint.h"

#include <gtest/gtest.h>

#include "policy/rule/parser.h"

namespace seatkeeper::rule {
namespace {

std::string Codes(std::string_view text) {
  const auto parsed = Parse(text);
  std::string codes;
  for (const auto& lint : FindLints(std::get<Expression>(parsed))) codes += lint.code + " ";
  return codes;
}

TEST(RuleLint, FindsRulesThatMatchNobody) {
  const char* contradiction = "rule-matches-nobody ";
  EXPECT_EQ(Codes("user.city -eq \"a\" -and user.city -eq \"b\""), contradiction);
  EXPECT_EQ(Codes("user.city -eq \"a\" -and user.city -eq null"), contradiction);
  EXPECT_EQ(Codes("user.accountEnabled -eq true -and (user.state -eq \"x\" -and "
                  "user.accountEnabled -eq false)"),
            contradiction);
}

TEST(RuleLint, SaysNothingWhereItIsNotSure) {
  EXPECT_EQ(Codes("user.city -eq \"ä\" -and user.city -eq \"Ä\""), "");
  EXPECT_EQ(Codes("user.city -eq \"a\" -or user.city -eq \"b\""), "");
  EXPECT_EQ(Codes("-not (user.city -eq \"a\" -and user.city -eq \"b\")"), "");
  EXPECT_EQ(Codes("user.city -ne \"a\" -and user.city -eq \"b\""), "");
  EXPECT_EQ(Codes("user.city -eq \"a\" -and user.state -eq \"b\""), "");
}

TEST(RuleLint, NamesWhatEntraDoesNotKnowOnce) {
  EXPECT_EQ(Codes("user.employeeType -eq \"a\" -or user.employeeType -eq \"b\""),
            "rule-not-in-entra ");
}

}  // namespace
}  // namespace seatkeeper::rule
