#include "reconciler/plan/rule_eval.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "policy/result.h"
#include "policy/rule/operator.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Literal;
using rule::Operator;
using rule::Property;

constexpr std::size_t kMostBytes = std::size_t{64} * 1024;

bool HasNull(const Comparison& comparison) {
  return std::any_of(comparison.values.begin(), comparison.values.end(),
                     [](const auto& literal) { return literal.kind == Literal::Kind::kNull; });
}

// The rows whose code is one of `codes`, where the values are numbered from CodeColumn::kFirstValue
// and absent and null count as selected when `missing` says so.
RowSet RowsWithCodes(const CodeColumn& column, const RowSet& values, bool missing) {
  const auto codes = column.codes();
  const auto count = values.Count();
  if (count == 0 && !missing) return RowSet(codes.size());
  if (count == 0) {
    return RowSet::Where(codes.size(),
                         [=](std::size_t row) { return codes[row] < CodeColumn::kFirstValue; });
  }
  if (count == 1 && !missing) {
    CodeColumn::Code wanted = 0;
    values.ForEach([&](Row value) { wanted = value + CodeColumn::kFirstValue; });
    return RowSet::Where(codes.size(), [=](std::size_t row) { return codes[row] == wanted; });
  }
  // A byte per code is the faster look-up while the codes' table stays in the cache.
  if (values.universe() <= kMostBytes) {
    std::vector<std::uint8_t> selected(values.universe() + CodeColumn::kFirstValue);
    selected[CodeColumn::kAbsent] = selected[CodeColumn::kNull] = missing ? 1 : 0;
    values.ForEach([&](Row value) { selected[value + CodeColumn::kFirstValue] = 1; });
    return RowSet::Where(codes.size(), [&](std::size_t row) { return selected[codes[row]] != 0; });
  }
  return RowSet::Where(codes.size(), [&](std::size_t row) {
    const auto code = codes[row];
    return code < CodeColumn::kFirstValue ? missing
                                          : values.Contains(code - CodeColumn::kFirstValue);
  });
}

std::span<const std::uint32_t> ItemsOfList(const ListColumn& column, CodeColumn::Code code) {
  return column.List(code);
}
std::span<const std::uint32_t> ItemsOfList(const PlanColumn& column, CodeColumn::Code code) {
  return column.PlanSet(code);
}

// The users with any of these items.
template <typename Column>
RowSet RowsWithAny(const Column& column, const RowSet& items) {
  const auto lists =
      RowSet::Where(column.dictionary_end() - CodeColumn::kFirstValue, [&](Row list) {
        // To the end: lists are short, and a branch per item would cost more than the items.
        bool any = false;
        for (const auto item : ItemsOfList(column, list + CodeColumn::kFirstValue)) {
          any |= items.Contains(item);
        }
        return any;
      });
  return RowsWithCodes(column, lists, false);
}

template <typename Column>
RowSet RowsWithout(const Column& column) {
  const auto empty = RowSet::Where(
      column.dictionary_end() - CodeColumn::kFirstValue,
      [&](Row list) { return ItemsOfList(column, list + CodeColumn::kFirstValue).empty(); });
  return RowsWithCodes(column, empty, true);
}

}  // namespace

RuleEvaluator::RuleEvaluator(const ObservedState& observed, WallTime now)
    : observed_(observed), users_(observed.users), now_(now) {}

RuleSelection RuleEvaluator::Evaluate(const rule::Expression& rule) {
  RuleSelection selection;
  selection.rows = Rows(rule, selection.unresolved);
  RowSet everybody(users_.size());
  everybody.Complement();
  selection.next_flip = NextFlip(rule, std::move(everybody));
  return selection;
}

RowSet RuleEvaluator::Rows(const rule::Expression& expression, std::vector<Link>& unresolved) {
  return std::visit(
      Overloaded{[&](const Comparison& node) { return RowsOf(node); },
                 [&](const rule::Logical& node) { return RowsOf(node, unresolved); },
                 [&](const rule::Negation& node) {
                   auto rows = Rows(node.term.front(), unresolved);
                   rows.Complement();
                   return rows;
                 },
                 [&](const rule::Quantified& node) { return RowsOf(node); },
                 [&](const rule::MemberOf& node) {
                   RowSet rows(users_.size());
                   for (const auto& group : node.groups) {
                     rows |= RowsOf(Link{Link::Kind::kDirectMembers, group.guid}, unresolved);
                   }
                   return rows;
                 },
                 [&](const rule::DirectReports& node) {
                   return RowsOf(Link{Link::Kind::kDirectReports, node.manager.guid}, unresolved);
                 }},
      expression.node);
}

RowSet RuleEvaluator::RowsOf(const rule::Logical& logical, std::vector<Link>& unresolved) {
  RowSet rows = Rows(logical.terms.front(), unresolved);
  for (std::size_t i = 1; i < logical.terms.size(); ++i) {
    if (logical.kind == rule::Logical::Kind::kAnd) {
      rows &= Rows(logical.terms[i], unresolved);
    } else {
      rows |= Rows(logical.terms[i], unresolved);
    }
  }
  return rows;
}

RowSet RuleEvaluator::RowsOf(const Link& link, std::vector<Link>& unresolved) {
  RowSet rows(users_.size());
  const auto* linked = observed_.FindLinked(link);
  if (linked == nullptr || linked->status != GroupReading::Status::kFound) {
    unresolved.push_back(link);
    return rows;
  }
  // Who is not among the users came after the users were listed: the next reading has them.
  users_.ForEachKnown(linked->users, [&](Row row) { rows.Insert(row); });
  return rows;
}

RowSet RuleEvaluator::RowsOf(const Comparison& comparison) {
  auto rows =
      std::visit(Overloaded{[&](Property property) { return Passing(comparison, property); },
                            [&](const rule::DirectoryExtension& extension) {
                              return Passing(comparison, *users_.extension(extension.name));
                            },
                            // Stands only inside -any and -all, which look at it themselves.
                            [&](rule::ItemField) { return RowSet(users_.size()); }},
                 comparison.operand);
  if (rule::IsNegative(comparison.op)) rows.Complement();
  return rows;
}

RowSet RuleEvaluator::Passing(const Comparison& comparison, Property property) {
  if (property == Property::kObjectId) return PassingIds(comparison);
  switch (rule::Info(property).type) {
    case rule::PropertyType::kBoolean:
      return Passing(comparison, *users_.booleans(property));
    case rule::PropertyType::kString:
      return Passing(comparison, *users_.strings(property));
    case rule::PropertyType::kDateTime:
      return Passing(comparison, *users_.times(property));
    case rule::PropertyType::kStringList:
      return Passing(comparison, *users_.lists(property));
    case rule::PropertyType::kPlanList:
      break;
  }
  // Plans are compared with nothing but `null`.
  return HasNull(comparison) ? RowsWithout(*users_.plans()) : RowSet(users_.size());
}

// The object id is the key of the table, not a column of texts.
RowSet RuleEvaluator::PassingIds(const Comparison& comparison) {
  RowSet rows(users_.size());
  const bool whole = comparison.op == Operator::kEq || comparison.op == Operator::kNe ||
                     comparison.op == Operator::kIn || comparison.op == Operator::kNotIn;
  if (!whole) {
    TextDictionary ids;
    for (Row row = 0; row < users_.size(); ++row) ids.Intern(users_.id(row).ToString());
    return PassingTexts(comparison, FoldedTexts(ids));
  }
  for (const auto& literal : comparison.values) {
    const auto id = UserId::Parse(literal.text);
    const auto row = id ? users_.Find(*id) : std::nullopt;
    if (row) rows.Insert(*row);
  }
  return rows;
}

RowSet RuleEvaluator::Passing(const Comparison& comparison, const StringColumn& column) {
  return RowsWithCodes(column, PassingTexts(comparison, Folded(column.texts())),
                       HasNull(comparison));
}

RowSet RuleEvaluator::Passing(const Comparison& comparison, const BooleanColumn& column) {
  using Value = BooleanColumn::Value;
  const auto values = column.values();
  RowSet rows(values.size());
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kNull) {
      rows |= RowSet::Where(values.size(),
                            [=](std::size_t row) { return values[row] <= Value::kNull; });
    } else if (literal.kind == Literal::Kind::kBoolean) {
      const auto wanted = literal.boolean ? Value::kTrue : Value::kFalse;
      rows |= RowSet::Where(values.size(), [=](std::size_t row) { return values[row] == wanted; });
    }
  }
  return rows;
}

RowSet RuleEvaluator::Passing(const Comparison& comparison, const TimeColumn& column) {
  const auto values = column.values();
  // Both ends included.
  const auto between = [&](std::int64_t first, std::int64_t last) {
    return RowSet::Where(values.size(), [=](std::size_t row) {
      return static_cast<int>(values[row] >= first) & static_cast<int>(values[row] <= last);
    });
  };
  RowSet rows(values.size());
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kNull) {
      if (comparison.op == Operator::kGe || comparison.op == Operator::kLe) continue;
      rows |= between(TimeColumn::kAbsent, TimeColumn::kNull);
      continue;
    }
    const bool relative = literal.kind == Literal::Kind::kNow;
    if (!relative && literal.kind != Literal::Kind::kTime) continue;
    const std::int64_t limit =
        (relative ? now_ + literal.offset : literal.time).time_since_epoch().count();
    rows |=
        between(comparison.op == Operator::kLe ? TimeColumn::kNull + 1 : limit,
                comparison.op == Operator::kGe ? std::numeric_limits<std::int64_t>::max() : limit);
  }
  return rows;
}

RowSet RuleEvaluator::Passing(const Comparison& comparison, const ListColumn& column) {
  auto rows = RowsWithAny(column, PassingTexts(comparison, Folded(column.items())));
  if (HasNull(comparison)) rows |= RowsWithout(column);
  return rows;
}

RowSet RuleEvaluator::RowsOf(const rule::Quantified& quantified) {
  const auto rows_of = [&](const auto& column) {
    auto items = Items(quantified.item.front(), column);
    if (quantified.kind == rule::Quantified::Kind::kAny) return RowsWithAny(column, items);
    items.Complement();
    auto rows = RowsWithAny(column, items);
    rows.Complement();
    return rows;
  };
  return quantified.property == Property::kAssignedPlans
             ? rows_of(*users_.plans())
             : rows_of(*users_.lists(quantified.property));
}

template <typename Column>
RowSet RuleEvaluator::Items(const rule::Expression& expression, const Column& column) {
  if (const auto* negation = std::get_if<rule::Negation>(&expression.node)) {
    auto items = Items(negation->term.front(), column);
    items.Complement();
    return items;
  }
  if (const auto* logical = std::get_if<rule::Logical>(&expression.node)) {
    auto items = Items(logical->terms.front(), column);
    for (std::size_t i = 1; i < logical->terms.size(); ++i) {
      if (logical->kind == rule::Logical::Kind::kAnd) {
        items &= Items(logical->terms[i], column);
      } else {
        items |= Items(logical->terms[i], column);
      }
    }
    return items;
  }
  const auto& comparison = std::get<Comparison>(expression.node);
  auto items = ItemsOf(comparison, column);
  if (rule::IsNegative(comparison.op)) items.Complement();
  return items;
}

RowSet RuleEvaluator::ItemsOf(const Comparison& comparison, const ListColumn& column) {
  return PassingTexts(comparison, Folded(column.items()));
}

RowSet RuleEvaluator::ItemsOf(const Comparison& comparison, const PlanColumn& column) {
  const auto texts = PassingTexts(comparison, Folded(column.texts()));
  const auto field = std::get<rule::ItemField>(comparison.operand);
  const auto plans = column.plans();
  return RowSet::Where(plans.size(), [&](Row index) {
    const auto& plan = plans[index];
    return texts.Contains(field == rule::ItemField::kService         ? plan.service
                          : field == rule::ItemField::kServicePlanId ? plan.service_plan_id
                                                                     : plan.capability_status);
  });
}

const FoldedTexts& RuleEvaluator::Folded(const TextDictionary& texts) {
  return folded_.try_emplace(&texts, texts).first->second;
}

}  // namespace seatkeeper
