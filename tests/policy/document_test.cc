// Every key of every kind arrives where the rest of the program looks for it, in force or not.

#include "policy/document.h"

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

using namespace std::chrono;
using test::LoadText;

// The policies of a text in which nothing is wrong but that some of it is not in force yet.
PolicySet Read(const std::string& text, const LoadOptions& options = {}) {
  auto loaded = LoadText(text, options);
  for (const auto& finding : loaded.diagnostics) {
    EXPECT_EQ(finding.code, "not-yet-in-force") << Render(finding, text);
  }
  return std::move(loaded.policies);
}

std::string Document(const std::string& kind, const std::string& spec) {
  return "---\napiVersion: seatkeeper/v1\nkind: " + kind + "\nmetadata: {name: x}\nspec:\n" + spec;
}

std::vector<std::string> Values(const std::vector<Positioned<std::string>>& list) {
  std::vector<std::string> values;
  for (const auto& each : list) values.push_back(each.value);
  return values;
}
using Strings = std::vector<std::string>;

const std::string kFull =
    Document("ProductPolicy",
             "  product: SPE_E5\n  management: full\n  unassign: {after: 0d, confirmations: 1}\n");

TEST(Document, LicensePolicy) {
  const auto policies = Read(kFull + Document("LicensePolicy", R"(  priority: 7
  subjects: {groups: [Staff]}
  licenses: [{product: SPE_E5}]
  usageLocation: {from: country, default: FR}
  delivery: direct
  expires: 2027-03-31
)"));
  const auto& policy = policies.license_policies.at(0);
  ASSERT_TRUE(policy.usage_location && policy.expires);
  EXPECT_EQ(policy.usage_location->from, "country");
  EXPECT_EQ(policy.usage_location->fallback, "FR");
  EXPECT_EQ(policy.delivery, Delivery::kDirect);
  EXPECT_EQ(policy.expires->value, year(2027) / March / 31);
  EXPECT_FALSE(policy.revoke);
}

TEST(Document, DeliveryByGroup) {
  const auto loaded = LoadText(Document("LicensePolicy", R"(  subjects: {groups: [Staff]}
  licenses: [{product: SPE_E5}]
  delivery: group
)"));
  EXPECT_EQ(loaded.policies.license_policies.at(0).delivery, Delivery::kGroup);
  EXPECT_EQ(test::Brief(loaded.diagnostics), "warning first-level-members 8:13+5\n");
}

TEST(Document, Revocation) {
  const auto revoked = [](const std::string& revoke) {
    return *Read(kFull + Document("LicensePolicy",
                                  "  subjects: {users: [a@b.c]}\n  revoke: " + revoke + "\n"))
                .license_policies.at(0)
                .revoke;
  };
  EXPECT_TRUE(revoked("all").all);
  EXPECT_FALSE(revoked("[SPE_E5]").all);
  EXPECT_EQ(Values(revoked("[SPE_E5]").products), Strings{"SPE_E5"});
  EXPECT_EQ(revoked("[SPE_E5]").written.at.column, 12);
}

TEST(Document, ProductLadder) {
  const auto ladder =
      Read(Document("ProductLadder", "  products: [SPE_E5, SPE_E3]\n  fallback: true\n"))
          .product_ladders.at(0);
  EXPECT_EQ(Values(ladder.products), (Strings{"SPE_E5", "SPE_E3"}));
  EXPECT_TRUE(ladder.fallback);
}

TEST(Document, ProductPolicy) {
  const auto policy = Read(Document("ProductPolicy", R"(  product: SPE_E5
  management: owned
  reserve: 5
  spare: {min: 5, max: 40}
  unitPrice: {amount: 57.50, currency: USD, per: year}
  unassign: {after: 0h, confirmations: 1, removeRedundantDirect: true}
  newPlans: disable
)"))
                          .product_policies.at(0);
  EXPECT_EQ(policy.management, Management::kOwned);
  EXPECT_EQ(policy.reserve, 5);
  EXPECT_EQ(policy.spare->min, 5);
  EXPECT_EQ(policy.spare->max, 40);
  EXPECT_EQ(policy.unit_price->amount, 575'000);
  EXPECT_EQ(policy.unit_price->currency, "USD");
  EXPECT_EQ(policy.unit_price->per, UnitPrice::Per::kYear);
  EXPECT_EQ(policy.unassign.after, milliseconds(0));
  EXPECT_EQ(policy.unassign.confirmations, 1);
  EXPECT_TRUE(policy.unassign.remove_redundant_direct);
  EXPECT_EQ(policy.new_plans, NewPlans::kDisable);
}

TEST(Document, ProductPolicyDefaultsAreTheDesigns) {
  const auto policy = Read(Document("ProductPolicy", "  product: SPE_E5\n")).product_policies.at(0);
  EXPECT_EQ(policy.management, Management::kAssignOnly);
  EXPECT_EQ(policy.unassign.after, hours(7 * 24));
  EXPECT_EQ(policy.unassign.confirmations, 2);
  EXPECT_FALSE(policy.unassign.remove_redundant_direct || policy.spare || policy.unit_price);
  EXPECT_EQ(policy.new_plans, NewPlans::kHold);
}

TEST(Document, Guardrails) {
  const auto guardrails = Read(Document("Guardrails", R"(  maxUnassign: {seats: 25}
  maxAssign: {seats: 500, percent: 10}
  maxChanges: 1000
  maxUserLoss: {percent: 2.5}
  protected: {groups: [Break Glass], users: [ceo@contoso.com]}
  mailboxLoss: deny
  windows: [{days: [mon, sun], from: "22:00", to: "06:00", timezone: Europe/Paris}]
  freezes: [{from: 2026-12-20, to: 2027-01-03, reason: year end}]
)"))
                              .guardrails.at(0);
  EXPECT_EQ(guardrails.max_unassign->seats, 25);
  EXPECT_FALSE(guardrails.max_unassign->percent);
  EXPECT_EQ(guardrails.max_assign->percent, 10);
  EXPECT_EQ(guardrails.max_changes->figure, 1000);
  EXPECT_EQ(guardrails.max_user_loss->figure, 2.5);
  EXPECT_EQ(Values(guardrails.protected_subjects.groups), Strings{"Break Glass"});
  EXPECT_EQ(Values(guardrails.protected_subjects.users), Strings{"ceo@contoso.com"});
  EXPECT_EQ(guardrails.mailbox_loss, MailboxLoss::kDeny);
  const auto& window = guardrails.windows.at(0);
  EXPECT_EQ(window.days.to_string(), "1000001");
  EXPECT_EQ(window.from, hours(22));
  EXPECT_EQ(window.to, hours(6));
  EXPECT_EQ(window.timezone.value, "Europe/Paris");
  EXPECT_EQ(window.at.column, 13);
  const auto& freeze = guardrails.freezes.at(0);
  EXPECT_EQ(freeze.at.column, 13);
  EXPECT_EQ(freeze.from, year(2026) / December / 20);
  EXPECT_EQ(freeze.to, year(2027) / January / 3);
  EXPECT_EQ(freeze.reason, "year end");
}

TEST(Document, OffIsALimitWithoutFigureAndNotAnAbsentOne) {
  const auto off =
      Read(Document("Guardrails", "  maxAssign: off\n  maxChanges: off\n  maxUserLoss: off\n"))
          .guardrails.at(0);
  ASSERT_TRUE(off.max_assign && off.max_changes && off.max_user_loss);
  EXPECT_FALSE(off.max_assign->seats || off.max_assign->percent || off.max_changes->figure ||
               off.max_user_loss->figure);
  const auto silent = Read(Document("Guardrails", "  maxUnassign: off\n")).guardrails.at(0);
  EXPECT_FALSE(silent.max_assign || silent.max_changes || silent.max_user_loss ||
               silent.mailbox_loss);
}

TEST(Document, Approval) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto text = Document("Approval", "  tenant: contoso\n  digest: " + digest +
                                             "\n  reason: leavers\n  expires: 2026-12-01\n");
  const auto approval = Read(text, {.tenants = {"contoso", "fabrikam"}}).approvals.at(0);
  EXPECT_EQ(approval.tenant.value, "contoso");
  EXPECT_EQ(approval.digest.value, digest);
  EXPECT_EQ(approval.reason, "leavers");
  EXPECT_EQ(approval.expires, year(2026) / December / 1);
  const auto elsewhere = LoadText(text, {.tenants = {"contso", "fabrikam"}}).diagnostics;
  EXPECT_EQ(test::Brief(elsewhere), "error unknown-tenant 6:11+7\n");
}

TEST(Document, PolicyTest) {
  const auto test = Read(Document("LicensePolicy",
                                  "  subjects: {users: [ada@contoso.com]}\n"
                                  "  licenses: [{product: SPE_E5}]\n") +
                         Document("PolicyTest", R"(  users:
    - {userPrincipalName: ada@contoso.com, department: Engineering, manager: null}
  expect:
    - {user: ADA@contoso.com, licenses: [SPE_E5], by: x}
)"))
                        .policy_tests.at(0);
  EXPECT_EQ(test.users.at(0).name.value, "ada@contoso.com");
  EXPECT_EQ(test.users.at(0).properties.Find("department")->scalar, "Engineering");
  EXPECT_EQ(test.expect.at(0).user.value, "ADA@contoso.com");
  EXPECT_EQ(Values(*test.expect.at(0).licenses), Strings{"SPE_E5"});
  EXPECT_EQ(test.expect.at(0).by->value, "x");
}

TEST(Document, PolicyTestWithEveryKey) {
  const auto test = Read(Document("LicensePolicy",
                                  "  subjects: {users: [ada@contoso.com]}\n"
                                  "  licenses: [{product: SPE_E5}]\n") +
                         Document("PolicyTest", R"(  users: [{userPrincipalName: ada@contoso.com}]
  groups: [{displayName: G, id: 6F2B0D1C-5b0a-4c7e-9d3e-2a1b3c4d5e6f, members: [ada@contoso.com]}]
  seats: [{product: SPE_E5, purchased: 3}]
  holds:
    - {user: ada@contoso.com, product: SPE_E3, disabledPlans: [TEAMS1], group: G}
    - {user: ada@contoso.com, product: SPE_E3, owned: true}
  at: 2026-12-01
  waited: 6d
  expect:
    - user: ada@contoso.com
      without: [SPE_E3]
      plans: [{product: SPE_E5, off: [TEAMS1], on: [YAMMER_ENTERPRISE]}]
)"))
                        .policy_tests.at(0);
  EXPECT_EQ(test.groups.at(0).name.value, "G");
  EXPECT_EQ(test.groups.at(0).id->value, "6F2B0D1C-5b0a-4c7e-9d3e-2a1b3c4d5e6f");
  EXPECT_EQ(Values(test.groups.at(0).members), Strings{"ada@contoso.com"});
  EXPECT_EQ(test.seats.at(0).purchased, 3);
  EXPECT_EQ(Values(test.holds.at(0).disabled_plans), Strings{"TEAMS1"});
  EXPECT_EQ(test.holds.at(0).group->value, "G");
  EXPECT_FALSE(test.holds.at(0).owned);
  EXPECT_TRUE(test.holds.at(1).owned);
  EXPECT_EQ(test.day, year(2026) / December / 1);
  EXPECT_EQ(test.waited, std::chrono::hours(6 * 24));
  EXPECT_FALSE(test.expect.at(0).licenses);
  EXPECT_EQ(Values(test.expect.at(0).without), Strings{"SPE_E3"});
  EXPECT_EQ(Values(test.expect.at(0).plans.at(0).off), Strings{"TEAMS1"});
  EXPECT_EQ(Values(test.expect.at(0).plans.at(0).on), Strings{"YAMMER_ENTERPRISE"});
}

}  // namespace
}  // namespace seatkeeper
