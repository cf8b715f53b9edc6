#include "policy/rule/plainer.h"

#include <string>
#include <string_view>

#include "policy/rule/operator.h"

namespace seatkeeper::rule {
namespace {

// The text that an expression without operators stands for; nothing when it has some.
std::optional<std::string> LiteralText(std::string_view expression) {
  constexpr std::string_view kSpecial = "\\.[]{}()*+?|^$";
  std::string text;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\') {
      // Escaped letters and digits are classes and controls; a dash or a blank stays itself.
      if (++i == expression.size() ||
          (kSpecial.find(expression[i]) == std::string_view::npos &&
           std::string_view("-/@_ ").find(expression[i]) == std::string_view::npos)) {
        return std::nullopt;
      }
    } else if (kSpecial.find(expression[i]) != std::string_view::npos) {
      return std::nullopt;
    }
    text += expression[i];
  }
  return text;
}

bool Strip(std::string_view& expression, std::string_view prefix) {
  if (!expression.starts_with(prefix)) return false;
  expression.remove_prefix(prefix.size());
  return true;
}

bool StripEnd(std::string_view& expression, std::string_view suffix) {
  if (!expression.ends_with(suffix)) return false;
  const auto before = expression.substr(0, expression.size() - suffix.size());
  // After a backslash it is text: `\$`. Two backslashes are one, escaped.
  const auto backslashes = before.size() - (before.find_last_not_of('\\') + 1);
  if (backslashes % 2 == 1) return false;
  expression = before;
  return true;
}

}  // namespace

std::optional<Comparison> PlainerForm(const Comparison& comparison) {
  if (!TakesPattern(comparison.op)) return std::nullopt;
  std::string_view expression = comparison.values.at(0).text;
  Strip(expression, "(?i)");
  const bool at_start = Strip(expression, "^");
  const bool at_end = StripEnd(expression, "$");
  // Without an anchor beyond it, `.*` asks for nothing.
  if (!at_start) Strip(expression, ".*");
  if (!at_end) StripEnd(expression, ".*");
  auto text = LiteralText(expression);
  if (!text) return std::nullopt;
  Operator op = Operator::kContains;
  if (at_start) op = at_end ? Operator::kEq : Operator::kStartsWith;
  if (at_end && !at_start) op = Operator::kEndsWith;
  const bool negative = comparison.op == Operator::kNotMatch;
  Comparison plainer{.operand = comparison.operand, .op = op, .values = {}};
  if (text->empty() && op != Operator::kEq) {
    // Every text matches; only null does not.
    plainer.op = negative ? Operator::kEq : Operator::kNe;
    plainer.values.emplace_back();
    return plainer;
  }
  if (negative) plainer.op = *Opposite(op);
  Literal literal{.kind = Literal::Kind::kString, .text = {}};
  literal.text = std::move(*text);
  plainer.values.push_back(std::move(literal));
  return plainer;
}

}  // namespace seatkeeper::rule
