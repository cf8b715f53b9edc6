// What a suspicious revision means for plans.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/plan/approvals.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/revision_check.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Limits;
using test::Manages;
using testing::HasSubstr;

// ada holds E5 and E3 as policy says; bob is to get E3; cleo holds E3, which nobody grants her.
class RevisionPlan : public testing::Test {
 protected:
  void SetUp() override {
    tenant_.products = {{.name = "E5"}, {.name = "E3"}};
    tenant_.users = {{.name = "ada", .licenses = {{"E5"}, {"E3"}}},
                     {.name = "bob"},
                     {.name = "cleo", .licenses = {{"E3"}}}};
  }

  static std::string Engineering() {
    return Grants("engineering", "{users: [ada@contoso.com]}", "[{product: E5}]");
  }
  static std::vector<std::string> Others() {
    return {Grants("staff", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E3}]"),
            Manages("E5", "full"), Manages("E3", "full"), Limits("limits", "{seats: 5}")};
  }
  static std::vector<std::string> All() {
    auto documents = Others();
    documents.push_back(Engineering());
    return documents;
  }

  // The plan by these documents after a cycle by those.
  Plan Make(const std::vector<std::string>& documents,
            const std::vector<std::string>& accepted = All()) {
    const auto observed = tenant_.Read();
    const auto before = test::Policies(accepted);
    const auto policies = test::Policies(documents);
    PlanInput input{.tenant = "contoso",
                    .policies = policies,
                    .policy_revision = "sha256:newest",
                    .policy_outdated = outdated_,
                    .observed = observed,
                    .now = observed.read_at};
    input.accepted_revision = SummarizeRevision(before, "contoso", "sha256:accepted", observed, {});
    input.releases = releases_;
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  // From now on these items are approved.
  void Approve(std::vector<HeldItem> items) {
    releases_ = {{.by = {.approval = "command 1",
                         .digest = "sha256:1",
                         .who = "ada@host",
                         .reason = "meant"},
                  .items = std::move(items)}};
  }
  static std::vector<HeldItem> HeldItems(const Plan& plan) { return HeldSetsOf(plan).at(0).items; }

  test::TestTenant tenant_;
  bool outdated_ = false;
  std::vector<Release> releases_;
};

TEST_F(RevisionPlan, ARevisionThatTripsNothingIsToBeAccepted) {
  const auto plan = Make(All());
  EXPECT_EQ(test::Brief(plan), "go 1 bob +E3\ngo 1 cleo -E3");
  EXPECT_TRUE(plan.suspicions.empty());
  ASSERT_TRUE(plan.accepts);
  EXPECT_EQ(plan.accepts->revision, "sha256:newest");
}

TEST_F(RevisionPlan, ADroppedDocumentHoldsItsProductsAndNoOthers) {
  const auto plan = Make(Others());
  EXPECT_EQ(test::Brief(plan), "go 1 bob +E3\ngo 1 cleo -E3\nheld ada -E5 [suspicious-revision]");
  EXPECT_FALSE(plan.accepts);
  ASSERT_EQ(plan.suspicions.size(), 1U);
  EXPECT_THAT(plan.suspicions[0].value, HasSubstr("1 user would lose E5"));
  EXPECT_THAT(plan.warnings, testing::Contains(HasSubstr("LicensePolicy engineering is gone")));
}

TEST_F(RevisionPlan, ADroppedDocumentWhoseHoldersKeepTheProductIsNone) {
  auto documents = Others();
  documents[0] = Grants("staff", "{users: [ada@contoso.com, bob@contoso.com]}",
                        "[{product: E3}, {product: E5}]");
  EXPECT_TRUE(Make(documents).accepts);
}

TEST_F(RevisionPlan, ADroppedDocumentThatKeptServicePlansOnCounts) {
  tenant_.products[0].plans = {"P1", "P2"};
  auto documents = Others();
  documents.push_back(
      Grants("without", "{users: [ada@contoso.com]}", "[{product: E5, disabledPlans: [P1]}]", -1));
  auto before = documents;
  before.push_back(
      Grants("engineering", "{users: [ada@contoso.com]}", "[{product: E5, disabledPlans: []}]"));
  const auto plan = Make(documents, before);
  EXPECT_THAT(test::Brief(plan), HasSubstr("held ada ~E5(-P1) [suspicious-revision]"));
}

TEST_F(RevisionPlan, ADroppedDocumentOfWhoseHoldersNothingIsKnownCounts) {
  tenant_.User("ada").assignments_known = false;
  EXPECT_FALSE(Make(Others()).accepts) << "unknown is not absent";
}

TEST_F(RevisionPlan, ADroppedDocumentThatLicensedAGroupCountsItsMembers) {
  tenant_.User("ada").licenses = {{"E3"}};
  tenant_.groups = {{.name = "STAFF", .members = {"bob"}, .licenses = {{"E5"}}}};
  const auto of_the_group = [](const std::string& name, int priority, const std::string& says) {
    return fmt::format(
        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {}}}\n"
        "spec: {{priority: {}, subjects: {{groups: [STAFF]}}, delivery: group, {}}}\n",
        name, priority, says);
  };
  auto documents = Others();
  documents.push_back(of_the_group("nobody", 0, "revoke: [E5]"));
  auto before = documents;
  before.push_back(of_the_group("team", 10, "licenses: [{product: E5}]"));
  const auto plan = Make(documents, before);
  EXPECT_THAT(test::Brief(plan), HasSubstr("[suspicious-revision]"));
  EXPECT_FALSE(plan.accepts);
}

TEST_F(RevisionPlan, ADroppedDocumentOfAProductThatNothingLetsGoIsNone) {
  auto documents = Others();
  documents[1] = Manages("E5", "assign-only");
  EXPECT_TRUE(Make(documents).accepts);
}

TEST_F(RevisionPlan, ALoosenedGuardrailHoldsEverythingThatIsTakenAway) {
  auto documents = Others();
  documents.back() = Limits("limits", "off");
  const auto plan = Make(documents);
  EXPECT_EQ(test::Brief(plan),
            "go 1 bob +E3\nheld ada -E5 [suspicious-revision] [suspicious-revision]\n"
            "held cleo -E3 [suspicious-revision]");
}

TEST_F(RevisionPlan, ALoosenedProductHoldsItsOwnRemovals) {
  auto before = All();
  before[2] = Manages("E3", "full", "{after: 7d}");
  EXPECT_EQ(test::Brief(Make(All(), before)),
            "go 1 bob +E3\nheld cleo -E3 [suspicious-revision] [suspicious-revision]");
}

TEST_F(RevisionPlan, ANameThatTheTenantGivesToAnotherProductIsSuspicious) {
  const auto observed = tenant_.Read();
  const auto policies = test::Policies(All());
  auto accepted = SummarizeRevision(policies, "contoso", "r", observed, {});
  accepted.names.at("e3").product = test::IdOf<SkuId>("elsewhere");
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "r",
                  .observed = observed,
                  .now = observed.read_at};
  input.accepted_revision = accepted;
  EXPECT_EQ(test::Brief(MakePlan(input)->plan()),
            "go 1 bob +E3\nheld cleo -E3 [suspicious-revision]");
}

TEST_F(RevisionPlan, WhatIsTakenBackClears) {
  EXPECT_FALSE(Make(Others()).accepts);
  EXPECT_TRUE(Make(All()).accepts) << "it is compared with what was accepted, as before";
}

TEST_F(RevisionPlan, WhoApprovesAllThatItHoldsAcceptsIt) {
  Approve(HeldItems(Make(Others())));
  const auto plan = Make(Others());
  EXPECT_EQ(test::Brief(plan), "go 1 ada -E5\ngo 1 bob +E3\ngo 1 cleo -E3");
  EXPECT_FALSE(plan.suspicions.empty()) << "as long as it is not the accepted one";
  EXPECT_TRUE(plan.accepts);
}

TEST_F(RevisionPlan, WhoApprovesAPartOfItDoesNot) {
  tenant_.users.push_back({.name = "dan", .licenses = {{"E5"}}});
  auto items = HeldItems(Make(Others()));
  ASSERT_EQ(items.size(), 2U);
  items.pop_back();
  Approve(items);
  const auto plan = Make(Others());
  EXPECT_THAT(test::Brief(plan), HasSubstr("go 1 ada -E5"));
  EXPECT_THAT(test::Brief(plan), HasSubstr("held dan -E5 [suspicious-revision]"));
  EXPECT_FALSE(plan.accepts);
}

TEST_F(RevisionPlan, AnApprovalCountsForTheFindingsThatItWasGivenFor) {
  Approve(HeldItems(Make(Others())));
  auto documents = Others();
  documents.push_back(test::Guards("more", "mailboxLoss: allow"));
  const auto plan = Make(documents);
  EXPECT_THAT(test::Brief(plan), HasSubstr("held ada -E5 [suspicious-revision"));
  EXPECT_FALSE(plan.accepts);
}

TEST_F(RevisionPlan, AnApprovalThatNothingNeedsAnyMoreAcceptsNothing) {
  Approve(HeldItems(Make(Others())));
  tenant_.User("ada").licenses = {{"E3"}};
  tenant_.users.push_back({.name = "dan", .licenses = {{"E5"}}});
  EXPECT_FALSE(Make(Others()).accepts);
}

TEST_F(RevisionPlan, WhatIsApprovedStillCountsForTheLimits) {
  auto documents = Others();
  documents.back() = Limits("limits", "{seats: 0}");
  Approve(HeldItems(Make(Others())));
  EXPECT_EQ(test::Brief(Make(documents)),
            "go 1 bob +E3\nheld ada -E5 [maxUnassign]\nheld cleo -E3 [maxUnassign]");
}

TEST_F(RevisionPlan, AnOutdatedPolicyIsNotAccepted) {
  outdated_ = true;
  EXPECT_FALSE(Make(All()).accepts);
}

TEST_F(RevisionPlan, APolicyWithoutALicensePolicyIsNotAccepted) {
  const auto plan = Make({Manages("E3", "full"), Limits("limits", "{seats: 5}")},
                         {Manages("E3", "full"), Limits("limits", "{seats: 5}")});
  EXPECT_FALSE(plan.accepts);
  EXPECT_EQ(test::Brief(plan), "held ada -E3 [no-policy]\nheld cleo -E3 [no-policy]");
}

}  // namespace
}  // namespace seatkeeper
