#include "daemon/policy_test_run.h"

#include <gmock/gmock.h>

#include <string>

#include "policy/load.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)};

std::string Document(std::string_view kind, std::string_view spec) {
  return "apiVersion: seatkeeper/v1\nkind: " + std::string(kind) +
         "\nmetadata: {name: " + std::string(kind == "PolicyTest" ? "t" : "p") + "}\nspec:\n" +
         std::string(spec) + "\n---\n";
}

std::string Grant(std::string_view spec) {
  return Document("LicensePolicy", "  " + std::string(spec));
}

std::string Managed(std::string_view product, std::string_view more = "management: full") {
  return "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: " +
         std::string(product) + "}\nspec: {product: " + std::string(product) + ", " +
         std::string(more) + "}\n---\n";
}

constexpr std::string_view kSales =
    "{subjects: {rule: user.department -eq \"Sales\"}, licenses: [{product: SPE_E3}]}";

// Runs the only test of the files.
PolicyTestOutcome RunTest(const std::string& text, std::string_view test) {
  const auto loaded =
      LoadPolicies({{.path = "p.yaml", .text = text + Document("PolicyTest", test)}}, {});
  EXPECT_TRUE(loaded.ok());
  for (const auto& finding : loaded.diagnostics) {
    EXPECT_NE(finding.severity, Severity::kError) << finding.message;
  }
  const auto lifted = WithoutLimits(loaded.policies);
  return RunPolicyTest(loaded.policies.policy_tests.at(0), lifted, "contoso", ProductCatalog(),
                       kToday);
}

// What a test has to complain about, a message a line; empty: it passes.
std::string Complaints(const std::string& text, std::string_view test) {
  std::string messages;
  const auto outcome = RunTest(text, test);
  for (const auto& finding : outcome.findings) messages += finding.message + "\n";
  return messages;
}

TEST(PolicyTestRun, PassesWhereUsersHoldWhatIsExpectedAndNothingElse) {
  const std::string users =
      "  users: [{userPrincipalName: ada@x.y, department: Sales}, {userPrincipalName: bo@x.y}]\n";
  EXPECT_EQ(Complaints(Grant(kSales), users + "  expect:\n"
                                              "    - {user: ada@x.y, licenses: [SPE_E3], by: p}\n"
                                              "    - {user: bo@x.y, licenses: []}"),
            "");
  EXPECT_EQ(Complaints(Grant(kSales), users + "  expect:\n"
                                              "    - {user: ada@x.y, licenses: []}\n"
                                              "    - {user: bo@x.y, licenses: [SPE_E3]}"),
            "`ada@x.y` holds SPE_E3, which is not expected\n`bo@x.y` does not hold SPE_E3\n");
}

TEST(PolicyTestRun, SaysWhereAndWhyAnExpectationFails) {
  const auto outcome = RunTest(Grant(kSales),
                               "  users: [{userPrincipalName: bo@x.y, department: IT}]\n"
                               "  expect: [{user: bo@x.y, licenses: [SPE_E3]}]");
  ASSERT_EQ(outcome.findings.size(), 1U);
  const auto& finding = outcome.findings.front();
  EXPECT_EQ(ToString(finding.at), "p.yaml:12:38");
  EXPECT_EQ(finding.length, 6);
  EXPECT_THAT(finding.hint, AllOf(HasSubstr("granted by p (p.yaml:5:"), HasSubstr("the rule"),
                                  HasSubstr("does not match")));
  EXPECT_FALSE(outcome.passed());
}

TEST(PolicyTestRun, ProductsAreComparedByWhatTheyAreAndNotByHowTheyAreWritten) {
  EXPECT_EQ(Complaints(Grant(kSales),
                       "  users: [{userPrincipalName: ada@x.y, department: sales}]\n"
                       "  expect: [{user: ADA@x.y, licenses: [Microsoft 365 E3]}]"),
            "");
}

TEST(PolicyTestRun, WhatIsUnwantedGoesWhenItHasWaited) {
  const auto policies =
      Grant(kSales) + Managed("SPE_E3", "management: full, unassign: {after: 30d}");
  const auto leaver = [](const std::string& waited, const std::string& licenses) {
    return "  users: [{userPrincipalName: bo@x.y, department: IT}]\n"
           "  holds: [{user: bo@x.y, product: SPE_E3}]\n" +
           waited + "  expect: [{user: bo@x.y, licenses: " + licenses + "}]";
  };
  EXPECT_EQ(Complaints(policies, leaver("", "[]")), "");
  EXPECT_EQ(Complaints(policies, leaver("  waited: 30d\n", "[]")), "");
  EXPECT_EQ(Complaints(policies, leaver("  waited: 29d\n", "[SPE_E3]")), "");
  EXPECT_EQ(Complaints(Grant(kSales), leaver("", "[SPE_E3]")), "") << "assign-only takes nothing";
}

TEST(PolicyTestRun, LimitsOnAmountsAndWindowsAreNotTested) {
  std::string users = "  users:\n";
  std::string holds = "  holds:\n";
  std::string expect = "  expect:\n";
  for (int i = 0; i < 40; ++i) {
    const auto name = "u" + std::to_string(i) + "@x.y";
    users += "    - {userPrincipalName: " + name + "}\n";
    holds += "    - {user: " + name + ", product: SPE_E3}\n";
    expect += "    - {user: " + name + ", licenses: []}\n";
  }
  const auto policies =
      Grant(kSales) + Managed("SPE_E3") +
      Document("Guardrails",
               "  maxChanges: 1\n  freezes: [{from: 2026-01-01, to: 2027-12-31}]\n"
               "  maxUnassign: {seats: 1}");
  EXPECT_EQ(Complaints(policies, users + holds + expect), "");
}

TEST(PolicyTestRun, WhatNoApprovalReleasesIsTested) {
  const std::string test =
      "  users: [{userPrincipalName: ceo@x.y}, {userPrincipalName: bo@x.y}]\n"
      "  groups: [{displayName: Break Glass, members: [bo@x.y]}]\n"
      "  holds: [{user: ceo@x.y, product: SPE_E3}, {user: bo@x.y, product: SPE_E3}]\n";
  const auto guarded = [&](const std::string& limit) {
    return Grant(kSales) + Managed("SPE_E3") + Document("Guardrails", limit);
  };
  EXPECT_EQ(Complaints(guarded("  protected: {users: [ceo@x.y, cfo@x.y], groups: [Break Glass]}"),
                       test + "  expect: [{user: ceo@x.y, licenses: [SPE_E3]}, {user: bo@x.y, "
                              "licenses: [SPE_E3]}]"),
            "");
  EXPECT_EQ(Complaints(guarded("  mailboxLoss: deny"),
                       test + "  expect: [{user: ceo@x.y, licenses: [SPE_E3]}]"),
            "");
  EXPECT_EQ(Complaints(guarded("  mailboxLoss: approve"),
                       test + "  expect: [{user: ceo@x.y, licenses: []}]"),
            "");
}

TEST(PolicyTestRun, SeatsThatAreCountedRunOut) {
  const auto policies =
      Grant(
          "{priority: 1, subjects: {rule: user.department -eq \"Sales\"}, licenses: [{product: "
          "SPE_E5}]}") +
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: l}\n"
      "spec: {products: [SPE_E5, SPE_E3], fallback: true}\n---\n";
  const std::string users =
      "  users: [{userPrincipalName: a@x.y, department: Sales}, {userPrincipalName: b@x.y, "
      "department: Sales}]\n";
  EXPECT_EQ(Complaints(policies, users + "  seats: [{product: SPE_E5, purchased: 1}]\n"
                                         "  expect: [{user: a@x.y, licenses: [SPE_E5], by: p}, "
                                         "{user: b@x.y, licenses: [SPE_E3], by: p}]"),
            "");
  EXPECT_EQ(Complaints(policies, users + "  expect: [{user: b@x.y, licenses: [SPE_E5]}]"), "");
}

TEST(PolicyTestRun, NestedMembersCountForPoliciesAndFirstLevelOnesForGroupDelivery) {
  const std::string test =
      "  users: [{userPrincipalName: a@x.y}, {userPrincipalName: b@x.y}]\n"
      "  groups: [{displayName: All, members: [a@x.y, Inner]}, {displayName: Inner, members: "
      "[b@x.y]}]\n";
  EXPECT_EQ(Complaints(Grant("{subjects: {groups: [All]}, licenses: [{product: SPE_E3}]}"),
                       test + "  expect: [{user: a@x.y, licenses: [SPE_E3]}, {user: b@x.y, "
                              "licenses: [SPE_E3]}]"),
            "");
  EXPECT_EQ(Complaints(Grant("{subjects: {groups: [All]}, licenses: [{product: SPE_E3}], "
                             "delivery: group}"),
                       test + "  expect: [{user: a@x.y, licenses: [SPE_E3], by: p}, {user: b@x.y, "
                              "licenses: []}]"),
            "");
}

TEST(PolicyTestRun, UnderOwnedOnlyWhatIsOwnedGoes) {
  EXPECT_EQ(Complaints(Grant(kSales) + Managed("SPE_E3", "management: owned"),
                       "  users: [{userPrincipalName: a@x.y}, {userPrincipalName: b@x.y}]\n"
                       "  holds: [{user: a@x.y, product: SPE_E3, owned: true}, {user: b@x.y, "
                       "product: SPE_E3}]\n"
                       "  expect: [{user: a@x.y, licenses: []}, {user: b@x.y, licenses: "
                       "[SPE_E3]}]"),
            "");
}

TEST(PolicyTestRun, WhatComesFromAGroupStays) {
  EXPECT_EQ(Complaints(Grant("{subjects: {users: [a@x.y]}, revoke: [SPE_E3]}") + Managed("SPE_E3"),
                       "  users: [{userPrincipalName: a@x.y}]\n"
                       "  groups: [{displayName: All, members: [a@x.y]}]\n"
                       "  holds: [{user: a@x.y, product: SPE_E3, group: All}, {user: a@x.y, "
                       "product: SPE_E3}]\n"
                       "  expect: [{user: a@x.y, licenses: [SPE_E3]}]"),
            "");
}

TEST(PolicyTestRun, ADayDecidesAboutWhatEnds) {
  const auto policy =
      Grant("{subjects: {users: [a@x.y]}, licenses: [{product: SPE_E3}], expires: 2027-03-31}") +
      Managed("SPE_E3");
  const auto on = [](const std::string& day, const std::string& licenses) {
    return "  users: [{userPrincipalName: a@x.y}]\n" + day +
           "  holds: [{user: a@x.y, product: SPE_E3}]\n"
           "  expect: [{user: a@x.y, licenses: " +
           licenses + "}]";
  };
  EXPECT_EQ(Complaints(policy, on("  at: 2027-03-31\n", "[SPE_E3]")), "");
  EXPECT_EQ(Complaints(policy, on("  at: 2027-04-01\n", "[]")), "");
  const auto without = RunTest(policy, on("", "[SPE_E3]"));
  EXPECT_TRUE(without.passed());
  ASSERT_EQ(without.findings.size(), 1U);
  EXPECT_EQ(without.findings.front().code, "depends-on-day");
}

TEST(PolicyTestRun, RulesSeePropertiesAsGraphHasThem) {
  const auto selects = [](const std::string& rule, const std::string& property) {
    return Complaints(Grant("{subjects: {rule: '" + rule + "'}, licenses: [{product: SPE_E3}]}"),
                      "  users: [{userPrincipalName: a@x.y, " + property +
                          "}]\n  at: 2026-11-20\n"
                          "  expect: [{user: a@x.y, licenses: [SPE_E3]}]");
  };
  EXPECT_EQ(selects("user.accountEnabled -eq false", "accountEnabled: false"), "");
  EXPECT_EQ(selects("user.accountEnabled -eq true", "displayName: A"), "") << "as a new account";
  EXPECT_EQ(selects("user.department -eq null", "department: null"), "");
  EXPECT_EQ(selects("user.department -eq null", "displayName: A"), "");
  EXPECT_EQ(selects("user.employeeId -eq \"007\"", "employeeId: 007"), "");
  EXPECT_EQ(selects("user.telephoneNumber -startsWith \"+33\"", "businessPhones: [+33 1]"), "");
  EXPECT_EQ(selects("user.telephoneNumber -eq null", "displayName: A"), "");
  EXPECT_EQ(selects("user.otherMails -any (_ -endsWith \"@p.q\")", "otherMails: [a@p.q]"), "");
  EXPECT_EQ(selects("user.extensionAttribute3 -eq \"x\"",
                    "onPremisesExtensionAttributes: {extensionAttribute3: x}"),
            "");
  EXPECT_EQ(selects("user.employeeHireDate -le system.now", "employeeHireDate: 2026-11-01"), "");
  EXPECT_EQ(selects("user.signInActivity.lastSignInDateTime -le system.now -minus p90d",
                    "signInActivity: {lastSignInDateTime: 2026-01-01T08:00:00Z}"),
            "");
  EXPECT_EQ(selects("user.extension_0123456789abcdef0123456789abcdef_Site -eq \"HQ\"",
                    "extension_0123456789abcdef0123456789abcdef_site: HQ"),
            "");
  EXPECT_EQ(selects("user.assignedPlans -any (assignedPlan.capabilityStatus -eq \"Enabled\")",
                    "assignedPlans: [{servicePlanId: efb87545-963c-4e0d-99df-69c6916d9eb0, "
                    "service: exchange, capabilityStatus: Enabled}]"),
            "");
  EXPECT_THAT(selects("user.department -eq \"Sales\"", "department: IT"), HasSubstr("does not"));
}

TEST(PolicyTestRun, RulesReachThroughManagersAndGroups) {
  const std::string id = "6f2b0d1c-5b0a-4c7e-9d3e-2a1b3c4d5e6f";
  EXPECT_EQ(Complaints(Grant("{subjects: {rule: 'Direct Reports for \"" + id +
                             "\"'}, licenses: [{product: SPE_E3}]}"),
                       "  users: [{userPrincipalName: m@x.y, id: " + id +
                           "}, {userPrincipalName: a@x.y, manager: m@x.y}, {userPrincipalName: "
                           "b@x.y, manager: " +
                           id +
                           "}]\n"
                           "  expect: [{user: a@x.y, licenses: [SPE_E3]}, {user: b@x.y, licenses: "
                           "[SPE_E3]}, {user: m@x.y, licenses: []}]"),
            "");
  EXPECT_EQ(Complaints(Grant("{subjects: {rule: \"user.memberOf -any (group.objectId -in ['" + id +
                             "'])\"}, licenses: [{product: SPE_E3}]}"),
                       "  users: [{userPrincipalName: a@x.y}]\n"
                       "  groups: [{displayName: G, id: " +
                           id +
                           ", members: [a@x.y]}]\n"
                           "  expect: [{user: a@x.y, licenses: [SPE_E3]}]"),
            "");
}

TEST(PolicyTestRun, NobodyIsLicensedWithoutAUsageLocation) {
  const std::string test =
      "  users: [{userPrincipalName: a@x.y, department: Sales, usageLocation: null, country: "
      "FR}]\n  expect: [{user: a@x.y, licenses: ";
  const auto outcome = RunTest(Grant(kSales), test + "[SPE_E3]}]");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_THAT(outcome.findings.front().hint, HasSubstr("usage location"));
  EXPECT_EQ(Complaints(Grant("{subjects: {rule: user.department -eq \"Sales\"}, licenses: "
                             "[{product: SPE_E3}], usageLocation: {from: country}}"),
                       test + "[SPE_E3]}]"),
            "");
}

TEST(PolicyTestRun, ServicePlansAreTested) {
  const auto policy = Grant(
      "{subjects: {users: [a@x.y]}, licenses: [{product: SPE_E5, disabledPlans: "
      "[YAMMER_ENTERPRISE]}]}");
  const std::string test = "  users: [{userPrincipalName: a@x.y}]\n  expect:\n    - user: a@x.y\n";
  EXPECT_EQ(Complaints(policy, test + "      plans: [{product: SPE_E5, off: [YAMMER_ENTERPRISE], "
                                      "on: [TEAMS1]}]"),
            "");
  EXPECT_EQ(Complaints(policy, test + "      plans: [{product: SPE_E5, off: [TEAMS1], on: "
                                      "[YAMMER_ENTERPRISE]}]"),
            "`a@x.y` has `TEAMS1` of SPE_E5 on\n`a@x.y` has `YAMMER_ENTERPRISE` of SPE_E5 off\n");
  EXPECT_THAT(Complaints(policy, test + "      plans: [{product: SPE_E5, off: [NO_SUCH]}]"),
              HasSubstr("no service plan `NO_SUCH`"));
}

TEST(PolicyTestRun, WhatNoTableKnowsIsMadeUpUnderItsName) {
  EXPECT_EQ(Complaints(Grant("{subjects: {users: [a@x.y]}, licenses: [{product: CONTOSO_NEW, "
                             "enabledPlans: [ALPHA]}]}"),
                       "  users: [{userPrincipalName: a@x.y}]\n"
                       "  expect: [{user: a@x.y, licenses: [contoso_new], plans: [{product: "
                       "CONTOSO_NEW, on: [alpha], off: [BETA]}]}]"),
            "");
}

TEST(PolicyTestRun, APlanThatCannotBeMadeFailsTheTestAtTheLineOfThePolicy) {
  const auto outcome =
      RunTest(Grant("{subjects: {users: [a@x.y]}, licenses: [{product: SPE_E3, disabledPlans: "
                    "[NO_SUCH]}]}"),
              "  users: [{userPrincipalName: a@x.y}]\n  expect: [{user: a@x.y, licenses: []}]");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_THAT(ToString(outcome.findings.front().at), HasSubstr("p.yaml:5:"));
  EXPECT_THAT(outcome.findings.front().message, HasSubstr("NO_SUCH"));
}

TEST(PolicyTestRun, ByNamesWhoDecides) {
  const auto policies =
      Grant("{priority: 1, subjects: {users: [a@x.y]}, licenses: [{product: SPE_E3}]}") +
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: no}\n"
      "spec: {priority: 2, subjects: {users: [a@x.y]}, revoke: [SPE_E3]}\n---\n" +
      Managed("SPE_E3");
  const std::string test =
      "  users: [{userPrincipalName: a@x.y}]\n  holds: [{user: a@x.y, product: SPE_E3}]\n";
  EXPECT_EQ(Complaints(policies, test + "  expect: [{user: a@x.y, without: [SPE_E3], by: no}]"),
            "");
  EXPECT_EQ(Complaints(policies, test + "  expect: [{user: a@x.y, without: [SPE_E3], by: p}]"),
            "SPE_E3 is not revoked by `p`\n");
}

}  // namespace
}  // namespace seatkeeper
