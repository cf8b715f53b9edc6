#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "policy/text.h"
#include "reconciler/plan/rule_eval.h"
#include "tests/support/long_run.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::Literal;
using rule::Operator;
using rule::Property;
using test::IdOf;

// What a user says of one property: nothing (null and absent alike), a text, a truth.
struct Value {
  std::optional<std::string> text;
  std::optional<bool> truth;
};
struct Person {
  std::string name;
  Value city;
  Value country;
  Value enabled;
};

const char* const kTexts[] = {"",    "a",     "A", "ab",       "AB",       "ba",
                              "abc", "Paris", "x", "\xC3\xA9", "\xC3\x89", "null"};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  std::string Text() { return kTexts[Below(static_cast<int>(std::size(kTexts)))]; }

  Expression Rule(int depth) {
    const int kind = depth == 0 ? 0 : Below(4);
    if (kind == 1) return {rule::Negation{{Rule(depth - 1)}}};
    if (kind >= 2) {
      rule::Logical logical{kind == 2 ? rule::Logical::Kind::kAnd : rule::Logical::Kind::kOr, {}};
      for (int terms = 2 + Below(2); terms > 0; --terms) logical.terms.push_back(Rule(depth - 1));
      return {logical};
    }
    return {Compare()};
  }

  Person Someone(int number) {
    Person person{.name = "user" + std::to_string(number)};
    if (Below(3) != 0) person.city.text = Text();
    if (Below(3) != 0) person.country.text = Text();
    if (Below(3) != 0) person.enabled.truth = Below(2) == 0;
    return person;
  }

 private:
  Comparison Compare() {
    if (Below(4) == 0) {
      const auto op = Below(2) == 0 ? Operator::kEq : Operator::kNe;
      if (Below(4) == 0) return {Property::kAccountEnabled, op, {Literal{}}};
      return {Property::kAccountEnabled, op, {{Literal::Kind::kBoolean, Below(2) == 0, ""}}};
    }
    const auto property = Below(2) == 0 ? Property::kCity : Property::kCountry;
    const auto op = static_cast<Operator>(Below(10));
    const bool list = op == Operator::kIn || op == Operator::kNotIn;
    const bool nullable = op == Operator::kEq || op == Operator::kNe;
    Comparison comparison{property, op, {}};
    for (int count = list ? 1 + Below(3) : 1; count > 0; --count) {
      const bool null = nullable && Below(5) == 0;
      comparison.values.push_back(null ? Literal{}
                                       : Literal{Literal::Kind::kString, false, Text()});
    }
    return comparison;
  }

  std::mt19937 random_;
};

const Value& ValueOf(const Person& person, Property property) {
  return property == Property::kCity      ? person.city
         : property == Property::kCountry ? person.country
                                          : person.enabled;
}

// The interpreter that is obviously right: one user, one operator at a time, no shortcuts.
bool Is(const Literal& literal, const Value& value) {
  if (literal.kind == Literal::Kind::kNull) return !value.text && !value.truth;
  if (literal.kind == Literal::Kind::kBoolean) return value.truth == literal.boolean;
  return value.text && FoldCase(*value.text) == FoldCase(literal.text);
}

bool Compares(const Comparison& comparison, const Value& value) {
  const auto& first = comparison.values.front();
  const auto text = value.text ? std::optional(FoldCase(*value.text)) : std::nullopt;
  const auto wanted = FoldCase(first.text);
  const bool starts = text && text->substr(0, wanted.size()) == wanted;
  const bool ends =
      text && text->size() >= wanted.size() && text->substr(text->size() - wanted.size()) == wanted;
  const bool contains = text && text->find(wanted) != std::string::npos;
  const bool in = std::any_of(comparison.values.begin(), comparison.values.end(),
                              [&](const Literal& literal) { return Is(literal, value); });
  switch (comparison.op) {
    case Operator::kEq:
      return Is(first, value);
    case Operator::kNe:
      return !Is(first, value);
    case Operator::kStartsWith:
      return starts;
    case Operator::kNotStartsWith:
      return !starts;
    case Operator::kEndsWith:
      return ends;
    case Operator::kNotEndsWith:
      return !ends;
    case Operator::kContains:
      return contains;
    case Operator::kNotContains:
      return !contains;
    case Operator::kIn:
      return in;
    case Operator::kNotIn:
      return !in;
  }
  return false;
}

bool Selects(const Expression& rule, const Person& person) {
  if (const auto* comparison = std::get_if<Comparison>(&rule.node)) {
    return Compares(*comparison, ValueOf(person, comparison->property));
  }
  if (const auto* negation = std::get_if<rule::Negation>(&rule.node)) {
    return !Selects(negation->term.front(), person);
  }
  const auto& logical = std::get<rule::Logical>(rule.node);
  const auto selects = [&](const Expression& term) { return Selects(term, person); };
  return logical.kind == rule::Logical::Kind::kAnd
             ? std::all_of(logical.terms.begin(), logical.terms.end(), selects)
             : std::any_of(logical.terms.begin(), logical.terms.end(), selects);
}

ObservedState Table(const std::vector<Person>& people) {
  ObservedBuilder builder(AllProperties());
  for (const auto& person : people) {
    builder.BeginUser(IdOf<UserId>(person.name));
    if (person.city.text) builder.SetText(Property::kCity, *person.city.text);
    if (person.country.text) builder.SetText(Property::kCountry, *person.country.text);
    if (!person.country.text) builder.SetNull(Property::kCountry);
    if (person.enabled.truth) {
      builder.SetBoolean(Property::kAccountEnabled, *person.enabled.truth);
    }
    builder.EndUser();
  }
  return builder.Finish("t", WallTime{});
}

TEST(RuleProperty, AgreesWithTheObviousInterpreter) {
  for (int round = 0; round < test::RandomCases(2000); ++round) {
    const auto seed = static_cast<std::uint32_t>(round);
    Generator generator(seed);
    std::vector<Person> people;
    for (int i = generator.Below(80); i >= 0; --i) people.push_back(generator.Someone(i));
    const auto rule = generator.Rule(4);
    const auto observed = Table(people);
    const auto rows = Evaluate(rule, observed.users);
    for (const auto& person : people) {
      const Row row = *observed.users.Find(IdOf<UserId>(person.name));
      ASSERT_EQ(rows.Contains(row), Selects(rule, person))
          << "seed " << seed << ", " << person.name << ": " << Print(rule);
    }
  }
}

}  // namespace
}  // namespace seatkeeper
