// The whole language, class by class: what each part of it means, and how its misuse is refused.

#include <gtest/gtest.h>

#include <string>

#include "policy/rule/special.h"
#include "tests/policy/rule/support.h"

namespace seatkeeper::rule {
namespace {

using test::Canonical;
using test::Check;
using test::Refused;

constexpr char kId[] = "3d2a9c41-6f0e-4b8d-9a57-0c1e2f3a4b5c";
constexpr char kOther[] = "7b61f0aa-20d4-4c52-8f11-5d9e8c7b6a54";

std::string MemberOfRule(const std::string& ids) {
  return "user.memberOf -any (group.objectId -in [" + ids + "])";
}

// A rule and its canonical text.
struct Row {
  std::string rule;
  std::string canonical;
};

TEST(RuleLanguage, EveryOperatorWithAndWithoutItsHyphenInAnyCase) {
  for (const char* op : {"-eq", "-ne", "-startsWith", "-notStartsWith", "-endsWith", "-notEndsWith",
                         "-contains", "-notContains", "-match", "-notMatch"}) {
    const std::string canonical = "user.city " + std::string(op) + " \"x\"";
    EXPECT_EQ(Canonical(canonical), canonical);
    EXPECT_EQ(Canonical("user.city " + std::string(op + 1) + " 'x'"), canonical);
    std::string upper(op);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(Canonical("user.city " + upper + "\"x\""), canonical);
  }
  const Row rows[] = {
      {"user.employeeHireDate GE system.now", "user.employeeHireDate -ge system.now"},
      {"user.employeeHireDate -LE system.now", "user.employeeHireDate -le system.now"},
      {"user.city in ['a'] AND NOT user.city notin ['b'] Or user.mail eq null",
       "user.city -in [\"a\"] -and -not user.city -notIn [\"b\"] -or user.mail -eq null"},
      {"user.otherMails ANY(_ eq 'a')", "user.otherMails -any (_ -eq \"a\")"},
      {"user.otherMails -All (_ -ne 'a')", "user.otherMails -all (_ -ne \"a\")"},
      {"user.employeeHireDate -ge SYSTEM.NOW plus P1D",
       "user.employeeHireDate -ge system.now -plus p1d"},
      {"user.employeeHireDate -ge system.now MINUS p1d",
       "user.employeeHireDate -ge system.now -minus p1d"},
  };
  for (const auto& row : rows) EXPECT_EQ(Canonical(row.rule), row.canonical) << row.rule;
}

TEST(RuleLanguage, Lists) {
  const Row rows[] = {
      {"user.proxyAddresses -notEndsWith '@x'", "user.proxyAddresses -notEndsWith \"@x\""},
      {"user.otherMails -contains '@x'", "user.otherMails -contains \"@x\""},
      {"user.otherMails -match '@x$'", "user.otherMails -match \"@x$\""},
      {"user.otherMails -eq null", "user.otherMails -eq null"},
      {"user.otherMails -any (_ -in ['a','b'])", "user.otherMails -any (_ -in [\"a\", \"b\"])"},
      {"user.othermails -any (((_ -eq 'a' -or not _ -match 'b')) -and (_ -ne 'c'))",
       "user.otherMails -any ((_ -eq \"a\" -or -not _ -match \"b\") -and _ -ne \"c\")"},
      {"-not user.otherMails -all (_ -eq 'a') -and user.city -eq 'b'",
       "-not user.otherMails -all (_ -eq \"a\") -and user.city -eq \"b\""},
      {"user.assignedPlans -any (ASSIGNEDPLAN.serviceplanid -eq 'a' -and "
       "assignedPlan.capabilityStatus -eq 'Enabled' -and assignedPlan.service -startsWith 'x')",
       "user.assignedPlans -any (assignedPlan.servicePlanId -eq \"a\" -and "
       "assignedPlan.capabilityStatus -eq \"Enabled\" -and assignedPlan.service -startsWith "
       "\"x\")"},
      {"user.assignedPlans -all (assignedPlan.servicePlanId -eq null)",
       "user.assignedPlans -all (assignedPlan.servicePlanId -eq null)"},
  };
  for (const auto& row : rows) EXPECT_EQ(Canonical(row.rule), row.canonical) << row.rule;
}

TEST(RuleLanguage, ListsRefused) {
  const Refused rows[] = {
      {"user.proxyAddresses -any @@_ -startsWith \"a\"", "rule-syntax", 1,
       "write user.proxyAddresses -any (_ -endsWith"},
      {"user.otherMails -any@@", "rule-syntax", 1, "parenthesis must stand here"},
      {"user.otherMails -any @@[_ -eq 'a']", "rule-syntax", 1, "parenthesis must stand here"},
      {"user.otherMails -any @@(_ -eq 'a'", "rule-syntax", 1, "not closed"},
      {"user.otherMails -any (@@)", "rule-syntax", 1, "a comparison is missing"},
      {"user.otherMails @@-in ['a']", "rule-type", 3, "write user.otherMails -any (_ -in [...])"},
      {"user.otherMails @@-notIn ['a']", "rule-type", 6,
       "write user.otherMails -all (_ -notIn [...])"},
      {"user.otherMails @@-ge 'a'", "rule-type", 3, "compare dates"},
      {"user.otherMails -contains @@true", "rule-type", 4, "is text"},
      {"user.assignedPlans @@-eq null", "rule-type", 3, "-any (assignedPlan.servicePlanId"},
      {"user.assignedPlans @@-contains 'x'", "rule-type", 9, "it is a list"},
      {"user.city @@-any (_ -eq 'a')", "rule-type", 4, "user.city holds one value"},
      {"user.accountEnabled @@-all (_ -eq true)", "rule-type", 4, "holds one value"},
      {"user.otherMails -any (_ @@-any (_ -eq 'a'))", "rule-type", 4, "`-any` is for lists"},
      {"user.otherMails -any (_ @@-ge 'a')", "rule-type", 3, "compare dates"},
      {"user.otherMails -any (_ -eq @@true)", "rule-type", 4, "_ is text"},
      {"user.assignedPlans -any (@@assignedPlan.planName -eq 'a')", "rule-item", 21,
       "servicePlanId, service and capabilityStatus"},
      {"user.assignedPlans -any (@@assignedPlan.servicePlan -eq 'a')", "rule-item", 24,
       "did you mean `assignedPlan.servicePlanId`?"},
      {"user.assignedPlans -any (@@_ -eq 'a')", "rule-item", 1, "write assignedPlan.servicePlanId"},
      {"user.otherMails -any (@@assignedPlan.service -eq 'a')", "rule-item", 20, "write _"},
      {"user.otherMails -any (@@user.city -eq 'a')", "rule-item", 9, "outside the parentheses"},
      {"user.otherMails -any (@@user.otherMails -any (_ -eq 'a'))", "rule-item", 15, "outside"},
      {"user.otherMails -any (_ -eq 'a' -and @@city -eq 'b')", "rule-item", 4, "is no item of"},
      {"@@_ -eq 'a'", "rule-item", 1, "only inside -any (...) or -all (...)"},
      {"user.otherMails -any (_ -eq 'a') -and @@_ -eq 'b'", "rule-item", 1, "only inside"},
      {"@@assignedPlan.service -eq 'a'", "rule-item", 20,
       "write user.assignedPlans -any (assignedPlan.service"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleLanguage, Names) {
  const std::string extension = "extension_9F1c2d3e4a5b46c7a8d9e0f1a2b3c4d5_badge_Class2";
  const Row rows[] = {
      {"USER." + extension + " -eq 'x'", "user." + extension + " -eq \"x\""},
      {"user.EXTENSIONATTRIBUTE15 -eq 'x'", "user.extensionAttribute15 -eq \"x\""},
      {"user.telephonenumber -ne null", "user.telephoneNumber -ne null"},
      {"user.signinactivity.lastsignindatetime -eq null",
       "user.signInActivity.lastSignInDateTime -eq null"},
      {"user.employeeType -eq 'x'", "user.employeeType -eq \"x\""},
  };
  for (const auto& row : rows) EXPECT_EQ(Canonical(row.rule), row.canonical) << row.rule;
}

TEST(RuleLanguage, NamesRefused) {
  const char* unknown = "rule-unknown-property";
  const Refused rows[] = {
      {"@@user.extensionAttribute16 -eq 'x'", unknown, 25,
       "user.extensionAttribute1 to user.extensionAttribute15"},
      {"@@user.extension_9f1c_badge -eq 'x'", unknown, 25, "in 32 digits without hyphens"},
      {"@@user.extension_9f1c2d3e-4a5b-46c7-a8d9-e0f1a2b3c4d5_badge -eq 'x'", unknown, 57,
       "without hyphens"},
      {"@@user.extension_9f1c2d3e4a5b46c7a8d9e0f1a2b3c4d5_ -eq 'x'", unknown, 48, "its name"},
      {"@@user.onPremisesExtensionAttributes.extensionAttribute3 -eq 'x'", unknown, 54,
       "called user.extensionAttribute3"},
      {"@@user.onPremisesExtensionAttributes -eq 'x'", unknown, 34, "user.extensionAttribute1 to"},
      {"@@user.mobilePhone -eq 'x'", unknown, 16, "called user.mobile"},
      {"@@user.businessPhones -eq 'x'", unknown, 19, "called user.telephoneNumber"},
      {"@@user.faxNumber -eq 'x'", unknown, 14, "called user.facsimileTelephoneNumber"},
      {"@@user.onPremisesSyncEnabled -eq true", unknown, 26, "called user.dirSyncEnabled"},
      {"@@user.imAddresses -eq 'x'", unknown, 16, "called user.sipProxyAddress"},
      {"@@user.lastSignInDateTime -le system.now", unknown, 23,
       "user.signInActivity.lastSignInDateTime"},
      {"@@user.signInActivity -eq null", unknown, 19, "lastSuccessfulSignInDateTime"},
      {"@@user.manager -eq 'x'", unknown, 12, "Direct Reports for"},
      {"@@user.assignedLicenses -any (x)", unknown, 21, "assignedPlan.servicePlanId"},
      {"@@officeLocation -eq 'x'", "rule-missing-prefix", 14,
       "write user.physicalDeliveryOfficeName"},
      {"@@signInActivity.lastSignInDateTime -eq null", "rule-missing-prefix", 33,
       "write user.signInActivity.lastSignInDateTime"},
      {"@@group.objectId -in ['x']", "rule-syntax", 14, "only after user.memberOf"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleLanguage, Dates) {
  const Row rows[] = {
      {"user.employeehiredate -ge system.now -plus p1d",
       "user.employeeHireDate -ge system.now -plus p1d"},
      {"user.employeeHireDate -ge system.now -minus P1W",
       "user.employeeHireDate -ge system.now -minus p7d"},
      {"user.employeeHireDate -ge system.now -plus p0d", "user.employeeHireDate -ge system.now"},
      {"user.employeeHireDate -le 2027-03-31", "user.employeeHireDate -le 2027-03-31T00:00:00Z"},
      {"user.employeeHireDate -le \"2027-03-31T10:00:00+02:00\"",
       "user.employeeHireDate -le 2027-03-31T08:00:00Z"},
      {"user.createdDateTime -le 2024-01-01t00:00:00z",
       "user.createdDateTime -le 2024-01-01T00:00:00Z"},
      {"user.employeeHireDate -eq null -or user.createdDateTime -ne null",
       "user.employeeHireDate -eq null -or user.createdDateTime -ne null"},
      {"(user.signInActivity.lastSuccessfulSignInDateTime -le system.now -minus pt12h)",
       "user.signInActivity.lastSuccessfulSignInDateTime -le system.now -minus pt12h"},
  };
  for (const auto& row : rows) EXPECT_EQ(Canonical(row.rule), row.canonical) << row.rule;
}

TEST(RuleLanguage, DatesRefused) {
  const Refused rows[] = {
      {"user.department @@-ge \"M\"", "rule-type", 3, "-ge and -le compare dates"},
      {"user.employeeHireDate @@-gt system.now", "rule-unknown-operator", 3, "write -ge"},
      {"user.employeeHireDate @@lt system.now", "rule-unknown-operator", 2, "write -le"},
      {"user.employeeHireDate @@>= system.now", "rule-unknown-operator", 2, "write -ge"},
      {"user.employeeHireDate @@-contains \"2027\"", "rule-type", 9, "compare it with -ge or -le"},
      {"user.employeeHireDate @@-in [2027-01-01]", "rule-type", 3, "it is a date"},
      {"user.employeeHireDate -eq @@2027-01-01", "rule-type", 10, "with null only"},
      {"user.employeeHireDate -ne @@system.now", "rule-type", 10, "with null only"},
      {"user.employeeHireDate -ge @@null", "rule-type", 4, "-eq or -ne"},
      {"user.employeeHireDate -ge @@yesterday", "rule-date", 9, "is not a date"},
      {"user.employeeHireDate -ge @@\"31.3.2027\"", "rule-date", 11, "as in 2027-03-31"},
      {"user.employeeHireDate -ge @@2027-02-30", "rule-date", 10, "no such day"},
      {"user.employeeHireDate -ge @@2027-02-03T10:00:00", "rule-date", 19, "add Z for UTC"},
      {"user.employeeHireDate -ge @@\"system.now\"", "rule-date", 12, "leave the quotes out"},
      {"user.employeeHireDate -ge @@true", "rule-type", 4, "is a date"},
      {"user.employeeHireDate -ge @@[2027-01-01]", "rule-type", 1, "takes one value"},
      {"user.employeeHireDate -ge @@user.createdDateTime", "rule-syntax", 20, "with a property"},
      {"user.employeeHireDate -ge system.now -plus @@1d", "rule-date", 2, "as in p30d"},
      {"user.employeeHireDate -ge system.now -plus @@p1m", "rule-date", 3, "differ in length"},
      {"user.employeeHireDate -ge system.now -minus @@P1Y", "rule-date", 3, "write days"},
      {"user.employeeHireDate -ge system.now -plus@@", "rule-syntax", 1, "a duration is missing"},
      {"user.employeeHireDate -ge system.now -plus @@\"p1d\"", "rule-syntax", 5, "without quotes"},
      {"user.employeeHireDate -ge system.now -plus p1d @@-minus pt1h", "rule-unknown-operator", 6,
       "stand once"},
      {"user.employeeHireDate -ge 2027-01-01 @@-plus p1d", "rule-unknown-operator", 5,
       "after system.now"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleLanguage, RegularExpressionsAreCheckedAtLoad) {
  EXPECT_EQ(Canonical("user.employeeId -match \"^C[0-9]{5}$\""),
            "user.employeeId -match \"^C[0-9]{5}$\"");
  EXPECT_EQ(Canonical("user.otherMails -all (_ -notMatch 'O''(a|b)`')"),
            "user.otherMails -all (_ -notMatch 'O''(a|b)`')");
  const Refused rows[] = {
      {"user.mail -match @@\"*@contoso.example\"", "rule-regex", 19, "no argument for repetition"},
      {"user.mail -match @@\"*@contoso.example\"", "rule-regex", 19, "leave it out"},
      {"user.mail -notMatch @@\"(a\"", "rule-regex", 4, "missing )"},
      {"user.mail -match @@\"[a\"", "rule-regex", 4, "missing ]"},
      {"user.otherMails -any (_ -match @@\"a**\")", "rule-regex", 5, "bad repetition operator"},
      {"user.mail -match @@\"^(?!svc-)\"", "rule-regex", 11,
       "no negative lookahead; only .NET has"},
      {"user.mail -match @@\"(?<=a)b\"", "rule-regex", 9, "no lookbehind; only .NET has"},
      {"user.mail -match @@\"(a)\\1\"", "rule-regex", 7, "no back-references; only .NET has"},
      {"user.mail -match @@\"(?<name>a)\"", "rule-regex", 12, "no use for the name"},
      {"user.mail -match @@\"[a-z-[aeiou]]\"", "rule-regex", 15, "no subtraction in brackets"},
      {"user.mail -match @@\"\\u00e9\"", "rule-regex", 8, "\\x{00E9}"},
      {"user.mail -match @@\"" + std::string(200, '(') + "\"", "rule-regex", 202, "missing )"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleLanguage, RulesThatStandAlone) {
  const std::string id = kId;
  const Row rows[] = {
      {MemberOfRule("'" + id + "'"), MemberOfRule("'" + id + "'")},
      {"USER.memberof ANY(GROUP.objectid IN[\"" + id + "\",'" + kOther + "'])",
       MemberOfRule("'" + id + "', '" + kOther + "'")},
      {"(" + MemberOfRule("'" + id + "'") + ")", MemberOfRule("'" + id + "'")},
      {"direct REPORTS For '3D2A9C41-6F0E-4B8D-9A57-0C1E2F3A4B5C'",
       "Direct Reports for \"" + id + "\""},
  };
  for (const auto& row : rows) EXPECT_EQ(Canonical(row.rule), row.canonical) << row.rule;
}

TEST(RuleLanguage, RulesThatStandAloneRefused) {
  const std::string id = "'" + std::string(kId) + "'";
  const std::string reports = "Direct Reports for " + id;
  const Refused rows[] = {
      {"@@" + reports + " -and user.accountEnabled -eq true", "rule-not-alone", 6,
       "must be the whole rule"},
      {"user.accountEnabled -eq true -or (@@" + reports + ")", "rule-not-alone", 6, "`where`"},
      {"-not @@" + MemberOfRule(id), "rule-not-alone", 13, "must be the whole rule"},
      {"@@" + MemberOfRule(id) + " -or " + reports, "rule-not-alone", 13, "a policy for each"},
      {"user.otherMails -any (@@user.memberOf -any (group.objectId -in [" + id + "]))", "rule-item",
       13, "outside"},
      {"user.memberOf -any (group.objectId @@-notIn [" + id + "])", "rule-member-of", 6,
       "its only form"},
      {"user.memberOf @@-all (group.objectId -in [" + id + "])", "rule-member-of", 4, "-any must"},
      {"user.memberOf @@-eq " + id, "rule-member-of", 3, "its only form"},
      {"user.memberOf -any @@group.objectId -in [" + id + "]", "rule-member-of", 14, "( must"},
      {"user.memberOf -any (@@group.displayName -in [" + id + "])", "rule-member-of", 17,
       "group.objectId must stand here"},
      {"user.memberOf -any (group.objectId -in @@" + id + ")", "rule-member-of", 38, "[ must"},
      {"user.memberOf -any (group.objectId -in [@@])", "rule-syntax", 1, "an object id in quotes"},
      {"user.memberOf -any (group.objectId -in [@@'All staff'])", "rule-not-an-id", 11,
       "`All staff` is not an object id"},
      {"user.memberOf -any (group.objectId -in [" + id + " @@" + id + "])", "rule-member-of", 38,
       "a comma or ]"},
      {"user.memberOf -any (group.objectId -in [" + id + "] @@-or x)", "rule-member-of", 3,
       ") must"},
      {"user.memberOf -any (group.objectId -in [" + id + "]@@", "rule-member-of", 1, ") must"},
      {"@@Direct -eq 'x'", "rule-syntax", 6, "a property must stand here"},
      {"Direct Reports @@" + id, "rule-syntax", 38, "`for` must stand here"},
      {"Direct Reports for @@" + std::string(kId), "rule-syntax", 36, "in quotes"},
      {"Direct Reports for @@'lee@contoso.com'", "rule-not-an-id", 17, "looks like"},
      {"Direct Reports for @@'{" + std::string(kId) + "}'", "rule-not-an-id", 40, "braces"},
      {reports + " @@" + reports, "rule-unknown-operator", 6, "-and or -or must stand here"},
  };
  for (const auto& row : rows) Check(row);
}

TEST(RuleLanguage, AtMostFiftyGroups) {
  std::string ids = "'" + std::string(kId) + "'";
  for (std::size_t i = 1; i < kMaxMemberOfGroups; ++i) ids += ",'" + std::string(kId) + "'";
  const auto parsed = Parse(MemberOfRule(ids));
  ASSERT_TRUE(std::holds_alternative<Expression>(parsed));
  EXPECT_EQ(std::get<MemberOf>(std::get<Expression>(parsed).node).groups.size(), 50U);
  Check({MemberOfRule(ids + "@@,'" + kOther + "'"), "rule-member-of", 1, "at most 50 groups"});
}

}  // namespace
}  // namespace seatkeeper::rule
