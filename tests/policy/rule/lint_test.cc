#include "policy/rule/lint.h"

#include <gtest/gtest.h>

#include "policy/rule/parser.h"

namespace seatkeeper::rule {
namespace {

std::vector<Lint> LintsOf(std::string_view text) {
  const auto parsed = Parse(text);
  const auto* rule = std::get_if<Expression>(&parsed);
  EXPECT_NE(rule, nullptr) << text;
  return rule == nullptr ? std::vector<Lint>() : FindLints(*rule, text);
}

std::string Codes(std::string_view text) {
  std::string codes;
  for (const auto& lint : LintsOf(text)) codes += (codes.empty() ? "" : " ") + lint.code;
  return codes;
}

constexpr char kId[] = "3d2a9c41-6f0e-4b8d-9a57-0c1e2f3a4b5c";

TEST(RuleLint, FindsRulesThatMatchNobody) {
  for (const char* rule : {
           "user.city -eq 'a' -and user.city -eq 'b'",
           "user.city -eq 'a' -and user.city -eq null",
           "user.accountEnabled -eq true -and (user.state -eq 'x' -and "
           "user.accountEnabled -eq false)",
           "user.city -eq 'x' -and user.city -in ['a', 'b']",
           "user.city -in ['a', 'b'] -and user.city -in ['c', 'd']",
           "user.city -in ['a', 'b'] -and user.city -notIn ['A', 'B', 'c']",
           "user.city -eq 'a' -and user.city -ne 'A'",
           "user.city -eq 'abc' -and user.city -notContains 'b'",
           "user.city -eq null -and user.city -startsWith 'a'",
           "user.city -eq null -and user.city -match 'a+'",
           "user.city -eq null -and user.city -ne null",
           "-not (user.city -ne 'a') -and user.city -eq 'b'",
           "-not (user.city -eq 'a' -or user.city -ne 'A')",
           "user.city -startsWith 'a' -and user.city -startsWith 'b'",
           "user.city -endsWith 'ab' -and user.city -endsWith 'cb'",
           "user.city -startsWith 'abc' -and user.city -notStartsWith 'ab'",
           "user.city -contains 'abc' -and user.city -notContains 'b'",
           "user.city -match '^a+' -and user.city -notMatch '^a+'",
           "user.city -ne null -and user.city -notContains ''",
           "user.extension_9f1c2d3e4a5b46c7a8d9e0f1a2b3c4d5_x -eq 'a' -and "
           "user.EXTENSION_9f1c2d3e4a5b46c7a8d9e0f1a2b3c4d5_X -eq 'b'",
           "user.accountEnabled -ne true -and user.accountEnabled -ne false -and "
           "user.accountEnabled -ne null",
           "user.objectId -eq null",
           "user.objectId -eq 'lee'",
           "user.city -eq 'a' -and (user.city -eq 'b' -or user.city -eq 'c')",
           "(user.city -eq 'a' -and user.city -eq 'b') -or user.mail -eq null -and user.mail -eq "
           "'x'",
           "user.employeeHireDate -ge 2027-01-01 -and user.employeeHireDate -le 2026-01-01",
           "user.employeeHireDate -ge system.now -and user.employeeHireDate -le system.now -minus "
           "p1d",
           "user.employeeHireDate -eq null -and user.employeeHireDate -le system.now",
           "user.employeeHireDate -ge 2027-01-01 -and -not user.employeeHireDate -ge 2026-01-01",
           "user.otherMails -eq null -and user.otherMails -contains 'a'",
           "user.otherMails -eq null -and user.otherMails -any (_ -contains 'a')",
           "user.otherMails -eq 'abc' -and user.otherMails -notContains 'b'",
           "user.otherMails -any (_ -eq 'a' -and _ -eq 'b')",
           "user.assignedPlans -any (assignedPlan.servicePlanId -eq 'TEAMS1')",
           "-not user.otherMails -all (_ -eq 'a' -or _ -ne 'a')",
           "(user.city -eq 'a' -or user.mail -eq 'b') -and -not (user.city -eq 'a' -or user.mail "
           "-eq 'b')",
       }) {
    EXPECT_EQ(Codes(rule), "rule-matches-nobody") << rule;
  }
}

TEST(RuleLint, FindsRulesThatMatchEverybody) {
  for (const char* rule : {
           "user.city -eq 'a' -or -not user.city -eq 'A'",
           "user.city -eq 'a' -or user.city -ne 'a'",
           "user.city -ne 'a' -or user.city -ne 'b'",
           "user.city -notIn ['a'] -or user.city -notIn ['b'] -or user.mail -eq 'x'",
           "user.objectId -ne null -or user.city -eq 'a'",
           "-not (user.city -eq 'a' -and user.city -eq 'b')",
           "user.accountEnabled -eq true -or user.accountEnabled -ne true",
           "user.employeeHireDate -eq null -or user.employeeHireDate -ne null",
           "user.employeeHireDate -ge system.now -or -not user.employeeHireDate -ge system.now",
           "user.otherMails -all (_ -eq 'a' -or _ -ne 'a')",
           "user.objectId -ne 'lee'",
           "(user.city -eq 'a' -and user.mail -eq 'b') -or -not (user.city -eq 'a' -and user.mail "
           "-eq 'b')",
       }) {
    EXPECT_EQ(Codes(rule), "rule-matches-everybody") << rule;
  }
}

TEST(RuleLint, SaysNothingWhereItIsNotSure) {
  for (const char* rule : {
           "user.objectId -ne null",
           "user.objectId -ne null -and user.userType -eq 'Member'",
           "user.city -eq 'ä' -and user.city -eq 'Ä'",
           "user.city -eq 'a' -or user.city -eq 'b'",
           "user.city -ne 'a' -and user.city -eq 'b'",
           "user.city -eq 'a' -and user.state -eq 'b'",
           "user.city -in ['a', 'b'] -and user.city -in ['B', 'c']",
           "user.city -startsWith 'a' -and user.city -endsWith 'b' -and user.city -contains 'c'",
           "user.city -startsWith 'ab' -and user.city -startsWith 'a'",
           "user.city -startsWith 'a' -and user.city -notStartsWith 'ab'",
           "user.city -notContains 'a' -and user.city -ne 'b'",
           "user.city -notContains ''",
           "user.city -eq 'a' -and user.city -match '(?-i)B+'",
           "user.accountEnabled -ne true -and user.accountEnabled -ne false",
           "user.accountEnabled -eq true -or user.accountEnabled -eq false",
           "user.otherMails -eq 'a' -and user.otherMails -eq 'b'",
           "user.otherMails -startsWith 'a' -and user.otherMails -startsWith 'b'",
           "user.otherMails -any (_ -eq 'a') -and user.otherMails -any (_ -eq 'b')",
           "user.otherMails -all (_ -eq 'a' -and _ -eq 'b')",
           "user.otherMails -ne null -or user.otherMails -any (_ -eq 'a')",
           "user.assignedPlans -all (assignedPlan.servicePlanId -eq null)",
           "user.employeeHireDate -ge system.now -and user.employeeHireDate -le 2020-01-01",
           "user.employeeHireDate -ge system.now -or user.employeeHireDate -le system.now",
           "user.employeeHireDate -ge 2027-01-01 -and user.employeeHireDate -le 2027-01-01",
           "-not user.employeeHireDate -ge 2027-01-01 -and -not user.employeeHireDate -le "
           "2027-02-01",
           "user.city -eq 'a' -and (user.city -eq 'b' -or user.mail -eq 'c')",
       }) {
    EXPECT_EQ(Codes(rule), "") << rule;
  }
  EXPECT_EQ(Codes("user.objectId -eq '" + std::string(kId) + "'"), "");
  EXPECT_EQ(Codes("Direct Reports for '" + std::string(kId) + "'"), "");
}

TEST(RuleLint, SaysWhyAndWhere) {
  const std::string rule = "user.state -eq 'x' -and (user.city -eq 'a' -and user.city -eq null)";
  const auto lints = LintsOf(rule);
  ASSERT_EQ(lints.size(), 1U);
  EXPECT_EQ(lints[0].message, "no user matches: the conditions on user.city exclude each other");
  EXPECT_EQ(lints[0].offset, rule.rfind("user.city"));
  EXPECT_EQ(lints[0].length, 9U);
  const std::string item = "user.assignedPlans -any (assignedPlan.servicePlanId -eq 'TEAMS1')";
  EXPECT_EQ(LintsOf(item).at(0).offset, item.find("assignedPlan."));
  EXPECT_NE(LintsOf(item).at(0).hint.find("always a GUID"), std::string::npos);
  EXPECT_EQ(LintsOf("user.objectId -eq null").at(0).message,
            "no user matches: what it asks of user.objectId can never hold");
}

// What a -match says better; empty when it stays.
std::string Plainer(std::string_view comparison) {
  for (const auto& lint : LintsOf(comparison)) {
    if (lint.code == "rule-plainer") return lint.hint;
  }
  return "";
}

TEST(RuleLint, ReplacesExpressionsThatArePlainText) {
  const std::pair<const char*, const char*> rows[] = {
      {"user.city -match 'abc'", "write user.city -contains \"abc\""},
      {"user.city -match '^abc'", "write user.city -startsWith \"abc\""},
      {"user.city -match 'abc$'", "write user.city -endsWith \"abc\""},
      {"user.city -match '^abc$'", "write user.city -eq \"abc\""},
      {"user.city -match '^abc.*'", "write user.city -startsWith \"abc\""},
      {"user.city -match '.*abc$'", "write user.city -endsWith \"abc\""},
      {"user.city -match '.*abc.*'", "write user.city -contains \"abc\""},
      {"user.city -match '(?i)abc'", "write user.city -contains \"abc\""},
      {"user.displayName -notMatch '^svc-.*'", "write user.displayName -notStartsWith \"svc-\""},
      {"user.mail -notMatch '@contoso\\.com$'", "write user.mail -notEndsWith \"@contoso.com\""},
      {"user.city -notMatch '^$'", "write user.city -ne \"\""},
      {"user.city -match '.*'", "write user.city -ne null"},
      {"user.city -notMatch ''", "write user.city -eq null"},
      {"user.city -match '\\$'", "write user.city -contains \"$\""},
      {"user.city -match '\\\\$'", "write user.city -endsWith \"\\\""},
      {"user.otherMails -any (_ -match '@x$')", "write _ -endsWith \"@x\""},
      {"user.city -match '^C[0-9]{5}$'", ""},
      {"user.city -match '^a|b$'", ""},
      {"user.city -match 'a.c'", ""},
      {"user.city -match '^.*abc'", ""},
      {"user.city -match 'abc.*$'", ""},
      {"user.city -match '\\d'", ""},
      {"user.city -match '\\bx'", ""},
      {"user.city -match 'a?'", ""},
  };
  for (const auto& [rule, hint] : rows) EXPECT_EQ(Plainer(rule), hint) << rule;
}

TEST(RuleLint, NamesWhatEntraDoesNotKnowOnceAtItsPlace) {
  const std::string rule =
      "user.city -eq 'a' -or user.employeeType -eq 'a' -or user.employeeType -eq 'b'";
  const auto lints = LintsOf(rule);
  ASSERT_EQ(lints.size(), 1U);
  EXPECT_EQ(lints[0].code, "rule-not-in-entra");
  EXPECT_EQ(lints[0].offset, rule.find("user.employeeType"));
  EXPECT_EQ(Codes("user.createdDateTime -le 2024-01-01 -and "
                  "user.signInActivity.lastSignInDateTime -eq null"),
            "rule-not-in-entra rule-not-in-entra");
}

TEST(RuleLint, NamesPropertiesInOtherLetterCase) {
  const std::string rule =
      "user.mail -eq 'USER.City' -or User.City -eq 'a' -or user.proxyaddresses -any (_ -eq 'b') "
      "-or User.City -eq 'c'";
  const auto lints = LintsOf(rule);
  ASSERT_EQ(lints.size(), 2U);
  EXPECT_EQ(lints[0].code, "rule-property-case");
  EXPECT_EQ(lints[0].hint, "write user.city");
  EXPECT_EQ(lints[0].offset, rule.find("User.City"));
  EXPECT_EQ(lints[1].hint, "write user.proxyAddresses");
  EXPECT_EQ(Codes("user.memberof -any (group.objectID -in ['" + std::string(kId) + "'])"),
            "rule-property-case rule-property-case");
  EXPECT_EQ(Codes("user.assignedPlans -any (assignedplan.service -EQ 'a')"), "rule-property-case");
  EXPECT_EQ(Codes("user.extension_9F1C2D3E4A5B46C7A8D9E0F1A2B3C4D5_X eq 'a'"), "");
}

TEST(RuleLint, WithoutTheTextThereAreFindingsButNoPlaces) {
  const auto parsed = Parse("user.City -match 'a' -and user.employeeType -eq 'b'");
  const auto lints = FindLints(std::get<Expression>(parsed));
  ASSERT_EQ(lints.size(), 2U);
  EXPECT_FALSE(lints[0].offset || lints[1].offset);
}

}  // namespace
}  // namespace seatkeeper::rule
