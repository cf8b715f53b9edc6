#include "tests/bench/row_by_row.h"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "policy/rule/operator.h"
#include "policy/rule/pattern.h"
#include "policy/text.h"
#include "reconciler/plan/text_match.h"

namespace seatkeeper::bench {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::Literal;
using rule::Operator;
using OnRow = std::function<bool(Row)>;
using OnText = std::function<bool(std::string_view)>;

bool HasNull(const Comparison& comparison) {
  return std::any_of(comparison.values.begin(), comparison.values.end(),
                     [](const auto& value) { return value.kind == Literal::Kind::kNull; });
}

// The positive form of a comparison of one text.
OnText TextTest(const Comparison& comparison) {
  std::vector<std::string> values;
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kString) values.push_back(FoldCase(literal.text));
  }
  if (values.empty()) return [](std::string_view) { return false; };
  switch (comparison.op) {
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return [value = values[0]](auto text) { return FoldCase(text).starts_with(value); };
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return [value = values[0]](auto text) { return FoldCase(text).ends_with(value); };
    case Operator::kContains:
    case Operator::kNotContains:
      return [value = values[0]](auto text) {
        return FoldCase(text).find(value) != std::string::npos;
      };
    case Operator::kMatch:
    case Operator::kNotMatch: {
      auto pattern = std::make_shared<rule::Pattern>(
          std::get<rule::Pattern>(rule::Pattern::Compile(comparison.values[0].text)));
      return [pattern](auto text) { return pattern->Matches(text); };
    }
    default:
      break;
  }
  return [values](auto text) {
    return std::find(values.begin(), values.end(), FoldCase(text)) != values.end();
  };
}

OnRow Negated(const Comparison& comparison, OnRow positive) {
  if (!IsNegative(comparison.op)) return positive;
  return [positive = std::move(positive)](Row row) { return !positive(row); };
}

OnRow TimeTest(const Comparison& comparison, const TimeColumn& column, WallTime now) {
  const auto& literal = comparison.values[0];
  if (literal.kind == Literal::Kind::kNull) {
    return [&column](Row row) { return !column.time(row); };
  }
  const auto limit = literal.kind == Literal::Kind::kNow ? now + literal.offset : literal.time;
  return [&column, limit, op = comparison.op](Row row) {
    const auto time = column.time(row);
    if (!time) return false;
    return op == Operator::kGe   ? *time >= limit
           : op == Operator::kLe ? *time <= limit
                                 : *time == limit;
  };
}

OnRow ComparisonTest(const Comparison& comparison, const UserTable& users, WallTime now) {
  const auto property = std::get<rule::Property>(comparison.operand);
  if (const auto* booleans = users.booleans(property)) {
    const auto& literal = comparison.values[0];
    return [booleans, literal](Row row) {
      const auto value = booleans->value(row);
      if (value <= BooleanColumn::Value::kNull) return literal.kind == Literal::Kind::kNull;
      return literal.kind == Literal::Kind::kBoolean &&
             literal.boolean == (value == BooleanColumn::Value::kTrue);
    };
  }
  if (const auto* times = users.times(property)) return TimeTest(comparison, *times, now);
  const bool null = HasNull(comparison);
  auto test = TextTest(comparison);
  if (const auto* lists = users.lists(property)) {
    return [lists, null, test](Row row) {
      const auto items = lists->List(lists->code(row));
      if (items.empty()) return null;
      return std::any_of(items.begin(), items.end(),
                         [&](auto item) { return test(lists->items().Text(item)); });
    };
  }
  const auto& column = *users.strings(property);
  return [&column, null, test](Row row) {
    return column.has_text(row) ? test(column.text(row)) : null;
  };
}

using OnItem = std::function<bool(std::uint32_t)>;

std::string_view FieldOf(const ListColumn& column, std::uint32_t item, rule::ItemField) {
  return column.items().Text(item);
}
std::string_view FieldOf(const PlanColumn& column, std::uint32_t item, rule::ItemField field) {
  const auto& plan = column.plans()[item];
  return column.texts().Text(field == rule::ItemField::kService         ? plan.service
                             : field == rule::ItemField::kServicePlanId ? plan.service_plan_id
                                                                        : plan.capability_status);
}

template <typename Column>
OnItem ItemTest(const Expression& rule, const Column& column) {
  if (const auto* comparison = std::get_if<Comparison>(&rule.node)) {
    return [&column, test = TextTest(*comparison), negative = IsNegative(comparison->op),
            field = std::get<rule::ItemField>(comparison->operand)](std::uint32_t item) {
      return test(FieldOf(column, item, field)) != negative;
    };
  }
  if (const auto* negation = std::get_if<rule::Negation>(&rule.node)) {
    return [term = ItemTest(negation->term[0], column)](std::uint32_t item) { return !term(item); };
  }
  const auto& logical = std::get<rule::Logical>(rule.node);
  std::vector<OnItem> terms;
  for (const auto& term : logical.terms) terms.push_back(ItemTest(term, column));
  const bool stop = logical.kind == rule::Logical::Kind::kOr;
  return [terms, stop](std::uint32_t item) {
    for (const auto& term : terms) {
      if (term(item) == stop) return stop;
    }
    return !stop;
  };
}

OnRow QuantifiedTest(const rule::Quantified& quantified, const UserTable& users) {
  const bool any = quantified.kind == rule::Quantified::Kind::kAny;
  const auto over = [any](auto items, const OnItem& test) {
    return any ? std::any_of(items.begin(), items.end(), test)
               : std::all_of(items.begin(), items.end(), test);
  };
  if (const auto* lists = users.lists(quantified.property)) {
    return [lists, over, test = ItemTest(quantified.item[0], *lists)](Row row) {
      return over(lists->List(lists->code(row)), test);
    };
  }
  const auto* plans = users.plans();
  return [plans, over, test = ItemTest(quantified.item[0], *plans)](Row row) {
    return over(plans->PlanSet(plans->code(row)), test);
  };
}

OnRow LinkTest(const std::vector<Link>& links, const ObservedState& observed) {
  std::unordered_set<UserId> users;
  for (const auto& link : links) {
    const auto* linked = observed.FindLinked(link);
    users.insert(linked->users.begin(), linked->users.end());
  }
  return [users, &observed](Row row) { return users.contains(observed.users.id(row)); };
}

OnRow Test(const Expression& rule, const ObservedState& observed, WallTime now) {
  if (const auto* comparison = std::get_if<Comparison>(&rule.node)) {
    return Negated(*comparison, ComparisonTest(*comparison, observed.users, now));
  }
  if (const auto* quantified = std::get_if<rule::Quantified>(&rule.node)) {
    return QuantifiedTest(*quantified, observed.users);
  }
  if (const auto* negation = std::get_if<rule::Negation>(&rule.node)) {
    return [term = Test(negation->term[0], observed, now)](Row row) { return !term(row); };
  }
  if (const auto* member_of = std::get_if<rule::MemberOf>(&rule.node)) {
    std::vector<Link> links;
    for (const auto& group : member_of->groups) {
      links.push_back({Link::Kind::kDirectMembers, group.guid});
    }
    return LinkTest(links, observed);
  }
  if (const auto* reports = std::get_if<rule::DirectReports>(&rule.node)) {
    return LinkTest({{Link::Kind::kDirectReports, reports->manager.guid}}, observed);
  }
  const auto& logical = std::get<rule::Logical>(rule.node);
  std::vector<OnRow> terms;
  for (const auto& term : logical.terms) terms.push_back(Test(term, observed, now));
  const bool stop = logical.kind == rule::Logical::Kind::kOr;
  return [terms, stop](Row row) {
    for (const auto& term : terms) {
      if (term(row) == stop) return stop;
    }
    return !stop;
  };
}

}  // namespace

RowByRow::RowByRow(const Expression& rule, const ObservedState& observed, WallTime now)
    : selects_(Test(rule, observed, now)) {}

}  // namespace seatkeeper::bench
