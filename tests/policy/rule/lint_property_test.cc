// Where a finding says that nobody, or everybody, matches, that is so: every user of a small world
// is tried. The rules are made of few texts, so that contradictions are frequent.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "policy/result.h"
#include "policy/rule/lint.h"
#include "policy/rule/operand.h"
#include "policy/rule/operator.h"
#include "policy/rule/parser.h"

namespace seatkeeper::rule {
namespace {

using Text = std::optional<std::string>;

struct User {
  Text city;
  std::optional<bool> enabled;
  std::vector<std::string> mails;
  std::optional<int> hired;  // Year.
};

std::vector<User> AllUsers() {
  std::vector<User> users;
  const Text cities[] = {std::nullopt, "", "a", "ab", "b", "ba", "c", "abab"};
  const std::optional<bool> switches[] = {std::nullopt, false, true};
  const std::vector<std::string> lists[] = {{},         {"a"},       {"ab"}, {"b"},
                                            {"a", "b"}, {"ab", "b"}, {"c"},  {"ba", "", "c"}};
  for (const auto& city : cities) {
    for (const auto& enabled : switches) {
      for (const auto& mails : lists) {
        users.push_back({city, enabled, mails, std::nullopt});
        for (int year = 2000; year < 2007; ++year) users.push_back({city, enabled, mails, year});
      }
    }
  }
  return users;
}

bool TextPasses(const Comparison& comparison, const Text& text) {
  return std::any_of(comparison.values.begin(), comparison.values.end(), [&](const auto& value) {
    if (value.kind == Literal::Kind::kNull || !text) return !text && value == Literal{};
    switch (comparison.op) {
      case Operator::kStartsWith:
      case Operator::kNotStartsWith:
        return text->starts_with(value.text);
      case Operator::kEndsWith:
      case Operator::kNotEndsWith:
        return text->ends_with(value.text);
      case Operator::kContains:
      case Operator::kNotContains:
        return text->find(value.text) != std::string::npos;
      default:
        return *text == value.text;
    }
  });
}

bool DatePasses(const Comparison& comparison, std::optional<int> hired) {
  const Literal& value = comparison.values.at(0);
  if (value.kind == Literal::Kind::kNull) return !hired;
  if (!hired) return false;
  const auto time = std::chrono::sys_days(std::chrono::year(*hired) / 1 / 1);
  return comparison.op == Operator::kGe ? time >= value.time : time <= value.time;
}

bool ListPasses(const Comparison& comparison, const std::vector<std::string>& list) {
  if (comparison.values.at(0) == Literal{}) return list.empty();
  return std::any_of(list.begin(), list.end(),
                     [&](const Text& item) { return TextPasses(comparison, item); });
}

bool PassesPositive(const Comparison& comparison, const User& user, const Text& item) {
  if (std::holds_alternative<ItemField>(comparison.operand)) return TextPasses(comparison, item);
  switch (std::get<Property>(comparison.operand)) {
    case Property::kAccountEnabled: {
      const Literal& value = comparison.values.at(0);
      return value == Literal{} ? !user.enabled : user.enabled == value.boolean;
    }
    case Property::kOtherMails:
      return ListPasses(comparison, user.mails);
    case Property::kEmployeeHireDate:
      return DatePasses(comparison, user.hired);
    case Property::kObjectId:
      return TextPasses(comparison, "3d2a9c41-6f0e-4b8d-9a57-0c1e2f3a4b5c");
    default:
      return TextPasses(comparison, user.city);
  }
}

bool Selects(const Expression& expression, const User& user, const Text& item = {}) {
  const auto selects = [&](const Expression& term) { return Selects(term, user, item); };
  return std::visit(
      Overloaded{[&](const Comparison& node) {
                   return PassesPositive(node, user, item) != IsNegative(node.op);
                 },
                 [&](const Logical& node) {
                   return node.kind == Logical::Kind::kAnd
                              ? std::all_of(node.terms.begin(), node.terms.end(), selects)
                              : std::any_of(node.terms.begin(), node.terms.end(), selects);
                 },
                 [&](const Negation& node) { return !selects(node.term.at(0)); },
                 [&](const Quantified& node) {
                   const auto passes = [&](const std::string& mail) {
                     return Selects(node.item.at(0), user, mail);
                   };
                   return node.kind == Quantified::Kind::kAny
                              ? std::any_of(user.mails.begin(), user.mails.end(), passes)
                              : std::all_of(user.mails.begin(), user.mails.end(), passes);
                 },
                 [](const auto&) { return false; }},
      expression.node);
}

class Rules {
 public:
  explicit Rules(unsigned seed) : random_(seed) {}

  std::string Make(int depth, bool item = false) {
    switch (depth == 0 ? 0 : Below(5)) {
      case 1:
        return "-not (" + Make(depth - 1, item) + ")";
      case 2:
      case 3:
        return "(" + Make(depth - 1, item) + ") -and (" + Make(depth - 1, item) + ")";
      case 4:
        return "(" + Make(depth - 1, item) + ") -or (" + Make(depth - 1, item) + ")";
      default:
        return item ? "_ " + TextTest(true) : Atom();
    }
  }

 private:
  std::size_t Below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  template <std::size_t N>
  const char* Pick(const char* const (&of)[N]) {
    return of[Below(N)];
  }

  std::string Atom() {
    switch (Below(8)) {
      case 0:
        return std::string("user.accountEnabled ") + Pick({"-eq ", "-ne "}) +
               Pick({"true", "false", "null"});
      case 1:
        return "user.employeeHireDate " + DateTest();
      case 2:
        return "user.otherMails " + TextTest(false);
      case 3:
        return std::string("user.otherMails ") + Pick({"-any (", "-all ("}) + Make(2, true) + ")";
      case 4:
        return std::string("user.objectId ") + Pick({"-eq ", "-ne "}) + Pick({"null", "'a'"});
      default:
        return "user.city " + TextTest(true);
    }
  }

  std::string DateTest() {
    if (Below(4) == 0) return Pick({"-eq null", "-ne null"});
    return std::string(Pick({"-ge ", "-le "})) + Pick({"2001-01-01", "2003-01-01", "2005-01-01"});
  }

  std::string TextTest(bool lists) {
    static constexpr const char* kValues[] = {"'a'", "'ab'", "'b'", "''"};
    if (Below(6) == 0) return Pick({"-eq null", "-ne null"});
    if (lists && Below(6) == 0) {
      return std::string(Pick({"-in [", "-notIn ["})) + Pick(kValues) + ", " + Pick(kValues) + "]";
    }
    return std::string(Pick({"-eq ", "-ne ", "-startsWith ", "-notStartsWith ", "-endsWith ",
                             "-notEndsWith ", "-contains ", "-notContains "})) +
           Pick(kValues);
  }

  std::mt19937 random_;
};

TEST(RuleLintProperty, NobodyAndEverybodyAreTrue) {
  const auto users = AllUsers();
  Rules rules(20261121);
  int nobody = 0;
  int everybody = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = rules.Make(1 + i % 4);
    const auto parsed = Parse(text);
    ASSERT_TRUE(std::holds_alternative<Expression>(parsed)) << text;
    const auto& rule = std::get<Expression>(parsed);
    const auto selects = [&](const User& user) { return Selects(rule, user); };
    for (const auto& lint : FindLints(rule, text)) {
      if (lint.code == "rule-matches-nobody") {
        ++nobody;
        ASSERT_TRUE(std::none_of(users.begin(), users.end(), selects)) << text << lint.message;
      } else if (lint.code == "rule-matches-everybody") {
        ++everybody;
        ASSERT_TRUE(std::all_of(users.begin(), users.end(), selects)) << text << lint.message;
      }
    }
  }
  EXPECT_GT(nobody, 100);
  EXPECT_GT(everybody, 100);
}

}  // namespace
}  // namespace seatkeeper::rule
