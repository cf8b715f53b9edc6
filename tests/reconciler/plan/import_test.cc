#include "reconciler/plan/import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::TestLicense;
using test::TestTenant;
using test::TestUser;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string Condition(const ImportCondition& condition) {
  const auto name =
      condition.property ? rule::Info(*condition.property).rule_name : std::string_view("group");
  return fmt::format("{}={}", name, fmt::join(condition.values, "|"));
}

// "department=Sales & country=FR: E3(-P1) 10; 30 less ada ben", a document a line: with conditions
// the priority, how many are selected and who is excepted; else who is named.
std::vector<std::string> Brief(const Import& described, const ObservedState& observed) {
  const auto names = [&](const std::vector<Row>& rows) {
    std::string text;
    for (const auto row : rows) text += " " + test::NameOf(observed.users.id(row).guid);
    return text;
  };
  std::vector<std::string> lines;
  for (const auto& document : described.documents) {
    std::string line;
    for (const auto& condition : document.conditions) {
      line += (line.empty() ? "" : " & ") + Condition(condition);
    }
    line += line.empty() ? "named:" : ":";
    for (const auto& grant : document.grants) {
      line += " " + observed.products[grant.product].name();
      if (!grant.disabled) continue;
      std::vector<std::string> off;
      for (const auto& plan : *grant.disabled) off.push_back("-" + test::NameOf(plan.guid));
      line += fmt::format("({})", fmt::join(off, " "));
    }
    if (document.priority != 0) line += fmt::format(" {}", document.priority);
    if (!document.conditions.empty()) line += fmt::format("; {}", document.selected);
    if (!document.except.empty()) line += " less" + names(document.except);
    lines.push_back(line + names(document.users));
  }
  return lines;
}

std::vector<std::string> Described(const TestTenant& tenant) {
  const auto observed = tenant.Read();
  return Brief(DescribeTenant(observed), observed);
}

// So many users of a department, called s0, s1, ...
void Add(TestTenant& tenant, const std::string& prefix, int count, const std::string& department,
         const std::vector<TestLicense>& licenses, const std::string& country = "") {
  for (int i = 0; i < count; ++i) {
    tenant.users.push_back({.name = fmt::format("{}{}", prefix, i),
                            .department = department,
                            .licenses = licenses,
                            .country = country});
  }
}

// Sales, Legal and Works, of 40 each.
TestTenant Tenant(const std::vector<TestLicense>& sales, const std::vector<TestLicense>& legal = {},
                  const std::vector<TestLicense>& works = {}) {
  TestTenant tenant{.products = {{.name = "E3", .plans = {"P1", "P2"}}, {.name = "PBI"}}};
  Add(tenant, "s", 40, "Sales", sales);
  Add(tenant, "l", 40, "Legal", legal);
  Add(tenant, "w", 40, "Works", works);
  return tenant;
}

TEST(Import, FindsTheDepartmentThatHasIt) {
  EXPECT_THAT(Described(Tenant({{"E3"}})), ElementsAre("department=Sales: E3; 40"));
}

TEST(Import, ExceptsAndNamesThoseWhoDoNotFit) {
  auto tenant = Tenant({{"E3"}});
  tenant.User("s7").licenses.clear();
  tenant.User("w3").licenses = {{"E3"}};
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales: E3; 40 less s7", "named: E3 w3"));
}

TEST(Import, ProductsOfOneRuleShareADocument) {
  auto tenant = Tenant({{"E3"}, {"PBI"}});
  tenant.User("s7").licenses = {{"E3"}};
  EXPECT_THAT(Described(tenant),
              ElementsAre("department=Sales: E3 PBI; 40 less s7", "named: E3 s7"));
}

TEST(Import, ValuesThatGetTheSameShareADocument) {
  EXPECT_THAT(Described(Tenant({{"E3"}}, {{"E3"}})), ElementsAre("department=Legal|Sales: E3; 80"));
}

TEST(Import, LetterCaseOfAValueDoesNotCount) {
  auto tenant = Tenant({{"E3"}});
  tenant.User("s1").department = "SALES";
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales: E3; 40"));
}

TEST(Import, WhatEverybodyHasIsOneRule) {
  EXPECT_THAT(Described(Tenant({{"E3"}}, {{"E3"}}, {{"E3"}})), ElementsAre(HasSubstr("E3; 120")));
}

TEST(Import, ASecondConditionHasToEarnItsPlace) {
  TestTenant tenant{.products = {{.name = "E3"}}};
  Add(tenant, "a", 30, "Sales", {{"E3"}}, "France");
  Add(tenant, "b", 30, "Sales", {}, "Spain");
  Add(tenant, "c", 30, "Legal", {}, "France");
  Add(tenant, "d", 30, "Legal", {}, "Spain");
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales & country=France: E3; 30"));
  // One exception is named, not explained by another condition.
  auto other = Tenant({{"E3"}});
  for (auto& user : other.users) user.country = user.name == "s0" ? "Spain" : "France";
  other.User("s0").licenses.clear();
  EXPECT_THAT(Described(other), ElementsAre("department=Sales: E3; 40 less s0"));
}

TEST(Import, MembershipOfAGroupExplainsAsWell) {
  auto tenant = Tenant({});
  test::TestGroup pilots{.name = "g", .called = "Pilots"};
  for (const auto* prefix : {"s", "l", "w"}) {
    for (int i = 0; i < 10; ++i) {
      pilots.members.push_back(fmt::format("{}{}", prefix, i));
      tenant.User(pilots.members.back()).licenses = {{"E3"}};
    }
  }
  tenant.groups = {pilots};
  EXPECT_THAT(Described(tenant), ElementsAre("group=Pilots: E3; 30"));
}

TEST(Import, ASmallReasonBesideALargeOneIsFound) {
  TestTenant tenant{.products = {{.name = "E3"}}};
  Add(tenant, "s", 100, "Sales", {{"E3"}});
  Add(tenant, "w", 90, "Works", {});
  Add(tenant, "b", 8, "Board", {{"E3"}});
  EXPECT_THAT(Described(tenant), ElementsAre("department=Board|Sales: E3; 108"));
}

TEST(Import, FewerThanFiveAreNamed) {
  auto tenant = Tenant({});
  Add(tenant, "x", 4, "Board", {{"E3"}});
  EXPECT_THAT(Described(tenant), ElementsAre("named: E3 x0 x1 x2 x3"));
}

TEST(Import, ChanceIsNoRule) {
  // Every second user, whatever they have in common: no department is right for 90 percent.
  auto tenant = Tenant({});
  for (std::size_t i = 0; i < tenant.users.size(); i += 2) {
    tenant.users[i].licenses = {{"E3"}};
  }
  const auto lines = Described(tenant);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("named: E3"));
}

TEST(Import, APropertyThatIsAsGoodAsANameIsNoReason) {
  auto tenant = Tenant({});
  for (std::size_t i = 0; i < tenant.users.size(); ++i) {
    tenant.users[i].department = fmt::format("Team {}", i / 4);
    if (i < 24) tenant.users[i].licenses = {{"E3"}};
  }
  const auto lines = Described(tenant);
  EXPECT_THAT(lines, Not(Contains(HasSubstr("department"))));
}

TEST(Import, TheSetOfServicePlansComesAlong) {
  auto tenant = Tenant({{"E3", {"P1"}}}, {{"E3"}});
  tenant.User("s4").licenses = {{"E3", {"P2"}}};
  EXPECT_THAT(Described(tenant),
              ElementsAre("department=Legal: E3(); 40", "department=Sales: E3(-P1); 40",
                          "named: E3(-P2) 10 s4"));
}

TEST(Import, NobodyHasAnythingOffSoNothingIsSaidOfServicePlans) {
  const auto observed = Tenant({{"E3"}}).Read();
  const auto described = DescribeTenant(observed);
  EXPECT_FALSE(described.documents.at(0).grants.at(0).disabled);
}

TEST(Import, WhatComesFromAGroupIsToldAndNotDescribed) {
  auto tenant = Tenant({{"E3", {}, AssignmentSource::kGroup, "g"}});
  EXPECT_THAT(Described(tenant), IsEmpty());
  const auto inherited = DescribeTenant(tenant.Read()).inherited;
  ASSERT_THAT(inherited, SizeIs(1));
  EXPECT_EQ(inherited[0].users, 40U);
  // Among people who hold it directly they are no exceptions.
  for (int i = 0; i < 30; ++i) tenant.User(fmt::format("s{}", i)).licenses = {{"E3"}};
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales: E3; 40"));
}

TEST(Import, WhoIsAssignedItWithoutASeatIsNotGrantedIt) {
  auto tenant = Tenant({{"E3"}});
  tenant.User("s5").licenses = {
      {.product = "E3", .state = AssignmentState::kError, .error = "CountViolation"}};
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales: E3; 40 less s5"));
  const auto products = DescribeTenant(tenant.Read()).products;
  EXPECT_EQ(products.at(0).seatless, 1U);
}

TEST(Import, AgentsAreNobody) {
  auto tenant = Tenant({{"E3"}});
  tenant.User("s5").type = "#microsoft.graph.agentUser";
  EXPECT_THAT(Described(tenant), ElementsAre("department=Sales: E3; 39"));
}

TEST(Import, AProductThatNobodyCanBeGivenIsAGap) {
  auto tenant = Tenant({{"E3"}});
  tenant.Product("E3").applies_to = "Company";
  EXPECT_THAT(Described(tenant), IsEmpty());
  EXPECT_EQ(DescribeTenant(tenant.Read()).gaps.at(0).holders, 40U);
}

TEST(Import, OnlyTheProductsThatWereAskedFor) {
  const auto observed = Tenant({{"E3"}, {"PBI"}}).Read();
  const auto pbi = *observed.FindProduct(test::IdOf<SkuId>("PBI"));
  EXPECT_THAT(Brief(DescribeTenant(observed, {.only = {pbi}, .named = {}}), observed),
              ElementsAre("department=Sales: PBI; 40"));
  const auto named = Brief(DescribeTenant(observed, {.only = {}, .named = {pbi}}), observed);
  EXPECT_THAT(named, ElementsAre("department=Sales: E3; 40", HasSubstr("named: PBI s0")));
}

}  // namespace
}  // namespace seatkeeper
