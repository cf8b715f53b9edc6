#include "policy/rule/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/policy/rule/support.h"

namespace seatkeeper::rule {
namespace {

using test::Canonical;
using test::Check;
using test::Refused;

TEST(RuleParser, UnderstandsWhatItReads) {
  const std::pair<const char*, const char*> rows[] = {
      {"user.department -eq \"Finance\"", "user.department -eq \"Finance\""},
      {"USER.Department EQ 'Finance'", "user.department -eq \"Finance\""},
      {"(user.accountEnabled -EQ True)", "user.accountEnabled -eq true"},
      {"user.dirSyncEnabled -ne null", "user.dirSyncEnabled -ne null"},
      {"user.mail -eq \"null\"", "user.mail -eq \"null\""},
      {"user.city -in [\"a\",'b']", "user.city -in [\"a\", \"b\"]"},
      {"user.city -NOTIN[\"a\"]", "user.city -notIn [\"a\"]"},
      {"not user.city eq \"a\" and user.state eq \"b\"",
       "-not user.city -eq \"a\" -and user.state -eq \"b\""},
      {"user.city -eq \"a\" -or user.city -eq \"b\" -and user.city -eq \"c\"",
       "user.city -eq \"a\" -or user.city -eq \"b\" -and user.city -eq \"c\""},
      {"(user.city -eq \"a\" -or user.city -eq \"b\") -and user.city -eq \"c\"",
       "(user.city -eq \"a\" -or user.city -eq \"b\") -and user.city -eq \"c\""},
      {"user.city -eq \"a\" -and (user.city -eq \"b\" -and (user.city -eq \"c\"))",
       "user.city -eq \"a\" -and user.city -eq \"b\" -and user.city -eq \"c\""},
      {"-not (user.city -eq \"a\" -or user.city -eq \"b\")",
       "-not (user.city -eq \"a\" -or user.city -eq \"b\")"},
      {"-not(-not(user.city -eq \"a\"))", "-not -not user.city -eq \"a\""},
      {"user.mailnickname -eq \"x\"", "user.mailNickName -eq \"x\""},
      {"user.objectId -eq \"anything\"", "user.objectId -eq \"anything\""},
      {"user.city\n\t-eq\r\n\"a\"-and user.state -eq\"b\"",
       "user.city -eq \"a\" -and user.state -eq \"b\""},
  };
  for (const auto& [text, canonical] : rows) EXPECT_EQ(Canonical(text), canonical) << text;
}

std::string ValueOf(std::string_view text) {
  const auto parsed = Parse(text);
  const auto* expression = std::get_if<Expression>(&parsed);
  if (expression == nullptr) return "(no rule)";
  return std::get<Comparison>(expression->node).values.at(0).text;
}

TEST(RuleParser, UnescapesText) {
  EXPECT_EQ(ValueOf("user.city -eq \"`\"Skunk`\" Works\""), "\"Skunk\" Works");
  EXPECT_EQ(ValueOf("user.city -eq \"O''Neill\""), "O'Neill");
  EXPECT_EQ(ValueOf("user.city -eq \"O'Neill\""), "O'Neill");
  EXPECT_EQ(ValueOf("user.city -eq 'O''Neill \"x\"'"), "O'Neill \"x\"");
  EXPECT_EQ(ValueOf("user.city -eq \"a`b\""), "a`b");
  EXPECT_EQ(ValueOf("user.city -eq '`'"), "`");
  EXPECT_EQ(ValueOf("user.city -eq \"\""), "");
  EXPECT_EQ(ValueOf("user.city -eq \"Köln – “x”\""), "Köln – “x”");
}

TEST(RuleParser, RefusesWithOffset) {
  const Refused rows[] = {
      {"@@", "rule-empty", 1, "everybody"},
      {"@@ \n", "rule-empty", 1, "empty"},
      {"@@user.departmnet -eq \"a\"", "rule-unknown-property", 15, "`user.department`"},
      {"@@user.officeLocation -eq \"a\"", "rule-unknown-property", 19,
       "user.physicalDeliveryOfficeName"},
      {"@@user.id -eq \"a\"", "rule-unknown-property", 7, "user.objectId"},
      {"@@department -eq \"a\"", "rule-missing-prefix", 10, "user.department"},
      {"@@memberOf -any (x)", "rule-missing-prefix", 8, "user.memberOf"},
      {"@@device.model -eq \"a\"", "rule-device", 12, "not devices"},
      {"@@foo -eq \"a\"", "rule-syntax", 3, "a property must stand here"},
      {"@@\"Sales\" -eq user.department", "rule-syntax", 7, "before the value"},
      {"user.city @@-like \"a\"", "rule-unknown-operator", 5, "-startsWith"},
      {"user.city @@startswth \"a\"", "rule-unknown-operator", 9, "`-startsWith`"},
      {"user.city @@== \"a\"", "rule-unknown-operator", 2, "write -eq"},
      {"user.city @@\"a\"", "rule-syntax", 3, "operator is missing"},
      {"user.city@@", "rule-syntax", 1, "operator is missing"},
      {"user.city @@-and user.state -eq \"a\"", "rule-syntax", 4, "operator is missing"},
      {"user.mail @@-not $null", "rule-syntax", 4, "before a comparison"},
      {"user.city -eq@@", "rule-syntax", 1, "a value is missing"},
      {"user.city -eq @@Sales Team", "rule-unquoted", 5, "\"Sales\""},
      {"user.mail -ne @@$null", "rule-unquoted", 5, "write null"},
      {"user.city -eq @@user.state", "rule-syntax", 10, "with a property"},
      {"user.city -eq @@system.now", "rule-type", 10, "goes with dates"},
      {"user.city -eq @@[\"a\"]", "rule-type", 1, "-in or -notIn"},
      {"user.city -eq @@true", "rule-type", 4, "is text"},
      {"user.city -contains @@null", "rule-type", 4, "-eq or -ne"},
      {"user.city -match @@null", "rule-type", 4, "-eq or -ne"},
      {"user.city -in [\"a\", @@null]", "rule-type", 4, "-eq or -ne"},
      {"user.city -in @@\"a\"", "rule-type", 3, "takes a list"},
      {"user.city -in [@@]", "rule-type", 1, "empty list"},
      {"user.city -in [\"a\",@@]", "rule-syntax", 1, "a value is missing"},
      {"user.city -in [\"a\" @@\"b\"]", "rule-syntax", 3, "a comma or ]"},
      {"user.city -in [\"a\"@@", "rule-syntax", 1, "a comma or ]"},
      {"user.accountEnabled -eq @@\"true\"", "rule-type", 6, "without quotes"},
      {"user.accountEnabled -eq @@1", "rule-type", 1, "true or false"},
      {"user.accountEnabled @@-contains true", "rule-type", 9, "-eq or -ne"},
      {"user.accountEnabled @@-in [true]", "rule-type", 3, "-eq or -ne"},
      {"@@(user.city -eq \"a\"", "rule-syntax", 1, "not closed"},
      {"user.city -eq \"a\"@@)", "rule-syntax", 1, "never opened"},
      {"(user.city -eq \"a\") @@(user.city -eq \"b\")", "rule-syntax", 1, "-and or -or is missing"},
      {"user.city -eq \"a\" @@user.city -eq \"b\"", "rule-syntax", 9, "-and or -or is missing"},
      {"user.city -eq \"a\" @@-xor user.city -eq \"b\"", "rule-unknown-operator", 4, "-and"},
      {"user.city -eq \"a\" @@-adn user.city -eq \"b\"", "rule-unknown-operator", 4, "`-and`"},
      {"user.city -eq \"a\" -and@@", "rule-syntax", 1, "a comparison is missing"},
      {"@@-and user.city -eq \"a\"", "rule-syntax", 4, "before `-and`"},
      {"(@@)", "rule-syntax", 1, "a comparison is missing"},
      {"user.city -eq \"a\" @@-not user.city -eq \"b\"", "rule-syntax", 4,
       "-and or -or is missing"},
      {"@@system.now -ge user.employeeHireDate", "rule-syntax", 10, "before the value"},
      {"user.city -eq @@\"a", "rule-syntax", 1, "no closing \""},
      {"user.city -eq @@\"Köln”", "rule-syntax", 1,
       "right double quotation mark (U+201D) at character 20 of the rule does not close it"},
      {"user.city -eq @@'a", "rule-syntax", 1, "no closing '"},
      {"user.city -eq 'it'@@s old'", "rule-unknown-operator", 1, "' is written ''"},
      {"user.city @@is null", "rule-unknown-operator", 2, "write -eq"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleParser, NamesPastedCharacters) {
  const Refused rows[] = {
      {"user.city @@–eq \"a\"", "rule-typographic", 3, "en dash (U+2013)"},
      {"user.city @@—eq \"a\"", "rule-typographic", 3, "em dash"},
      {"user.city @@−eq \"a\"", "rule-typographic", 3, "minus sign"},
      {"user.city @@‑eq \"a\"", "rule-typographic", 3, "type a hyphen -"},
      {"user.city -eq @@“a”", "rule-typographic", 3, "type a straight quote \""},
      {"user.city -eq @@‘a’", "rule-typographic", 3, "type a straight quote '"},
      {"user.city@@\xC2\xA0-eq \"a\"", "rule-typographic", 2, "type a blank"},
      {"user.otherMails @@–any (_ -eq \"a\")", "rule-typographic", 3, "en dash (U+2013)"},
      {"user.otherMails -any (_ @@–eq \"a\")", "rule-typographic", 3, "en dash (U+2013)"},
      {"user.employeeHireDate -ge system.now @@—plus p1d", "rule-typographic", 3, "em dash"},
      {"user.employeeHireDate -ge 2027@@‑03-31", "rule-typographic", 3, "non-breaking hyphen"},
      {"Direct Reports for @@“a”", "rule-typographic", 3, "U+201C"},
      {"user.memberOf -any (group.objectId -in [@@‘a’])", "rule-typographic", 3, "U+2018"},
      {"user.city -in [@@´a´]", "rule-typographic", 2, "acute accent"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleProperty, TableIsConsistent) {
  EXPECT_EQ(Properties().size(), kPropertyCount);
  for (const auto& info : Properties()) {
    EXPECT_EQ(FindProperty(info.rule_name), info.property);
    EXPECT_EQ(&Info(info.property), &info);
  }
  EXPECT_EQ(FindProperty("EXTENSIONATTRIBUTE15"), Property::kExtensionAttribute15);
  EXPECT_EQ(FindProperty("extensionAttribute16"), std::nullopt);
  EXPECT_TRUE(IsExtensionAttribute(Property::kExtensionAttribute1));
  EXPECT_FALSE(IsExtensionAttribute(Property::kUserType));
}

}  // namespace
}  // namespace seatkeeper::rule
