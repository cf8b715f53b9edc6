#include "tests/policy/rule/random_trees.h"

#include <iterator>
#include <string>
#include <utility>

#include "policy/rule/operand.h"
#include "policy/rule/operator.h"

namespace seatkeeper::rule::test {

Expression RandomTrees::Make(int depth) {
  const std::size_t pick = Below(20);
  if (pick == 0) return {DirectReports{UserId{MakeGuid()}}};
  if (pick > 1) return MakePart(depth);
  MemberOf member_of;
  for (std::size_t i = 1 + Below(50); i > 0; --i) {
    member_of.groups.push_back(GroupId{MakeGuid()});
  }
  return {std::move(member_of)};
}

std::size_t RandomTrees::Below(std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
}

Expression RandomTrees::MakePart(int depth) {
  switch (depth == 0 ? 0 : Below(5)) {
    case 1:
      return MakeLogical(Logical::Kind::kAnd, depth);
    case 2:
      return MakeLogical(Logical::Kind::kOr, depth);
    case 3: {
      Negation negation;
      negation.term.push_back(MakePart(depth - 1));
      return {std::move(negation)};
    }
    case 4:
      return list_ ? MakeComparison() : MakeQuantified(depth);
    default:
      return MakeComparison();
  }
}

Expression RandomTrees::MakeLogical(Logical::Kind kind, int depth) {
  Logical logical{.kind = kind, .terms = {}};
  const std::size_t count = 2 + Below(2);
  while (logical.terms.size() < count) {
    auto term = MakePart(depth - 1);
    const auto* inner = std::get_if<Logical>(&term.node);
    if (inner == nullptr || inner->kind != kind) logical.terms.push_back(std::move(term));
  }
  return {std::move(logical)};
}

Expression RandomTrees::MakeQuantified(int depth) {
  static constexpr Property kLists[] = {Property::kOtherMails, Property::kProxyAddresses,
                                        Property::kAssignedPlans};
  Quantified quantified{.property = kLists[Below(3)],
                        .kind = Below(2) == 0 ? Quantified::Kind::kAny : Quantified::Kind::kAll,
                        .item = {}};
  list_ = quantified.property;
  quantified.item.push_back(MakePart(depth - 1));
  list_.reset();
  return {std::move(quantified)};
}

Operand RandomTrees::MakeOperand() {
  if (list_ == Property::kAssignedPlans) return kPlanFields[Below(kPlanFields.size())];
  if (list_) return ItemField::kItem;
  if (Below(8) == 0) {
    return DirectoryExtension{"extension_9f1c2d3e4a5b46c7A8D9e0f1a2b3c4d5_badge_" +
                              std::to_string(Below(100))};
  }
  auto property = Property::kAssignedPlans;
  while (property == Property::kAssignedPlans) {
    property = static_cast<Property>(Below(kPropertyCount));
  }
  return property;
}

Operator RandomTrees::MakeOperator(PropertyType type) {
  static constexpr Operator kDates[] = {Operator::kEq, Operator::kNe, Operator::kGe, Operator::kLe};
  static constexpr Operator kTexts[] = {
      Operator::kEq,       Operator::kNe,          Operator::kStartsWith, Operator::kNotStartsWith,
      Operator::kEndsWith, Operator::kNotEndsWith, Operator::kContains,   Operator::kNotContains,
      Operator::kMatch,    Operator::kNotMatch,    Operator::kIn,         Operator::kNotIn};
  if (type == PropertyType::kBoolean) return kDates[Below(2)];
  if (type == PropertyType::kDateTime) return kDates[Below(4)];
  return kTexts[Below(std::size(kTexts) - (type == PropertyType::kStringList ? 2 : 0))];
}

Expression RandomTrees::MakeComparison() {
  Comparison comparison{.operand = MakeOperand(), .op = {}, .values = {}};
  const auto type = TypeOf(comparison.operand);
  comparison.op = MakeOperator(type);
  for (std::size_t i = TakesList(comparison.op) ? 1 + Below(4) : 1; i > 0; --i) {
    comparison.values.push_back(MakeValue(type, comparison.op));
  }
  return {std::move(comparison)};
}

Literal RandomTrees::MakeValue(PropertyType type, Operator op) {
  if (type == PropertyType::kDateTime) return TakesNull(op) ? Literal{} : MakeMoment();
  if (TakesNull(op) && Below(4) == 0) return {};
  if (type == PropertyType::kBoolean) {
    return {.kind = Literal::Kind::kBoolean, .boolean = Below(2) == 0, .text = {}};
  }
  if (!TakesPattern(op)) return MakeText();
  static constexpr const char* kPatterns[] = {"^a.*$", "", "\\d{3}", "O'[\"`]", "(a|b)+"};
  Literal literal{.kind = Literal::Kind::kString, .text = kPatterns[Below(std::size(kPatterns))]};
  return literal;
}

Literal RandomTrees::MakeMoment() {
  Literal literal{.kind = Literal::Kind::kNow, .text = {}};
  if (Below(2) == 0) {
    literal.offset = std::chrono::seconds(Below(std::size_t{100} * 365 * 24 * 60 * 60));
    if (Below(4) == 0) literal.offset = std::chrono::days(Below(10));
    if (Below(2) == 0) literal.offset = -literal.offset;
    return literal;
  }
  literal.kind = Literal::Kind::kTime;
  // All of the years 1 to 9999.
  literal.time = std::chrono::sys_days(std::chrono::year(1) / 1 / 1) +
                 std::chrono::milliseconds(Below(std::size_t{3'652'059} * 86'400'000));
  if (Below(2) == 0) literal.time = std::chrono::floor<std::chrono::seconds>(literal.time);
  return literal;
}

Literal RandomTrees::MakeText() {
  static constexpr std::string_view kPieces[] = {"a", "'", "\"", "`",    "`\"",  " ",  "''", "é",
                                                 "(", "]", ",",  "-and", "null", "\n", "\\", "”"};
  Literal literal{.kind = Literal::Kind::kString, .text = {}};
  for (std::size_t i = Below(5); i > 0; --i) literal.text += kPieces[Below(std::size(kPieces))];
  return literal;
}

Guid RandomTrees::MakeGuid() {
  std::string text = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  for (char& c : text) {
    if (c == 'x') c = "0123456789abcdef"[Below(16)];
  }
  return *Guid::Parse(text);
}

}  // namespace seatkeeper::rule::test
