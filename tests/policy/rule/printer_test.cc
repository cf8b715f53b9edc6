#include <gtest/gtest.h>

#include <random>
#include <string>

#include "policy/rule/parser.h"
#include "policy/rule/tree.h"

namespace seatkeeper::rule {
namespace {

bool Same(const Expression& a, const Expression& b);

bool SameAll(const std::vector<Expression>& a, const std::vector<Expression>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!Same(a[i], b[i])) return false;
  }
  return true;
}

bool Same(const Expression& a, const Expression& b) {
  if (a.node.index() != b.node.index()) return false;
  if (const auto* comparison = std::get_if<Comparison>(&a.node)) {
    const auto& other = std::get<Comparison>(b.node);
    return comparison->property == other.property && comparison->op == other.op &&
           comparison->values == other.values;
  }
  if (const auto* logical = std::get_if<Logical>(&a.node)) {
    const auto& other = std::get<Logical>(b.node);
    return logical->kind == other.kind && SameAll(logical->terms, other.terms);
  }
  return SameAll(std::get<Negation>(a.node).term, std::get<Negation>(b.node).term);
}

// Makes trees in the parser's normal form: no conjunction directly inside a conjunction.
class Trees {
 public:
  explicit Trees(unsigned seed) : random_(seed) {}

  Expression Make(int depth) {
    const std::size_t pick = depth == 0 ? 0 : Below(4);
    if (pick == 1) return MakeLogical(Logical::Kind::kAnd, depth);
    if (pick == 2) return MakeLogical(Logical::Kind::kOr, depth);
    if (pick == 3) {
      Negation negation;
      negation.term.push_back(Make(depth - 1));
      return {std::move(negation)};
    }
    return MakeComparison();
  }

 private:
  std::size_t Below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  Expression MakeLogical(Logical::Kind kind, int depth) {
    Logical logical{.kind = kind, .terms = {}};
    const std::size_t count = 2 + Below(2);
    while (logical.terms.size() < count) {
      auto term = Make(depth - 1);
      const auto* inner = std::get_if<Logical>(&term.node);
      if (inner == nullptr || inner->kind != kind) logical.terms.push_back(std::move(term));
    }
    return {std::move(logical)};
  }

  Literal Text() {
    static constexpr std::string_view kPieces[] = {"a", "'", "\"", "`",    "`\"",  " ",  "''", "é",
                                                   "(", "]", ",",  "-and", "null", "\n", "\\"};
    Literal literal{.kind = Literal::Kind::kString, .boolean = false, .text = {}};
    for (std::size_t i = Below(5); i > 0; --i) literal.text += kPieces[Below(std::size(kPieces))];
    return literal;
  }

  Expression MakeComparison() {
    Comparison comparison{
        .property = static_cast<Property>(Below(kPropertyCount)), .op = {}, .values = {}};
    const bool boolean = Info(comparison.property).type == PropertyType::kBoolean;
    comparison.op = static_cast<Operator>(Below(boolean ? 2 : 10));
    const bool list = comparison.op == Operator::kIn || comparison.op == Operator::kNotIn;
    if (boolean) {
      comparison.values.push_back(
          {.kind = Literal::Kind::kBoolean, .boolean = Below(2) == 0, .text = {}});
    } else if (comparison.op <= Operator::kNe && Below(4) == 0) {
      comparison.values.push_back({});
    } else {
      for (std::size_t i = list ? 1 + Below(4) : 1; i > 0; --i) comparison.values.push_back(Text());
    }
    return {std::move(comparison)};
  }

  std::mt19937 random_;
};

TEST(RulePrinter, ParsingWhatWasPrintedGivesTheSameTree) {
  Trees trees(20261121);
  int fitted = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Expression tree = trees.Make(i % 5);
    const std::string text = Print(tree);
    if (text.size() > kMaxRuleBytes) continue;
    ++fitted;
    const auto parsed = Parse(text);
    const auto* again = std::get_if<Expression>(&parsed);
    ASSERT_NE(again, nullptr) << text << "\n" << std::get<ParseError>(parsed).message;
    ASSERT_TRUE(Same(tree, *again)) << text << "\n" << Print(*again);
  }
  EXPECT_GT(fitted, 9'000);
}

TEST(RulePrinter, KeepsTheMeaningOfTreesThatNoParserMakes) {
  const auto comparison = [](const char* value) {
    return Expression{Comparison{.property = Property::kCity,
                                 .op = Operator::kEq,
                                 .values = {{Literal::Kind::kString, false, value}}}};
  };
  Logical inner{.kind = Logical::Kind::kOr, .terms = {comparison("a"), comparison("b")}};
  Logical outer{.kind = Logical::Kind::kOr, .terms = {Expression{inner}, comparison("c")}};
  EXPECT_EQ(Print({outer}),
            "(user.city -eq \"a\" -or user.city -eq \"b\") -or user.city -eq \"c\"");
}

}  // namespace
}  // namespace seatkeeper::rule
