#include <fmt/format.h>

#include <chrono>

#include "policy/result.h"
#include "policy/rule/moment.h"
#include "policy/rule/operand.h"
#include "policy/rule/operator.h"
#include "policy/rule/tree.h"
#include "policy/rule/vocabulary.h"

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

std::string PrintNow(std::chrono::milliseconds offset) {
  if (offset.count() == 0) return "system.now";
  const bool back = offset.count() < 0;
  const auto length = std::chrono::duration_cast<std::chrono::seconds>(back ? -offset : offset);
  return (back ? "system.now -minus " : "system.now -plus ") + PrintIsoDuration(length);
}

std::string PrintLiteral(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::kNull:
      break;
    case Literal::Kind::kBoolean:
      return literal.boolean ? "true" : "false";
    case Literal::Kind::kString:
      return QuoteText(literal.text);
    case Literal::Kind::kTime:
      return PrintMoment(literal.time);
    case Literal::Kind::kNow:
      return PrintNow(literal.offset);
  }
  return "null";
}

template <typename Items, typename PrintItem>
std::string PrintList(const Items& items, PrintItem print_item) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + print_item(item);
  return "[" + out + "]";
}

std::string PrintComparison(const Comparison& comparison) {
  std::string out = NameOf(comparison.operand) + " " + std::string(Spelling(comparison.op)) + " ";
  if (TakesList(comparison.op)) return out + PrintList(comparison.values, PrintLiteral);
  return out + PrintLiteral(comparison.values.at(0));
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

std::string PrintQuantified(const Quantified& quantified) {
  const bool any = quantified.kind == Quantified::Kind::kAny;
  return NameOf(quantified.property) + (any ? " -any " : " -all ") +
         InParentheses(quantified.item.at(0));
}

// In single quotes, as Entra documents it.
std::string PrintMemberOf(const MemberOf& member_of) {
  const auto groups = PrintList(member_of.groups,
                                [](const GroupId& group) { return "'" + group.ToString() + "'"; });
  return fmt::format("{} -any ({} -in {})", kMemberOf, kMemberOfItem, groups);
}

}  // namespace

std::string Print(const Expression& expression) {
  return std::visit(Overloaded{[](const Comparison& node) { return PrintComparison(node); },
                               [](const Logical& node) { return PrintLogical(node); },
                               [](const Negation& node) { return PrintNegation(node); },
                               [](const Quantified& node) { return PrintQuantified(node); },
                               [](const MemberOf& node) { return PrintMemberOf(node); },
                               [](const DirectReports& node) {
                                 return "Direct Reports for \"" + node.manager.ToString() + "\"";
                               }},
                    expression.node);
}

}  // namespace seatkeeper::rule
