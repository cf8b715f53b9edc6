#include "policy/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Case;
using test::Check;
using test::License;
using test::Limits;
using test::LoadText;
using test::Product;

constexpr char kWhole[] = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata:
  name: engineering
  tenants: [contoso]
spec:
  priority: 100
  subjects:
    rule: (user.department -eq "Engineering") -and (user.accountEnabled -eq true)
    groups: [All Engineers]
    users: [lee@contoso.com]
    where: user.userType -eq "Member"
    except:
      groups: [Contractors]
  licenses:
    - product: SPE_E5
      disabledPlans: [YAMMER_ENTERPRISE]
    - product: VISIOCLIENT
      enabledPlans: []
    - product: Power BI Pro
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec:
  product: SPE_E5
  management: full
  unassign: {after: 0d, confirmations: 1}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: default}
spec:
  maxUnassign: {seats: 25, percent: 5}
)";

TEST(Load, ReadsEveryKindWhole) {
  const auto loaded = LoadText(kWhole, {.tenants = {"contoso"}});
  EXPECT_EQ(Brief(loaded.diagnostics), "");
  ASSERT_TRUE(loaded.ok());
  const auto& policy = loaded.policies.license_policies.at(0);
  EXPECT_EQ(policy.name, "engineering");
  EXPECT_EQ(policy.at, (SourcePosition{"p.yaml", 4, 9}));
  EXPECT_EQ(policy.tenants.at(0).value, "contoso");
  EXPECT_EQ(policy.priority, 100);
  ASSERT_TRUE(policy.subjects.of.rule);
  EXPECT_EQ(policy.subjects.of.rule->at, (SourcePosition{"p.yaml", 9, 11}));
  EXPECT_EQ(rule::Print(policy.subjects.of.rule->expression),
            "user.department -eq \"Engineering\" -and user.accountEnabled -eq true");
  EXPECT_EQ(policy.subjects.of.groups.at(0).value, "All Engineers");
  EXPECT_EQ(policy.subjects.of.users.at(0).value, "lee@contoso.com");
  EXPECT_TRUE(policy.subjects.where);
  EXPECT_EQ(policy.subjects.except.groups.at(0).value, "Contractors");
  const auto& product = loaded.policies.product_policies.at(0);
  EXPECT_EQ(product.product.value, "SPE_E5");
  EXPECT_EQ(product.management, Management::kFull);
  const auto& limit = loaded.policies.guardrails.at(0).max_unassign;
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->seats, 25);
  EXPECT_EQ(limit->percent, 5.0);
}

TEST(Load, UnsetEmptyAndSetPlanListsDiffer) {
  const auto loaded = LoadText(kWhole);
  const auto& grants = loaded.policies.license_policies.at(0).licenses;
  ASSERT_EQ(grants.size(), 3u);
  EXPECT_EQ(grants[0].plans.kind, PlanSelection::Kind::kDisabled);
  EXPECT_EQ(grants[0].plans.plans.at(0).value, "YAMMER_ENTERPRISE");
  EXPECT_EQ(grants[1].plans.kind, PlanSelection::Kind::kEnabled);
  EXPECT_TRUE(grants[1].plans.plans.empty());
  EXPECT_EQ(grants[2].plans.kind, PlanSelection::Kind::kUnmanaged);
}

TEST(Load, DefaultsAreTheCarefulOnes) {
  const auto loaded =
      LoadText(Product("  product: SPE_E5") + "---\n" +
               License("  subjects: {users: [a@b.c]}\n  licenses: [{product: SPB}]"));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.policies.product_policies.at(0).management, Management::kAssignOnly);
  EXPECT_EQ(loaded.policies.license_policies.at(0).priority, 0);
  EXPECT_TRUE(loaded.policies.license_policies.at(0).tenants.empty());
}

TEST(Load, OffIsALimitWithoutParts) {
  const auto loaded = LoadText(Limits("  maxUnassign: off"));
  ASSERT_TRUE(loaded.ok());
  const auto& limit = loaded.policies.guardrails.at(0).max_unassign;
  ASSERT_TRUE(limit);
  EXPECT_FALSE(limit->seats || limit->percent);
}

TEST(Load, WhatUnassignDoesNotSayHasTheDefaults) {
  const auto waiting = [](const std::string& said) {
    const auto loaded = LoadText(Product("  product: SPE_E5\n  management: full\n" + said));
    EXPECT_EQ(Brief(loaded.diagnostics), "");
    return loaded.policies.product_policies.at(0).unassign;
  };
  const auto unsaid = waiting("");
  EXPECT_EQ(unsaid.after, std::chrono::hours(7 * 24));
  EXPECT_EQ(unsaid.confirmations, 2);
  const auto longer = waiting("  unassign: {after: 14d}\n");
  EXPECT_EQ(longer.after, std::chrono::hours(14 * 24));
  EXPECT_EQ(longer.confirmations, 2);
  const auto surer = waiting("  unassign: {confirmations: 3}\n");
  EXPECT_EQ(surer.after, std::chrono::hours(7 * 24));
  EXPECT_EQ(surer.confirmations, 3);
  for (const char* zero : {"0s", "0m", "0h", "0d"}) {
    const auto none = waiting("  unassign: {after: " + std::string(zero) + ", confirmations: 1}\n");
    EXPECT_EQ(none.after.count(), 0) << zero;
    EXPECT_EQ(none.confirmations, 1) << zero;
  }
}

TEST(Load, AllTenantsIsOneEntry) {
  const auto loaded = LoadText(
      "{apiVersion: seatkeeper/v1, kind: Guardrails, metadata: {name: g, tenants: [all]},"
      " spec: {maxUnassign: off}}",
      {.tenants = {"a", "b"}});
  EXPECT_EQ(Brief(loaded.diagnostics), "");
  EXPECT_EQ(loaded.policies.guardrails.at(0).tenants.at(0).value, "all");
}

TEST(Load, FileWithoutDocumentIsAWarning) {
  const auto loaded = LoadText("# nothing\n---\n");
  EXPECT_EQ(Brief(loaded.diagnostics), "warning no-documents 0:0+1\n");
  EXPECT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded.policies.empty());
}

TEST(Load, OrderOfFilesDoesNotMatter) {
  std::vector<SourceFile> files = {
      {"c.yaml", License("  subjects: {users: [x]}\n  licenses: []", "zeta")},
      {"a.yaml", License("  subjects: {users: [a@b.c]}\n  licenses: [{product: SPB}]", "zeta")},
      {"b.yaml", License("  subjects: {users: [a@b.c]}\n  licenses: [{product: SPB}]", "alpha")},
      {"d.yaml", Product("  product: SPB", "one") + "---\n" + Product("  product: spb", "two")},
  };
  std::sort(files.begin(), files.end(), [](auto& x, auto& y) { return x.path < y.path; });
  std::vector<std::string> outcomes;
  do {
    const auto loaded = LoadPolicies(files, {});
    std::string outcome;
    for (const auto& policy : loaded.policies.license_policies) {
      outcome += policy.name + "@" + ToString(policy.at) + "\n";
    }
    for (const auto& finding : loaded.diagnostics) outcome += Render(finding, "");
    outcomes.push_back(outcome);
  } while (std::next_permutation(files.begin(), files.end(),
                                 [](auto& x, auto& y) { return x.path < y.path; }));
  EXPECT_EQ(outcomes.size(), 24u);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), outcomes[0]), 24);
  EXPECT_EQ(outcomes[0].substr(0, 5), "alpha") << outcomes[0];
}

TEST(Load, AllFindingsOfAllFilesComeInOneRun) {
  const auto loaded = LoadPolicies(
      {{"b.yaml",
        License("  subjects: {rule: user.x -eq 1, groups: []}\n  licences: []\n  revoke: all")},
       {"a.yaml", "kind: LicensePolicy\n"},
       {"c.yaml", "a: [\n"}},
      {});
  std::vector<std::string> codes;
  for (const auto& finding : loaded.diagnostics) {
    codes.push_back(finding.at.file + " " + finding.code);
  }
  EXPECT_EQ(codes, (std::vector<std::string>{"a.yaml missing-key", "a.yaml missing-key",
                                             "a.yaml missing-key", "b.yaml rule-unknown-property",
                                             "b.yaml empty-list", "b.yaml unknown-key",
                                             "b.yaml never-lets-go", "c.yaml yaml-syntax"}));
}

TEST(Load, DuplicateNameNamesBothPlaces) {
  const auto text = Limits("  maxUnassign: off", "same");
  const auto loaded = LoadPolicies({{"a.yaml", text}, {"b.yaml", text}}, {});
  ASSERT_EQ(Brief(loaded.diagnostics), "error duplicate-name 3:18+4\n");
  EXPECT_EQ(loaded.diagnostics[0].at.file, "b.yaml");
  EXPECT_EQ(loaded.diagnostics[0].message, "Guardrails `same` is already defined at a.yaml:3:18");
}

TEST(Load, OneNameMayServeTwoKinds) {
  EXPECT_TRUE(LoadText(Limits("  maxUnassign: off") + "---\n" + Product("  product: SPB")).ok());
}

std::string ProductFor(std::string_view name, std::string_view product, std::string_view tenants) {
  return "---\napiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: " +
         std::string(name) + std::string(tenants) + "}\nspec: {product: " + std::string(product) +
         "}\n";
}

TEST(Load, OneProductHasOneProductPolicyPerTenant) {
  struct Row {
    const char* first;
    const char* first_tenants;
    const char* second;
    const char* second_tenants;
    bool clash;
  };
  const Row rows[] = {
      {"SPE_E5", "", "spe_e5", "", true},
      {"SPE_E5", "", "Microsoft 365 E5", "", true},
      {"SPE_E5", "", "06EBC4EE-1bb5-47dd-8120-11324bc54e06", "", true},
      {"Own Product", "", "own product", "", true},
      {"SPE_E5", ", tenants: [a]", "SPE_E5", ", tenants: [b]", false},
      {"SPE_E5", ", tenants: [a, b]", "SPE_E5", ", tenants: [b]", true},
      {"SPE_E5", ", tenants: [all]", "SPE_E5", ", tenants: [b]", true},
      {"SPE_E5", ", tenants: [a]", "SPE_E5", ", tenants: [all]", true},
      {"SPE_E5", ", tenants: [a]", "SPE_E5", "", true},
      {"SPE_E5", "", "SPE_E3", "", false},
  };
  for (const auto& row : rows) {
    const auto loaded = LoadText(ProductFor("one", row.first, row.first_tenants) +
                                 ProductFor("two", row.second, row.second_tenants));
    const std::string found = Brief(loaded.diagnostics);
    EXPECT_EQ(found.find("error duplicate-product-policy 10:17+") != std::string::npos, row.clash)
        << row.first << row.first_tenants << " / " << row.second << row.second_tenants << found;
    if (row.clash) {
      std::string messages;
      for (const auto& finding : loaded.diagnostics) messages += finding.message + "\n";
      EXPECT_NE(messages.find("`one` at p.yaml:5:17"), std::string::npos) << messages;
    } else {
      EXPECT_EQ(found.find("error"), std::string::npos) << found;
    }
  }
}

TEST(Load, TenantsAreCheckedAgainstTheConfig) {
  const auto with = [](std::string_view tenants) {
    return "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g" +
           std::string(tenants) + "}\nspec: {maxUnassign: off}\n";
  };
  const LoadOptions two{.tenants = {"contoso", "fabrikam"}};
  EXPECT_EQ(Brief(LoadText(with(", tenants: [contoso]"), two).diagnostics), "");
  Check({"unknown", with(", tenants: [@@contso]"), "unknown-tenant", 6, "`contoso`"}, two);
  const auto missing = LoadText(with(""), two);
  EXPECT_EQ(Brief(missing.diagnostics), "error tenants-required 3:18+1\n");
  EXPECT_TRUE(LoadText(with(""), {.tenants = {"contoso"}}).ok());
  EXPECT_TRUE(LoadText(with(", tenants: [anything]")).ok());
}

}  // namespace
}  // namespace seatkeeper
