#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "reconciler/plan/rule_eval.h"
#include "tests/support/long_run.h"
#include "tests/support/rule_interpreter.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Expression;
using rule::ItemField;
using rule::Literal;
using rule::Operand;
using rule::Operator;
using rule::Property;
using std::chrono::milliseconds;
using test::IdOf;
using test::Person;
using test::PersonPlan;

const char* const kTexts[] = {"",
                              "a",
                              "A",
                              "ab",
                              "AB",
                              "ba",
                              "abc",
                              "Paris",
                              "x",
                              "\xC3\xA9",
                              "\xC3\x89",
                              "null",
                              "contoso.com",
                              "Ada@CONTOSO.com",
                              "ada@contoso.com (\xC3\xA9)",
                              "xContoso.Com@["};
const char* const kPatterns[] = {"",
                                 "^a",
                                 "C$",
                                 "^ab?c$",
                                 "(ab)+",
                                 "a|x",
                                 "p.*s",
                                 "[^a]",
                                 "CONTOSO[.]com$",
                                 "(paris|contoso)",
                                 "null?",
                                 "(abc|(contoso.*com))?"};
const char* const kPlanIds[] = {"AAAAAAAA-0000-0000-0000-000000000001",
                                "aaaaaaaa-0000-0000-0000-000000000001",
                                "bbbbbbbb-0000-0000-0000-000000000002"};
const char* const kExtension = "extension_0123456789abcdef0123456789abcdef_Badge";
constexpr Property kStrings[] = {Property::kCity, Property::kCountry,
                                 Property::kExtensionAttribute3};
constexpr Property kBooleans[] = {Property::kAccountEnabled, Property::kOnPremisesSyncEnabled};
constexpr Property kTimes[] = {Property::kEmployeeHireDate, Property::kLastSignIn};
constexpr Property kLists[] = {Property::kOtherMails, Property::kProxyAddresses};
constexpr int kLastMoment = 12;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool OneIn(int count) { return Below(count) == 0; }
  template <typename T, std::size_t kSize>
  T OneOf(const T (&things)[kSize]) {
    return things[Below(static_cast<int>(kSize))];
  }
  std::string Text() { return OneOf(kTexts); }
  /// Few moments, close together, so that they meet.
  WallTime Moment() { return WallTime(milliseconds(Below(kLastMoment + 1))); }

  Expression Rule(int depth) {
    const int kind = depth == 0 ? 0 : Below(5);
    if (kind == 1) return {rule::Negation{{Rule(depth - 1)}}};
    if (kind == 2 || kind == 3) {
      rule::Logical logical{kind == 2 ? rule::Logical::Kind::kAnd : rule::Logical::Kind::kOr, {}};
      for (int terms = 2 + Below(2); terms > 0; --terms) logical.terms.push_back(Rule(depth - 1));
      return {logical};
    }
    return Leaf();
  }

  Expression Leaf() {
    switch (Below(9)) {
      case 0:
        return {TextComparison(rule::DirectoryExtension{OneIn(2) ? kExtension : Loud()}, true)};
      case 1:
        return {BooleanComparison()};
      case 2:
      case 3:
        return {TimeComparison()};
      case 4:
        return {TextComparison(OneOf(kLists), true)};
      case 5:
        return Quantified();
      case 6:
        return OneIn(2) ? Expression{IdComparison()} : Linked();
      default:
        return {TextComparison(OneOf(kStrings), true)};
    }
  }

  Comparison TimeComparison() {
    const Operator kOperators[] = {Operator::kGe, Operator::kLe, Operator::kEq, Operator::kNe};
    Comparison comparison{OneOf(kTimes), OneOf(kOperators), {}};
    auto& literal = comparison.values.emplace_back();
    const bool ordered = comparison.op == Operator::kGe || comparison.op == Operator::kLe;
    if (!ordered && OneIn(3)) return comparison;
    literal.kind = OneIn(3) ? Literal::Kind::kTime : Literal::Kind::kNow;
    literal.time = Moment();
    literal.offset = milliseconds(Below(9) - 4);
    return comparison;
  }

  Person Someone(int number) {
    Person person{.id = IdOf<UserId>("user" + std::to_string(number))};
    auto& values = person.properties;
    for (const auto property : kStrings) {
      if (!OneIn(4)) values[property] = OneIn(4) ? test::PersonValue(nullptr) : Text();
    }
    for (const auto property : kBooleans) {
      if (!OneIn(4)) values[property] = OneIn(4) ? test::PersonValue(nullptr) : OneIn(2);
    }
    for (const auto property : kTimes) {
      if (!OneIn(4)) values[property] = OneIn(4) ? test::PersonValue(nullptr) : Moment();
    }
    for (const auto property : kLists) {
      if (!OneIn(4)) values[property] = OneIn(4) ? test::PersonValue(nullptr) : Texts();
    }
    if (!OneIn(4)) {
      values[Property::kAssignedPlans] = OneIn(4) ? test::PersonValue(nullptr) : Plans();
    }
    if (!OneIn(4)) {
      person.extensions[kExtension] = OneIn(4) ? test::PersonValue(nullptr) : Text();
    }
    return person;
  }

  std::vector<UserId> SomeOf(const std::vector<Person>& people) {
    std::vector<UserId> some = {IdOf<UserId>("stranger")};
    for (const auto& person : people) {
      if (OneIn(3)) some.push_back(person.id);
    }
    return some;
  }

 private:
  static std::string Loud() {
    std::string name = kExtension;
    for (auto& c : name) c = static_cast<char>(std::toupper(c));
    return name;
  }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (int count = Below(4); count > 0; --count) texts.push_back(Text());
    return texts;
  }

  std::vector<PersonPlan> Plans() {
    std::vector<PersonPlan> plans;
    for (int count = Below(4); count > 0; --count) {
      plans.push_back(
          {OneOf(kPlanIds), OneIn(2) ? "exchange" : "SCO", OneIn(2) ? "Enabled" : "Deleted"});
    }
    return plans;
  }

  Literal TextLiteral() { return {.kind = Literal::Kind::kString, .text = Text()}; }

  Comparison TextComparison(Operand operand, bool nullable) {
    Comparison comparison{std::move(operand), static_cast<Operator>(Below(12)), {}};
    if (comparison.op == Operator::kMatch || comparison.op == Operator::kNotMatch) {
      comparison.values.push_back({.kind = Literal::Kind::kString, .text = OneOf(kPatterns)});
      return comparison;
    }
    const bool list = comparison.op == Operator::kIn || comparison.op == Operator::kNotIn;
    const bool equality = comparison.op == Operator::kEq || comparison.op == Operator::kNe;
    for (int count = list ? Below(4) + 1 : 1; count > 0; --count) {
      comparison.values.push_back(nullable && equality && OneIn(4) ? Literal{} : TextLiteral());
    }
    return comparison;
  }

  Comparison BooleanComparison() {
    Comparison comparison{OneOf(kBooleans), OneIn(2) ? Operator::kEq : Operator::kNe, {{}}};
    if (!OneIn(4)) {
      comparison.values[0] = {.kind = Literal::Kind::kBoolean, .boolean = OneIn(2)};
    }
    return comparison;
  }

  Comparison IdComparison() {
    auto comparison = TextComparison(Property::kObjectId, true);
    if (comparison.op == Operator::kMatch || comparison.op == Operator::kNotMatch) {
      return comparison;
    }
    for (auto& literal : comparison.values) {
      const auto id = IdOf<UserId>("user" + std::to_string(Below(8))).ToString();
      if (literal.kind == Literal::Kind::kString && !OneIn(4)) {
        literal.text = OneIn(3) ? id.substr(0, 10) : id;
        for (auto& c : literal.text) c = static_cast<char>(std::toupper(c));
      }
    }
    return comparison;
  }

  Expression Quantified() {
    rule::Quantified quantified{
        OneIn(2) ? OneOf(kLists) : Property::kAssignedPlans,
        OneIn(2) ? rule::Quantified::Kind::kAny : rule::Quantified::Kind::kAll,
        {}};
    quantified.item.push_back(Item(quantified.property == Property::kAssignedPlans, 2));
    return {quantified};
  }

  Expression Item(bool plans, int depth) {
    const int kind = depth == 0 ? 0 : Below(5);
    if (kind == 1) return {rule::Negation{{Item(plans, depth - 1)}}};
    if (kind == 2 || kind == 3) {
      return {rule::Logical{kind == 2 ? rule::Logical::Kind::kAnd : rule::Logical::Kind::kOr,
                            {Item(plans, depth - 1), Item(plans, depth - 1)}}};
    }
    if (!plans) return {TextComparison(ItemField::kItem, true)};
    const ItemField kFields[] = {ItemField::kService, ItemField::kServicePlanId,
                                 ItemField::kCapabilityStatus};
    const auto field = OneOf(kFields);
    auto comparison = TextComparison(field, true);
    const char* const text = field == ItemField::kServicePlanId ? OneOf(kPlanIds)
                             : field == ItemField::kService     ? "Exchange"
                                                                : "enabled";
    if (comparison.op != Operator::kMatch && comparison.op != Operator::kNotMatch) {
      for (auto& literal : comparison.values) {
        if (literal.kind == Literal::Kind::kString) literal.text = text;
      }
    }
    return {comparison};
  }

  Expression Linked() {
    if (OneIn(2)) return {rule::DirectReports{IdOf<UserId>("boss")}};
    return {rule::MemberOf{{IdOf<GroupId>("g1"), IdOf<GroupId>("g2")}}};
  }

  std::mt19937 random_;
};

struct World {
  std::vector<Person> people;
  test::Links links;
  ObservedState observed;
};

World MakeWorld(Generator& generator, int most_people) {
  World world;
  for (int i = generator.Below(most_people); i >= 0; --i) {
    world.people.push_back(generator.Someone(i));
  }
  auto properties = AllProperties();
  properties.Add(rule::DirectoryExtension{kExtension});
  ObservedBuilder builder(properties);
  for (const auto& person : world.people) ReadPerson(person, builder);
  for (const Link& link : {Link{Link::Kind::kDirectMembers, IdOf<GroupId>("g1").guid},
                           Link{Link::Kind::kDirectMembers, IdOf<GroupId>("g2").guid},
                           Link{Link::Kind::kDirectReports, IdOf<UserId>("boss").guid}}) {
    world.links[link] = generator.SomeOf(world.people);
    builder.AddLinked({.link = link,
                       .status = GroupReading::Status::kFound,
                       .detail = {},
                       .users = world.links[link]});
  }
  world.observed = builder.Finish("t", WallTime{});
  return world;
}

std::string SelectedAt(const Expression& rule, const World& world, WallTime now) {
  std::string selected;
  for (const auto& person : world.people) {
    selected += Selects(rule, person, world.links, now) ? '1' : '0';
  }
  return selected;
}

std::string Evaluated(const RowSet& rows, const World& world) {
  std::string selected;
  for (const auto& person : world.people) {
    selected += rows.Contains(*world.observed.users.Find(person.id)) ? '1' : '0';
  }
  return selected;
}

TEST(RuleProperty, AgreesWithTheObviousInterpreter) {
  for (int round = 0; round < test::RandomCases(800); ++round) {
    Generator generator(static_cast<std::uint32_t>(round));
    const auto world = MakeWorld(generator, 90);
    RuleEvaluator evaluator(world.observed, WallTime(milliseconds(5)));
    for (int rules = 0; rules < 4; ++rules) {
      const auto rule = generator.Rule(4);
      const auto selection = evaluator.Evaluate(rule);
      ASSERT_EQ(Evaluated(selection.rows, world),
                SelectedAt(rule, world, WallTime(milliseconds(5))))
          << "seed " << round << ", rule " << rules;
      ASSERT_TRUE(selection.unresolved.empty());
    }
  }
}

// Tries every moment that matters.
TEST(RuleProperty, SelectsTheSameUsersUntilTheNextFlip) {
  const WallTime end(milliseconds(kLastMoment + 6));
  for (int round = 0; round < test::RandomCases(1000); ++round) {
    Generator generator(static_cast<std::uint32_t>(round));
    const auto world = MakeWorld(generator, 8);
    const bool lone = round % 2 == 0;
    const auto rule = lone ? Expression{generator.TimeComparison()} : generator.Rule(3);
    const auto now = generator.Moment();
    const auto selection = RuleEvaluator(world.observed, now).Evaluate(rule);
    const auto before = SelectedAt(rule, world, now);
    auto moment = now;
    do {
      moment += milliseconds(1);
    } while (moment < end && SelectedAt(rule, world, moment) == before);
    const auto flip = selection.next_flip.value_or(end);
    ASSERT_GT(flip, now) << "seed " << round;
    ASSERT_LE(flip, moment) << "seed " << round << ": somebody flips before";
    // Of one comparison the moment is exact, not only early enough.
    if (lone) {
      ASSERT_EQ(flip, moment) << "seed " << round;
    }
  }
}

}  // namespace
}  // namespace seatkeeper
