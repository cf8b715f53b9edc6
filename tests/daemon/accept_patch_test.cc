#include "daemon/accept_patch.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "reconciler/plan/having_waited.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Guards;
using test::IdOf;
using test::Manages;
using test::TestTenant;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kLeavers =
    "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: leavers}\n"
    "spec: {priority: 40, subjects: {users: [ada@contoso.com]}, revoke: [E5]}\n";

TestTenant Tenant() {
  return {.users = {{.name = "ada", .licenses = {{"E5", {"P1"}}}},
                    {.name = "bob", .licenses = {{"E5"}}},
                    {.name = "cleo"}},
          .products = {{.name = "E5", .plans = {"P1", "P2"}}}};
}

struct Case {
  ObservedState observed = Tenant().Read();
  PolicySet policies;
  Plan plan = {};

  explicit Case(const std::vector<std::string>& documents) : policies(test::Policies(documents)) {
    auto input = Input();
    const auto made = PlanHavingWaited(input);
    if (!made) throw std::invalid_argument(made.error().message);
    plan = made->plan();
  }
  PlanInput Input() const {
    return {.tenant = "contoso",
            .policies = policies,
            .policy_revision = "sha256:test",
            .observed = observed,
            .now = observed.read_at};
  }
  Result<AcceptedDrift> Accept(const std::string& user) const {
    using std::chrono::year;
    const Acceptance acceptance{.row = *observed.users.Find(IdOf<UserId>(user)),
                                .product = std::nullopt,
                                .reason = "pilot of 4711",
                                .until = year(2027) / 3 / 31,
                                .tenant = {}};
    return DocumentsAccepting(Input(), plan, acceptance);
  }
};

// The plan of `documents` and what accepts the drift of one user.
Result<void> Prove(std::vector<std::string> documents, const std::string& user,
                   const std::string& more = "") {
  const Case before(documents);
  const auto accepted = before.Accept(user);
  if (!accepted) return accepted.error();
  documents.push_back(accepted->text);
  if (!more.empty()) documents.push_back(more);
  const Case after(documents);
  return ProveAccepted(before.plan, after.plan, IdOf<UserId>(user), accepted->products);
}

TEST(AcceptPatch, GrantsWhatTheUserHoldsUntilTheDay) {
  const std::vector<std::string> documents{Manages("E5", "full")};
  const auto accepted = Case(documents).Accept("ada");
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->text,
            "# Accepted: pilot of 4711\napiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
            "metadata:\n  name: accepted-ada-contoso-com-e5\nspec:\n"
            "  subjects: {users: [ada@contoso.com]}\n  licenses:\n    - product: E5\n"
            "  expires: 2027-03-31\n");
  EXPECT_TRUE(Prove(documents, "ada"));
}

TEST(AcceptPatch, OutranksWhatRevokesIt) {
  const std::vector<std::string> documents{Manages("E5", "full"), kLeavers};
  const auto accepted = Case(documents).Accept("ada");
  ASSERT_TRUE(accepted);
  EXPECT_THAT(accepted->text, HasSubstr("  priority: 41\n"));
  EXPECT_TRUE(Prove(documents, "ada"));
}

TEST(AcceptPatch, KeepsServicePlansAsTheyAre) {
  const std::vector<std::string> documents{Grants("all",
                                                  "{users: [ada@contoso.com, bob@contoso.com]}",
                                                  "[{product: E5, disabledPlans: [P2]}]", 7)};
  const auto accepted = Case(documents).Accept("ada");
  ASSERT_TRUE(accepted);
  EXPECT_THAT(accepted->text,
              AllOf(HasSubstr("priority: 8"), HasSubstr("disabledPlans: [P1]"),
                    HasSubstr("Look at it again by 2027-03-31"), Not(HasSubstr("expires:"))))
      << "under assign-only an end would be an error";
  EXPECT_TRUE(Prove(documents, "ada"));
}

TEST(AcceptPatch, WhatIsMissingNeedsAnExceptionInThePolicyItself) {
  const auto accepted =
      Case({Grants("all", "{users: [cleo@contoso.com]}", "[{product: E5}]")}).Accept("cleo");
  ASSERT_FALSE(accepted);
  EXPECT_THAT(accepted.error().message, AllOf(HasSubstr("except"), HasSubstr("all (")));
}

TEST(AcceptPatch, WithoutDriftThereIsNothingToAccept) {
  const auto accepted = Case({Manages("E5", "full")}).Accept("cleo");
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().kind, ErrorKind::kNotFound);
}

TEST(AcceptPatch, RefusesWhatChangesAnythingElse) {
  const std::vector<std::string> documents{Manages("E5", "full")};
  const auto proven =
      Prove(documents, "ada", Grants("more", "{users: [bob@contoso.com]}", "[{product: E5}]"));
  ASSERT_FALSE(proven);
  EXPECT_THAT(proven.error().message, HasSubstr("other"));
}

TEST(AcceptPatch, IsAPatchThatAddsAFile) {
  EXPECT_EQ(PatchAdding("policies/a.yaml", "a: 1\nb: 2\n"),
            "--- /dev/null\n+++ b/policies/a.yaml\n@@ -0,0 +1,2 @@\n+a: 1\n+b: 2\n");
}

TEST(AcceptPatch, QuotesWhatYamlWouldReadAsSomethingElse) {
  EXPECT_EQ(YamlText("SPE_E5"), "SPE_E5");
  EXPECT_EQ(YamlText("no"), "\"no\"");
  EXPECT_EQ(YamlText("o'neil@contoso.com"), "\"o'neil@contoso.com\"");
  EXPECT_EQ(YamlText("0815"), "\"0815\"");
  EXPECT_EQ(PlainName("O'Neil_X@Contoso.com"), "o-neil-x-contoso-com");
}

}  // namespace
}  // namespace seatkeeper
