#include "policy/rule/tree.h"

namespace seatkeeper::rule {
namespace {

// A backtick cannot be escaped in double quotes, so it moves the text into single ones.
std::string QuoteText(const std::string& text) {
  const char quote = text.find('`') == std::string::npos ? '"' : '\'';
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    if (c == '"' && quote == '"') quoted += '`';
    quoted += c;
  }
  return quoted + quote;
}

std::string PrintLiteral(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::kNull:
      return "null";
    case Literal::Kind::kBoolean:
      return literal.boolean ? "true" : "false";
    case Literal::Kind::kString:
      return QuoteText(literal.text);
  }
  return "?";
}

std::string PrintComparison(const Comparison& comparison) {
  std::string out = "user.";
  out += Info(comparison.property).rule_name;
  out += ' ';
  out += Spelling(comparison.op);
  out += ' ';
  if (comparison.op != Operator::kIn && comparison.op != Operator::kNotIn) {
    return out + PrintLiteral(comparison.values.at(0));
  }
  out += '[';
  for (std::size_t i = 0; i < comparison.values.size(); ++i) {
    if (i > 0) out += ", ";
    out += PrintLiteral(comparison.values[i]);
  }
  return out + ']';
}

std::string InParentheses(const Expression& expression) { return "(" + Print(expression) + ")"; }

std::string PrintLogical(const Logical& logical) {
  const bool is_and = logical.kind == Logical::Kind::kAnd;
  std::string out;
  for (const auto& term : logical.terms) {
    if (!out.empty()) out += is_and ? " -and " : " -or ";
    const auto* inner = std::get_if<Logical>(&term.node);
    // -and binds closer than -or. A term of the same kind never comes from the parser, which
    // flattens; parentheses keep such a tree's meaning all the same.
    const bool bare = inner == nullptr || (!is_and && inner->kind == Logical::Kind::kAnd);
    out += bare ? Print(term) : InParentheses(term);
  }
  return out;
}

std::string PrintNegation(const Negation& negation) {
  const Expression& term = negation.term.at(0);
  const bool bare = !std::holds_alternative<Logical>(term.node);
  return "-not " + (bare ? Print(term) : InParentheses(term));
}

}  // namespace

std::string Print(const Expression& expression) {
  if (const auto* comparison = std::get_if<Comparison>(&expression.node)) {
    return PrintComparison(*comparison);
  }
  if (const auto* logical = std::get_if<Logical>(&expression.node)) return PrintLogical(*logical);
  return PrintNegation(std::get<Negation>(expression.node));
}

}  // namespace seatkeeper::rule
