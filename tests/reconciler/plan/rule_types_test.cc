#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reconciler/plan/rule_eval.h"
#include "reconciler/plan/selection.h"
#include "tests/support/rule_builder.h"
#include "tests/support/rule_interpreter.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::DirectoryExtension;
using rule::ItemField;
using rule::Operator;
using rule::Property;
using test::All;
using test::And;
using test::Any;
using test::At;
using test::IdOf;
using test::Is;
using test::Not;
using test::Now;
using test::Null;
using test::Text;
using Texts = std::vector<std::string>;
using Plans = std::vector<test::PersonPlan>;

constexpr auto kPlan = "efb87545-963c-4e0d-99df-69c6916d9eb0";
constexpr auto kLoudPlan = "EFB87545-963C-4E0D-99DF-69C6916D9EB0";
constexpr auto kExtension = "extension_0123456789abcdef0123456789abcdef_badge";

WallTime Day(int day) { return WallTime(std::chrono::days(day)); }

ObservedState Observe(const std::vector<test::Person>& people,
                      const std::vector<LinkedUsers>& linked = {}) {
  auto properties = AllProperties();
  properties.Add(DirectoryExtension{kExtension});
  ObservedBuilder builder(properties);
  for (const auto& person : people) ReadPerson(person, builder);
  for (const auto& each : linked) builder.AddLinked(each);
  return builder.Finish("t", WallTime{});
}

// One user per value, named a, b, c ... in order; then one without the property.
ObservedState Observe(Property property, const std::vector<test::PersonValue>& values) {
  std::vector<test::Person> people;
  char name = 'a';
  for (const auto& value : values) {
    people.push_back({.id = IdOf<UserId>(std::string(1, name++)), .properties = {}});
    people.back().properties[property] = value;
  }
  people.push_back({.id = IdOf<UserId>(std::string(1, name))});
  return Observe(people);
}

std::string Selected(const ObservedState& observed, const rule::Expression& rule, int today = 0) {
  std::string names;
  RuleEvaluator(observed, Day(today)).Evaluate(rule).rows.ForEach([&](Row row) {
    names += test::NameOf(observed.users.id(row).guid);
  });
  return names;
}

TEST(RuleTimes, OrderSelectsNobodyWithoutAMoment) {
  const auto observed = Observe(Property::kEmployeeHireDate, {Day(1), Day(2), Day(3), nullptr});
  const auto hired = [&](Operator op, rule::Literal value) {
    return Selected(observed, Is(Property::kEmployeeHireDate, op, std::move(value)));
  };
  EXPECT_EQ(hired(Operator::kGe, At(Day(2))), "bc");
  EXPECT_EQ(hired(Operator::kLe, At(Day(2))), "ab");
  EXPECT_EQ(hired(Operator::kEq, At(Day(2))), "b");
  EXPECT_EQ(hired(Operator::kNe, At(Day(2))), "acde") << "no moment is another moment";
  EXPECT_EQ(hired(Operator::kEq, Null()), "de");
  EXPECT_EQ(hired(Operator::kNe, Null()), "abc");
}

TEST(RuleTimes, NowMovesWithTheClock) {
  const auto observed = Observe(Property::kLastSuccessfulSignIn, {Day(10), Day(20), nullptr});
  const auto idle = Is(Property::kLastSuccessfulSignIn, Operator::kLe, Now(-std::chrono::days(7)));
  EXPECT_EQ(Selected(observed, idle, 16), "");
  EXPECT_EQ(Selected(observed, idle, 17), "a");
  EXPECT_EQ(Selected(observed, idle, 27), "ab");
  EXPECT_EQ(Selected(observed, Not(idle), 17), "bcd") << "who never signed in is not idle";
}

TEST(RuleTimes, MomentsBefore1970AreMoments) {
  const auto observed = Observe(Property::kEmployeeHireDate, {Day(-10'000), nullptr});
  EXPECT_EQ(Selected(observed, Is(Property::kEmployeeHireDate, Operator::kLe, At(Day(0)))), "a");
}

TEST(RuleLists, PositiveMeansAnyItemAndNegativeMeansNone) {
  const auto observed = Observe(Property::kOtherMails, {Texts{"ada@x.org", "ada@y.org"},
                                                        Texts{"bob@y.org"}, Texts{}, nullptr});
  const auto mails = [&](Operator op, const char* text) {
    return Selected(observed, Is(Property::kOtherMails, op, Text(text)));
  };
  EXPECT_EQ(mails(Operator::kEndsWith, "@X.ORG"), "a");
  EXPECT_EQ(mails(Operator::kNotEndsWith, "@x.org"), "bcde");
  EXPECT_EQ(mails(Operator::kContains, "@y"), "ab");
  EXPECT_EQ(mails(Operator::kNotContains, "@y"), "cde");
  EXPECT_EQ(mails(Operator::kEq, "bob@Y.org"), "b");
  EXPECT_EQ(mails(Operator::kNe, "bob@y.org"), "acde");
  EXPECT_EQ(mails(Operator::kMatch, "^A"), "a");
  EXPECT_EQ(mails(Operator::kNotMatch, "^A"), "bcde");
}

TEST(RuleLists, MissingNullAndEmptyEqualNull) {
  const auto observed = Observe(Property::kOtherMails, {Texts{""}, Texts{}, nullptr});
  EXPECT_EQ(Selected(observed, Is(Property::kOtherMails, Operator::kEq, Null())), "bcd");
  EXPECT_EQ(Selected(observed, Is(Property::kOtherMails, Operator::kNe, Null())), "a");
}

TEST(RuleLists, AnyAsksForOneItemThatPassesAllTerms) {
  const auto observed =
      Observe(Property::kProxyAddresses,
              {Texts{"SMTP:a@x.org", "smtp:a@y.org"}, Texts{"SMTP:b@y.org"}, Texts{}, nullptr});
  const auto primary = Is(ItemField::kItem, Operator::kStartsWith, Text("SMTP:b"));
  const auto y = Is(ItemField::kItem, Operator::kEndsWith, Text("@y.org"));
  EXPECT_EQ(Selected(observed, Any(Property::kProxyAddresses, y)), "ab");
  EXPECT_EQ(Selected(observed, Any(Property::kProxyAddresses, And({primary, y}))), "b");
  EXPECT_EQ(Selected(observed, Any(Property::kProxyAddresses, Not(y))), "a");
}

TEST(RuleLists, AllHoldsWhereThereIsNothing) {
  const auto observed =
      Observe(Property::kOtherMails, {Texts{"a@x", "b@x"}, Texts{"a@x", "b@y"}, Texts{}, nullptr});
  const auto x = Is(ItemField::kItem, Operator::kEndsWith, Text("@x"));
  EXPECT_EQ(Selected(observed, All(Property::kOtherMails, x)), "acde");
  EXPECT_EQ(Selected(observed, Not(All(Property::kOtherMails, x))), "b");
}

TEST(RulePlans, OneItemMustPassAllTerms) {
  const auto observed =
      Observe(Property::kAssignedPlans,
              {Plans{{kPlan, "exchange", "Enabled"}},
               Plans{{kPlan, "exchange", "Deleted"}, {"x", "SCO", "Enabled"}}, Plans{}, nullptr});
  const auto is_plan = Is(ItemField::kServicePlanId, Operator::kEq, Text(kLoudPlan));
  const auto enabled = Is(ItemField::kCapabilityStatus, Operator::kEq, Text("enabled"));
  EXPECT_EQ(Selected(observed, Any(Property::kAssignedPlans, is_plan)), "ab");
  EXPECT_EQ(Selected(observed, Any(Property::kAssignedPlans, And({is_plan, enabled}))), "a");
  EXPECT_EQ(Selected(observed, All(Property::kAssignedPlans, enabled)), "acde");
  const auto service = Is(ItemField::kService, Operator::kEq, Text("sco"));
  EXPECT_EQ(Selected(observed, Any(Property::kAssignedPlans, service)), "b");
}

TEST(RulePlans, NoItemEqualsNull) {
  const auto observed =
      Observe(Property::kAssignedPlans, {Plans{{kPlan, "", ""}}, Plans{}, nullptr});
  const auto null = Is(ItemField::kServicePlanId, Operator::kEq, Null());
  const auto not_null = Is(ItemField::kServicePlanId, Operator::kNe, Null());
  EXPECT_EQ(Selected(observed, Any(Property::kAssignedPlans, null)), "");
  EXPECT_EQ(Selected(observed, Any(Property::kAssignedPlans, not_null)), "a");
}

TEST(RuleTexts, MatchIsARegularExpressionInAnyCase) {
  const auto observed =
      Observe(Property::kJobTitle, {"Senior Engineer", "engineering lead", "", nullptr});
  EXPECT_EQ(Selected(observed, Is(Property::kJobTitle, Operator::kMatch, Text("ENG.*r$"))), "a");
  EXPECT_EQ(Selected(observed, Is(Property::kJobTitle, Operator::kNotMatch, Text("eng"))), "cde");
  EXPECT_EQ(Selected(observed, Is(Property::kJobTitle, Operator::kMatch, Text(""))), "abc");
}

TEST(RuleTexts, ContainsDoesNotReachIntoTheNextText) {
  const auto observed = Observe(Property::kCity, {"ab", "cd", "bcd", "abcd"});
  EXPECT_EQ(Selected(observed, Is(Property::kCity, Operator::kContains, Text("bc"))), "cd");
  EXPECT_EQ(Selected(observed, Is(Property::kCity, Operator::kContains, Text(""))), "abcd");
}

TEST(RuleExtensions, AreFoundInAnyCaseAndCanBeNull) {
  std::vector<test::Person> people;
  for (const char* name : {"a", "b", "c"}) people.push_back({.id = IdOf<UserId>(name)});
  people[0].extensions[kExtension] = "Gold";
  people[1].extensions[kExtension] = nullptr;
  const auto observed = Observe(people);
  std::string loud = kExtension;
  loud.replace(0, 9, "EXTENSION");
  EXPECT_EQ(Selected(observed, Is(DirectoryExtension{loud}, Operator::kEq, Text("gold"))), "a");
  EXPECT_EQ(Selected(observed, Is(DirectoryExtension{kExtension}, Operator::kEq, Null())), "bc");
}

TEST(RuleIds, AreFoundByGuidInAnyCase) {
  const auto observed = Observe(Property::kCity, {"x", "y", "z"});  // And d, without a city.
  const auto id = [](const char* name) { return IdOf<UserId>(name).ToString(); };
  std::string loud = id("j");
  for (auto& c : loud) c = static_cast<char>(std::toupper(c));
  std::vector<test::Person> people = {{.id = IdOf<UserId>("j")}, {.id = IdOf<UserId>("k")}};
  EXPECT_EQ(Selected(Observe(people), Is(Property::kObjectId, Operator::kEq, Text(loud))), "j");
  EXPECT_EQ(Selected(observed, Is(Property::kObjectId, Operator::kIn,
                                  {Text(id("b")), Text("no guid"), Text(id("q"))})),
            "b");
  EXPECT_EQ(Selected(observed, Is(Property::kObjectId, Operator::kNotIn, {Text(id("b"))})), "acd");
  EXPECT_EQ(Selected(observed, Is(Property::kObjectId, Operator::kNe, Null())), "abcd");
  EXPECT_EQ(Selected(observed,
                     Is(Property::kObjectId, Operator::kStartsWith, Text(id("c").substr(0, 8)))),
            "c");
}

LinkedUsers Linked(Link link, const std::vector<const char*>& names) {
  LinkedUsers linked{
      .link = link, .status = GroupReading::Status::kFound, .detail = {}, .users = {}};
  for (const auto* name : names) linked.users.push_back(IdOf<UserId>(name));
  return linked;
}

TEST(RuleLinks, SelectTheUsersWhoWereRead) {
  const Link crew{Link::Kind::kDirectMembers, IdOf<GroupId>("crew").guid};
  const Link band{Link::Kind::kDirectMembers, IdOf<GroupId>("band").guid};
  const Link reports{Link::Kind::kDirectReports, IdOf<UserId>("crew").guid};
  std::vector<test::Person> people;
  for (const char* name : {"a", "b", "c", "d"}) people.push_back({.id = IdOf<UserId>(name)});
  const auto observed = Observe(
      people, {Linked(crew, {"b", "stranger", "a"}), Linked(band, {"c"}), Linked(reports, {"d"})});
  EXPECT_EQ(Selected(observed, {rule::MemberOf{{IdOf<GroupId>("crew"), IdOf<GroupId>("band")}}}),
            "abc");
  EXPECT_EQ(Selected(observed, {rule::DirectReports{IdOf<UserId>("crew")}}), "d")
      << "a user's reports are not a group's members";
}

TEST(RuleLinks, WhatCannotBeFollowedSelectsNobodyAndIsTold) {
  const Link lost{Link::Kind::kDirectMembers, IdOf<GroupId>("lost").guid};
  auto unreadable = Linked(lost, {"a"});
  unreadable.status = GroupReading::Status::kUnreadable;
  unreadable.detail = "403";
  const auto observed = Observe({{.id = IdOf<UserId>("a")}}, {unreadable});
  RuleEvaluator evaluator(observed, WallTime{});
  const auto members =
      evaluator.Evaluate({rule::MemberOf{{IdOf<GroupId>("lost"), IdOf<GroupId>("none")}}});
  EXPECT_EQ(members.rows.Count(), 0U);
  ASSERT_EQ(members.unresolved.size(), 2U);
  const SourcePosition at{.file = "p.yaml", .line = 3, .column = 9};
  EXPECT_EQ(DescribeUnresolved(members.unresolved[0], observed, at),
            "group \"" + lost.of.ToString() + "\" (p.yaml:3:9) could not be read: 403");
  EXPECT_EQ(DescribeUnresolved(members.unresolved[1], observed, at),
            "group \"" + IdOf<GroupId>("none").ToString() + "\" (p.yaml:3:9) was not read");
}

}  // namespace
}  // namespace seatkeeper
