#include "tests/support/rule_interpreter.h"

#include <algorithm>
#include <optional>
#include <regex>

#include "policy/text.h"

namespace seatkeeper::test {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::ItemField;
using rule::Literal;
using rule::Operator;

const PersonValue* Find(const Person& person, const rule::Operand& operand) {
  if (const auto* property = std::get_if<rule::Property>(&operand)) {
    const auto found = person.properties.find(*property);
    return found == person.properties.end() ? nullptr : &found->second;
  }
  const auto& name = std::get<rule::DirectoryExtension>(operand).name;
  for (const auto& [known, value] : person.extensions) {
    if (FoldCase(known) == FoldCase(name)) return &value;
  }
  return nullptr;
}

bool IsEmpty(const PersonValue* value) {
  if (value == nullptr || std::holds_alternative<std::nullptr_t>(*value)) return true;
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) return list->empty();
  if (const auto* plans = std::get_if<std::vector<PersonPlan>>(value)) return plans->empty();
  return false;
}

bool EqualsText(const std::string& text, const Literal& literal) {
  return literal.kind == Literal::Kind::kString && FoldCase(text) == FoldCase(literal.text);
}

// The operator must be a positive one.
bool TextPasses(const std::string& text, Operator op, const std::vector<Literal>& values) {
  const auto folded = FoldCase(text);
  const auto value = FoldCase(values.front().text);
  switch (op) {
    case Operator::kEq:
      return EqualsText(text, values.front());
    case Operator::kIn:
      return std::any_of(values.begin(), values.end(),
                         [&](const Literal& literal) { return EqualsText(text, literal); });
    case Operator::kStartsWith:
      return folded.substr(0, value.size()) == value;
    case Operator::kEndsWith:
      return folded.size() >= value.size() && folded.substr(folded.size() - value.size()) == value;
    case Operator::kContains:
      return folded.find(value) != std::string::npos;
    case Operator::kMatch:
      return std::regex_search(text, std::regex(values.front().text, std::regex::icase));
    default:
      return false;
  }
}

bool TimePasses(WallTime time, Operator op, const std::vector<Literal>& values, WallTime now) {
  return std::any_of(values.begin(), values.end(), [&](const Literal& literal) {
    if (literal.kind == Literal::Kind::kNull) return false;
    const WallTime limit =
        literal.kind == Literal::Kind::kNow ? now + literal.offset : literal.time;
    if (op == Operator::kGe) return time >= limit;
    if (op == Operator::kLe) return time <= limit;
    return time == limit;
  });
}

std::optional<Operator> PositiveForm(Operator op) {
  switch (op) {
    case Operator::kNe:
      return Operator::kEq;
    case Operator::kNotStartsWith:
      return Operator::kStartsWith;
    case Operator::kNotEndsWith:
      return Operator::kEndsWith;
    case Operator::kNotContains:
      return Operator::kContains;
    case Operator::kNotIn:
      return Operator::kIn;
    case Operator::kNotMatch:
      return Operator::kMatch;
    default:
      return std::nullopt;
  }
}

bool ValuePasses(const PersonValue* value, Operator op, const std::vector<Literal>& values,
                 WallTime now) {
  const bool names_null = std::any_of(values.begin(), values.end(), [](const Literal& literal) {
    return literal.kind == Literal::Kind::kNull;
  });
  if (IsEmpty(value)) return names_null && (op == Operator::kEq || op == Operator::kIn);
  if (const auto* flag = std::get_if<bool>(value)) {
    return std::any_of(values.begin(), values.end(), [&](const Literal& literal) {
      return literal.kind == Literal::Kind::kBoolean && literal.boolean == *flag;
    });
  }
  if (const auto* text = std::get_if<std::string>(value)) return TextPasses(*text, op, values);
  if (const auto* time = std::get_if<WallTime>(value)) return TimePasses(*time, op, values, now);
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
    return std::any_of(list->begin(), list->end(),
                       [&](const std::string& item) { return TextPasses(item, op, values); });
  }
  return false;
}

bool Compares(const Comparison& comparison, const Person& person, WallTime now) {
  const auto* property = std::get_if<rule::Property>(&comparison.operand);
  const PersonValue id = person.id.ToString();
  const PersonValue* value = property != nullptr && *property == rule::Property::kObjectId
                                 ? &id
                                 : Find(person, comparison.operand);
  if (const auto positive = PositiveForm(comparison.op)) {
    return !ValuePasses(value, *positive, comparison.values, now);
  }
  return ValuePasses(value, comparison.op, comparison.values, now);
}

const std::string& FieldOf(const std::string& item, ItemField) { return item; }
const std::string& FieldOf(const PersonPlan& plan, ItemField field) {
  return field == ItemField::kService         ? plan.service
         : field == ItemField::kServicePlanId ? plan.service_plan_id
                                              : plan.capability_status;
}

template <typename Item>
bool ItemPasses(const Expression& rule, const Item& item) {
  if (const auto* comparison = std::get_if<Comparison>(&rule.node)) {
    const auto& text = FieldOf(item, std::get<ItemField>(comparison->operand));
    const auto positive = PositiveForm(comparison->op);
    return positive ? !TextPasses(text, *positive, comparison->values)
                    : TextPasses(text, comparison->op, comparison->values);
  }
  if (const auto* negation = std::get_if<rule::Negation>(&rule.node)) {
    return !ItemPasses(negation->term.front(), item);
  }
  const auto& logical = std::get<rule::Logical>(rule.node);
  const auto passes = [&](const Expression& term) { return ItemPasses(term, item); };
  return logical.kind == rule::Logical::Kind::kAnd
             ? std::all_of(logical.terms.begin(), logical.terms.end(), passes)
             : std::any_of(logical.terms.begin(), logical.terms.end(), passes);
}

bool QuantifiedHolds(const rule::Quantified& quantified, const Person& person) {
  const auto* value = Find(person, quantified.property);
  const bool all = quantified.kind == rule::Quantified::Kind::kAll;
  if (IsEmpty(value)) return all;
  const auto holds = [&](const auto& items) {
    const auto passes = [&](const auto& item) { return ItemPasses(quantified.item.front(), item); };
    return all ? std::all_of(items.begin(), items.end(), passes)
               : std::any_of(items.begin(), items.end(), passes);
  };
  const auto* plans = std::get_if<std::vector<PersonPlan>>(value);
  return plans != nullptr ? holds(*plans) : holds(std::get<std::vector<std::string>>(*value));
}

bool IsLinked(const Link& link, const Person& person, const Links& links) {
  const auto found = links.find(link);
  return found != links.end() &&
         std::find(found->second.begin(), found->second.end(), person.id) != found->second.end();
}

}  // namespace

void ReadPerson(const Person& person, ObservedBuilder& sink) {
  sink.BeginUser(person.id);
  for (const auto& each : person.properties) {  // clang 14 captures no structured binding.
    const auto property = each.first;
    std::visit(Overloaded{[&](std::nullptr_t) { sink.SetNull(property); },
                          [&](bool flag) { sink.SetBoolean(property, flag); },
                          [&](const std::string& text) { sink.SetText(property, text); },
                          [&](WallTime time) { sink.SetTime(property, time); },
                          [&](const std::vector<std::string>& list) {
                            sink.SetList(property,
                                         std::vector<std::string_view>(list.begin(), list.end()));
                          },
                          [&](const std::vector<PersonPlan>& plans) {
                            std::vector<AssignedPlanInput> inputs;
                            for (const auto& [id, service, status] : plans) {
                              inputs.push_back({id, service, status});
                            }
                            sink.SetPlans(inputs);
                          }},
               each.second);
  }
  for (const auto& [name, value] : person.extensions) {
    if (const auto* text = std::get_if<std::string>(&value)) sink.SetExtension(name, *text);
    if (std::holds_alternative<std::nullptr_t>(value)) sink.SetExtensionNull(name);
  }
  sink.EndUser();
}

bool Selects(const Expression& rule, const Person& person, const Links& links, WallTime now) {
  const auto selects = [&](const Expression& term) { return Selects(term, person, links, now); };
  return std::visit(
      Overloaded{[&](const Comparison& node) { return Compares(node, person, now); },
                 [&](const rule::Logical& node) {
                   return node.kind == rule::Logical::Kind::kAnd
                              ? std::all_of(node.terms.begin(), node.terms.end(), selects)
                              : std::any_of(node.terms.begin(), node.terms.end(), selects);
                 },
                 [&](const rule::Negation& node) { return !selects(node.term.front()); },
                 [&](const rule::Quantified& node) { return QuantifiedHolds(node, person); },
                 [&](const rule::MemberOf& node) {
                   return std::any_of(
                       node.groups.begin(), node.groups.end(), [&](const GroupId& group) {
                         return IsLinked({Link::Kind::kDirectMembers, group.guid}, person, links);
                       });
                 },
                 [&](const rule::DirectReports& node) {
                   return IsLinked({Link::Kind::kDirectReports, node.manager.guid}, person, links);
                 }},
      rule.node);
}

}  // namespace seatkeeper::test
