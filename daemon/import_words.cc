#include "daemon/import_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/accept_patch.h"
#include "policy/rule/tree.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

using rule::Property;

// Below this share, or with fewer people, a document says of itself that it is a guess.
constexpr double kSure = 0.95;
constexpr std::size_t kFewForARule = 10;
constexpr std::size_t kMostShown = 4;

bool IsEnabled(const ImportCondition& condition) {
  return condition.property == Property::kAccountEnabled;
}

rule::Expression ExpressionOf(const ImportCondition& condition) {
  rule::Comparison comparison{
      .operand = *condition.property,
      .op = condition.values.size() == 1 ? rule::Operator::kEq : rule::Operator::kIn,
      .values = {}};
  for (const auto& value : condition.values) {
    rule::Literal literal;
    if (IsEnabled(condition)) {
      literal.kind = rule::Literal::Kind::kBoolean;
      literal.boolean = true;
    } else {
      literal.kind = rule::Literal::Kind::kString;
      literal.text = value;
    }
    comparison.values.push_back(std::move(literal));
  }
  return {.node = std::move(comparison)};
}

std::string Values(const ImportCondition& condition) {
  std::string text;
  const auto& values = condition.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == kMostShown && values.size() > kMostShown + 1) {
      return text + fmt::format(" or {} others", values.size() - i);
    }
    if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
    text += Printable(values[i]);
  }
  return text;
}

std::string Describe(const ImportCondition& condition) {
  if (!condition.property) return "who is in the group " + Values(condition);
  if (IsEnabled(condition)) return "whose account is enabled";
  return fmt::format("whose {} is {}", rule::Info(*condition.property).rule_name,
                     Values(condition));
}

std::string PartOfName(const ImportCondition& condition) {
  if (IsEnabled(condition)) return "enabled";
  const auto what = condition.property ? PlainName(rule::Info(*condition.property).rule_name)
                                       : std::string("group");
  auto value = PlainName(condition.values.front());
  if (value.empty()) value = "other";
  const auto more = condition.values.size() - 1;
  if (const auto other = PlainName(condition.values.back()); more == 1 && !other.empty()) {
    return fmt::format("{}-{}-and-{}", what, value, other);
  }
  return more == 0 ? what + "-" + value : fmt::format("{}-{}-and-{}-more", what, value, more);
}

// What comes after "hold", with those who do not.
std::string Exceptions(const ImportDocument& document) {
  const auto count = document.except.size();
  if (count == 0) return ".";
  return count == 1 ? "; 1 is excepted." : fmt::format("; {} are excepted.", count);
}

}  // namespace

std::string RuleOf(const ImportDocument& document) {
  std::vector<rule::Expression> terms;
  for (const auto& condition : document.conditions) {
    if (condition.property) terms.push_back(ExpressionOf(condition));
  }
  if (terms.empty()) return {};
  if (terms.size() == 1) return rule::Print(terms.front());
  return rule::Print(
      {.node = rule::Logical{.kind = rule::Logical::Kind::kAnd, .terms = std::move(terms)}});
}

const std::string* GroupOf(const ImportDocument& document) {
  const auto found = std::ranges::find_if(
      document.conditions, [](const ImportCondition& each) { return !each.property; });
  return found == document.conditions.end() ? nullptr : &found->values.front();
}

// A rule begins with a property or a parenthesis, so only what ends a plain scalar matters.
std::string YamlRule(std::string_view rule) {
  const bool plain = rule.find(": ") == std::string_view::npos &&
                     rule.find(" #") == std::string_view::npos && !rule.ends_with(':');
  if (plain) return std::string(rule);
  std::string quoted = "'";
  for (const char c : rule) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

std::string NameOfRule(const std::vector<ImportCondition>& conditions) {
  std::string name;
  for (const auto& condition : conditions) {
    name += (name.empty() ? "" : "-") + PartOfName(condition);
  }
  return name;
}

bool IsUncertain(const ImportDocument& document) {
  return document.Precision() < kSure || document.selected < kFewForARule;
}

std::string RuleComment(const ImportDocument& document) {
  std::string text = "# Everyone ";
  for (std::size_t i = 0; i < document.conditions.size(); ++i) {
    text += (i == 0 ? "" : " and ") + Describe(document.conditions[i]);
  }
  const auto holding = document.selected - document.except.size();
  const auto* what = document.grants.size() == 1 ? "it" : "all of it";
  const auto percent = static_cast<int>(document.Precision() * 100);
  if (document.Precision() < kSure) {
    return text + fmt::format(".\n# Uncertain: {} % of the {} people whom this selects hold {}{}\n",
                              percent, document.selected, what, Exceptions(document));
  }
  if (document.selected < kFewForARule) {
    return text + fmt::format(".\n# Uncertain: this selects only {} people, of whom {} hold {}{}\n",
                              document.selected, holding, what, Exceptions(document));
  }
  if (document.except.empty()) {
    return text +
           fmt::format(".\n# All {} people whom this selects hold {}.\n", document.selected, what);
  }
  return text + fmt::format(".\n# {} of the {} people whom this selects hold {}{}\n", holding,
                            document.selected, what, Exceptions(document));
}

std::string NamedComment(const ImportDocument& document) {
  // Above rules stand those, too, whose service plans a rule gets wrong.
  return fmt::format("# {} it {}.\n", PeopleHold(document.users.size()),
                     document.priority == 0
                         ? "for no reason that a rule could say"
                         : "without a rule, or with other service plans than their rule gives");
}

std::string PeopleGet(std::size_t count) {
  return count == 1 ? "1 person gets" : fmt::format("{} people get", count);
}

std::string PeopleHold(std::size_t count) {
  return count == 1 ? "1 person holds" : fmt::format("{} people hold", count);
}

}  // namespace seatkeeper
