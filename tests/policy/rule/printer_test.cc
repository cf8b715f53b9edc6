#include <gtest/gtest.h>

#include <string>

#include "policy/rule/parser.h"
#include "policy/rule/tree.h"
#include "policy/text.h"
#include "tests/policy/rule/random_trees.h"
#include "tests/policy/rule/same_tree.h"
#include "tests/policy/rule/support.h"

namespace seatkeeper::rule {
namespace {

using test::Canonical;
using test::RandomTrees;
using test::SameTree;

TEST(RulePrinter, ParsingWhatWasPrintedGivesTheSameTree) {
  RandomTrees trees(20261121);
  int fitted = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Expression tree = trees.Make(i % 5);
    const std::string text = Print(tree);
    if (CountCharacters(text) > kMaxRuleCharacters) continue;
    ++fitted;
    const auto parsed = Parse(text);
    const auto* again = std::get_if<Expression>(&parsed);
    ASSERT_NE(again, nullptr) << text << "\n" << std::get<ParseError>(parsed).message;
    ASSERT_TRUE(SameTree(tree, *again)) << text << "\n" << Print(*again);
  }
  EXPECT_GT(fitted, 9'000);
}

TEST(RulePrinter, KeepsTheMeaningOfTreesThatNoParserMakes) {
  const auto comparison = [](const char* value) {
    Literal literal{.kind = Literal::Kind::kString, .text = value};
    return Expression{
        Comparison{.operand = Property::kCity, .op = Operator::kEq, .values = {literal}}};
  };
  Logical inner{.kind = Logical::Kind::kOr, .terms = {comparison("a"), comparison("b")}};
  Logical outer{.kind = Logical::Kind::kOr, .terms = {Expression{inner}, comparison("c")}};
  EXPECT_EQ(Print({outer}),
            "(user.city -eq \"a\" -or user.city -eq \"b\") -or user.city -eq \"c\"");
}

}  // namespace
}  // namespace seatkeeper::rule
