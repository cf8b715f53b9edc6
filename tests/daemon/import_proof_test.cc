#include "daemon/import_proof.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "policy/load.h"
#include "reconciler/plan/having_waited.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Thirty in Sales, of whom one lacks E3 and one has a service plan off; one in Works has it, too.
TestTenant Tenant() {
  TestTenant tenant{.products = {{.name = "E3", .plans = {"P1", "P2"}}}};
  for (int i = 0; i < 30; ++i) {
    tenant.users.push_back(
        {.name = fmt::format("s{:02}", i), .department = "Sales", .licenses = {{.product = "E3"}}});
    tenant.users.push_back({.name = fmt::format("w{:02}", i), .department = "Works"});
  }
  tenant.User("s03").licenses.clear();
  tenant.User("s04").licenses = {{.product = "E3", .off = {"P1"}}};
  tenant.User("w05").licenses = {{.product = "E3"}};
  return tenant;
}

ImportRequest Request() {
  return {
      .tenant_name = "contoso", .known_tenants = {"contoso"}, .folder = "policies/", .only = {}};
}

ProvenImport Proven(const ObservedState& observed, const ImportRequest& request = Request()) {
  auto proven = ProveImport(observed, request, {});
  if (!proven) throw std::invalid_argument(proven.error().message);
  return *std::move(proven);
}

PolicySet Loaded(const ProvenImport& proven) {
  auto loaded = LoadPolicies(proven.files, {});
  EXPECT_TRUE(loaded.ok());
  return std::move(loaded.policies);
}

TEST(ImportProof, WritesWhatAPersonWouldHaveWritten) {
  const auto proven = Proven(Tenant().Read());
  ASSERT_THAT(proven.files, SizeIs(2));
  EXPECT_EQ(proven.files[1].path, "policies/by-name.yaml");
  EXPECT_THAT(proven.files[1].text,
              HasSubstr("# 1 person holds it without a rule, or with other service plans than "
                        "their rule gives.\n"
                        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata:\n"
                        "  name: e3-by-name-without-p1\nspec:\n  priority: 10\n  subjects:\n"
                        "    users:\n      - s04@contoso.com\n"
                        "  licenses:\n    - product: E3\n      disabledPlans: [P1]\n"));
  EXPECT_EQ(proven.files[0].path, "policies/rules.yaml");
  EXPECT_THAT(proven.files[0].text,
              HasSubstr("# Everyone whose department is Sales.\n"
                        "# 29 of the 30 people whom this selects hold it; 1 is excepted.\n"
                        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata:\n"
                        "  name: department-sales\nspec:\n  subjects:\n"
                        "    rule: user.department -eq \"Sales\"\n"
                        "    except:\n      users:\n        - s03@contoso.com\n"
                        "  licenses:\n    - product: E3\n      disabledPlans: []\n"));
  EXPECT_EQ(proven.drift_left, 0U);
  EXPECT_THAT(proven.named_for_safety, IsEmpty());
}

TEST(ImportProof, TheSameReadingGivesTheSameBytes) {
  auto tenant = Tenant();
  const auto once = Proven(tenant.Read());
  std::ranges::reverse(tenant.users);
  const auto again = Proven(tenant.Read());
  EXPECT_EQ(once.files[1].text, again.files[1].text);
  EXPECT_EQ(once.files[0].text, again.files[0].text);
}

TEST(ImportProof, NothingThatIsWrittenCanTakeAnythingAway) {
  const auto policies = Loaded(Proven(Tenant().Read()));
  EXPECT_THAT(policies.product_policies, IsEmpty()) << "management stays at the default";
  EXPECT_THAT(policies.guardrails, IsEmpty());
  ASSERT_THAT(policies.license_policies, Not(IsEmpty()));
  for (const auto& policy : policies.license_policies) {
    EXPECT_FALSE(policy.revoke);
    EXPECT_FALSE(policy.expires);
  }
  // Not even when nobody is as the policies say any more.
  auto later = Tenant();
  for (auto& user : later.users) {
    user.department = "Gone";
    if (!user.licenses.empty()) user.licenses = {{.product = "E3", .off = {}}};
  }
  const auto observed = later.Read();
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "sha256:test",
                  .observed = observed,
                  .now = observed.read_at};
  const auto plan = PlanHavingWaited(input);
  ASSERT_TRUE(plan);
  for (const auto& change : plan->plan().changes) EXPECT_FALSE(change.takes_away());
}

TEST(ImportProof, NamesOfATenantStayText) {
  auto tenant = Tenant();
  for (auto& user : tenant.users) {
    if (user.department == "Sales") user.department = "R&D: \"A\" #1, o'Neil\\ - {x}";
  }
  tenant.User("w05").principal_name = "no";
  const auto proven = Proven(tenant.Read());
  EXPECT_THAT(Loaded(proven).license_policies, SizeIs(3));
  EXPECT_THAT(proven.files[0].text, HasSubstr("29 of the 30 people"));
  EXPECT_THAT(proven.files[1].text, HasSubstr("- \"no\"\n"));
}

TEST(ImportProof, WhatTurnsALineOrALetterIsNoRule) {
  auto tenant = Tenant();
  for (auto& user : tenant.users) {
    if (user.department == "Sales") user.department = "Sales\nspec: {revoke: all}";
  }
  const auto proven = Proven(tenant.Read());
  ASSERT_THAT(proven.files, SizeIs(1));
  EXPECT_THAT(proven.files[0].text, Not(HasSubstr("revoke")));
}

TEST(ImportProof, WhatComesFromAGroupIsTold) {
  auto tenant = Tenant();
  tenant.groups = {
      {.name = "g", .members = {"w07"}, .licenses = {{.product = "E3"}}, .called = "All staff"}};
  tenant.User("w07").licenses = {
      {.product = "E3", .source = AssignmentSource::kGroup, .group = "g"}};
  const auto proven = Proven(tenant.Read());
  EXPECT_EQ(proven.drift_left, 1U);
  EXPECT_THAT(proven.files[0].text, HasSubstr("# - E3: 1 person gets it from the group "));
}

TEST(ImportProof, WhoIsAssignedItWithoutASeatIsTold) {
  auto tenant = Tenant();
  tenant.User("s03").licenses = {{.product = "E3", .state = AssignmentState::kError}};
  const auto proven = Proven(tenant.Read());
  EXPECT_EQ(proven.drift_left, 1U);
  EXPECT_THAT(proven.files[0].text, HasSubstr("# - E3: 1 person is assigned it without having"));
}

TEST(ImportProof, WithSeveralTenantsPoliciesNameTheirs) {
  auto request = Request();
  request.known_tenants = {"contoso", "fabrikam"};
  const auto proven = Proven(Tenant().Read(), request);
  EXPECT_THAT(proven.files[0].text, HasSubstr("  tenants: [contoso]\n"));
}

TEST(ImportProof, AGuessSaysThatItIsOne) {
  auto tenant = Tenant();
  tenant.User("s06").licenses.clear();
  const auto uncertain = Proven(tenant.Read());
  EXPECT_THAT(uncertain.files[0].text,
              HasSubstr("# Uncertain: 93 % of the 30 people whom this selects hold it; 2 are "
                        "excepted.\n"));
}

TEST(ImportProof, NobodyHoldsAnything) {
  auto tenant = Tenant();
  for (auto& user : tenant.users) user.licenses.clear();
  EXPECT_THAT(Proven(tenant.Read()).files, IsEmpty());
}

}  // namespace
}  // namespace seatkeeper
