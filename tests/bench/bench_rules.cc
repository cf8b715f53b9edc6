#include "tests/bench/bench_rules.h"

#include <stdexcept>
#include <utility>
#include <variant>

#include "policy/rule/parser.h"
#include "tests/bench/bench_tenant.h"
#include "tests/support/rule_builder.h"

namespace seatkeeper::bench {
namespace {

using rule::Expression;
using rule::ItemField;
using rule::Operator;
using rule::Property;
using std::chrono::days;
using test::All;
using test::And;
using test::Any;
using test::Is;
using test::Not;
using test::Now;
using test::Null;
using test::Or;
using test::Text;

// Everyday rules, as people write them.
constexpr const char* kTexts[] = {
    R"(user.accountEnabled -eq true)",
    R"((user.department -eq "Department 7") -and (user.accountEnabled -eq true))",
    R"((user.department -in ["Department 1", "Department 2", "Department 3", "Department 4"]) -and (user.userType -eq "Member"))",
    R"((user.country -eq "Country 3") -and (user.userType -eq "Member") -and (user.accountEnabled -eq true))",
    R"((user.country -in ["Country 1", "Country 5", "Country 9"]) -and -not (user.employeeType -eq "Contractor"))",
    R"(user.jobTitle -startsWith "Senior Engineer")",
    R"((user.jobTitle -contains "nurse") -and (user.accountEnabled -eq true))",
    R"((user.jobTitle -endsWith "17") -or (user.jobTitle -endsWith "18"))",
    R"((user.department -eq null) -and (user.accountEnabled -eq true))",
    R"(user.department -ne null)",
    R"((user.employeeType -eq "Intern") -or (user.employeeType -eq "Temp"))",
    R"((user.userType -eq "Guest") -and (user.accountEnabled -eq true))",
    R"((user.city -eq "City 11") -and (user.department -startsWith "Department 1"))",
    R"((user.physicalDeliveryOfficeName -startsWith "Building 4/") -and (user.userType -eq "Member"))",
    R"((user.extensionAttribute1 -in ["CC-10001", "CC-10002", "CC-10003"]) -and (user.accountEnabled -eq true))",
    R"(user.extensionAttribute1 -startsWith "CC-109")",
    R"((user.usageLocation -eq "FA") -and (user.accountEnabled -eq true))",
    R"((user.jobTitle -contains "Manager") -or (user.jobTitle -contains "Director"))",
    R"((user.department -contains "5") -and (user.country -ne "Country 5"))",
    R"((user.department -eq "Department 8") -and -not (user.jobTitle -contains "Assistant"))",
    R"(-not (user.accountEnabled -eq true))",
    R"((user.department -notIn ["Department 1", "Department 2"]) -and (user.usageLocation -eq "BA"))",
    R"((user.country -startsWith "Country 3") -and (user.employeeType -ne "Service") -and (user.jobTitle -ne null))",
    R"((user.userPrincipalName -endsWith "@contoso.fr") -and (user.userType -eq "Member"))",
    R"(user.userPrincipalName -eq "E.FISCHER500@contoso.com")",
    R"((user.displayName -contains "garcia") -and (user.accountEnabled -eq true))",
    R"(user.displayName -startsWith "Zo")",
    R"((user.mail -contains "smith1") -or (user.mail -contains "martin2"))",
    R"(user.employeeId -startsWith "00042")",
    R"((user.employeeId -ne null) -and (user.department -eq "Department 42"))",
    R"((user.city -in ["City 1", "City 2", "City 3", "City 4", "City 5"]) -and (user.employeeType -eq "Employee"))",
    R"((user.jobTitle -eq "Senior Engineer 12") -and (user.country -eq "Country 9"))",
};

Expression Parsed(const char* text) {
  auto parsed = rule::Parse(text);
  if (auto* rule = std::get_if<Expression>(&parsed)) return std::move(*rule);
  throw std::invalid_argument(text);
}

Expression Enabled() {
  return Is(Property::kAccountEnabled, Operator::kEq,
            rule::Literal{.kind = rule::Literal::Kind::kBoolean, .boolean = true});
}
Expression HasPlan(int plan) {
  return Any(Property::kAssignedPlans,
             And({Is(ItemField::kServicePlanId, Operator::kEq, Text(BenchPlan(plan).ToString())),
                  Is(ItemField::kCapabilityStatus, Operator::kEq, Text("Enabled"))}));
}
Expression Address(Operator op, const char* text) {
  return Any(Property::kProxyAddresses, Is(ItemField::kItem, op, Text(text)));
}

std::vector<BenchRule> TypedRules() {
  const auto department = Is(Property::kDepartment, Operator::kEq, Text("Department 9"));
  return {
      {"hired in the last 90 days", Is(Property::kEmployeeHireDate, Operator::kGe, Now(-days(90)))},
      {"starts within 14 days", And({Is(Property::kEmployeeHireDate, Operator::kLe, Now(days(14))),
                                     Is(Property::kEmployeeHireDate, Operator::kGe, Now())})},
      {"a department's first year",
       And({department, Is(Property::kEmployeeHireDate, Operator::kGe, Now(-days(365)))})},
      {"no hire date", And({Is(Property::kEmployeeHireDate, Operator::kEq, Null()), Enabled()})},
      {"idle for 60 days",
       And({Is(Property::kLastSignIn, Operator::kLe, Now(-days(60))), Enabled()})},
      {"never signed in", And({Is(Property::kLastSignIn, Operator::kEq, Null()), Enabled()})},
      {"address of an acquired company", Address(Operator::kEndsWith, "@fabrikam.example")},
      {"primary address in France",
       Any(Property::kProxyAddresses,
           And({Is(ItemField::kItem, Operator::kStartsWith, Text("SMTP:")),
                Is(ItemField::kItem, Operator::kEndsWith, Text("@contoso.fr"))}))},
      {"addresses contain", Is(Property::kProxyAddresses, Operator::kContains, Text("rossi77"))},
      {"no other mails", Is(Property::kOtherMails, Operator::kEq, Null())},
      {"a service plan", HasPlan(12)},
      {"a service plan in a department", And({HasPlan(30), department})},
      {"all plans enabled", All(Property::kAssignedPlans,
                                Is(ItemField::kCapabilityStatus, Operator::kEq, Text("Enabled")))},
      {"members of two groups", {rule::MemberOf{{BenchGroup(1), BenchGroup(2)}}}},
      {"direct reports", {rule::DirectReports{BenchManager()}}},
      {"title matches", Is(Property::kJobTitle, Operator::kMatch, Text("^(lead|principal) .*1$"))},
      {"name matches",
       And({Is(Property::kDisplayName, Operator::kMatch, Text("(okoye|patel) \\(\\d*7\\)")),
            Enabled()})},
      {"principal name does not match",
       Not(Is(Property::kUserPrincipalName, Operator::kMatch, Text("^svc-")))},
  };
}

}  // namespace

std::vector<BenchRule> BenchRules() {
  std::vector<BenchRule> rules;
  for (const auto* text : kTexts) rules.push_back({text, Parsed(text)});
  for (auto& rule : TypedRules()) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace seatkeeper::bench
