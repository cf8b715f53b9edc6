#include "reconciler/plan/mailbox.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reconciler/plan/planner.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::PlanOf;
using test::TestTenant;

const char* const kAda = "{users: [ada@contoso.com]}";
const std::string kNobody =
    Grants("nobody", "{rule: user.department -eq \"nowhere\"}", "[{product: E3}, {product: EOP}]");

// E5, E3 and EOP each bring a mailbox, VISIO none. Ada holds what is given.
TestTenant Ada(std::vector<test::TestLicense> licenses) {
  return {.users = {{.name = "ada", .licenses = std::move(licenses)}, {.name = "bob"}},
          .products = {{.name = "E5", .plans = {"EXCHANGE_S_ENT", "TEAMS1"}},
                       {.name = "E3", .plans = {"EXCHANGE_S_STD", "TEAMS1"}},
                       {.name = "EOP", .plans = {"EXCHANGE_S_EOP"}},
                       {.name = "VISIO", .plans = {"VISIOONLINE"}}},
          .groups = {{.name = "STAFF", .members = {"ada"}}, {.name = "MAIL", .members = {"ada"}}}};
}

Plan PlanWith(const TestTenant& tenant, std::vector<std::string> more) {
  std::vector<std::string> documents = {
      Manages("E5", "full"),
      Manages("E3", "full"),
      Manages("EOP", "full"),
      Manages("VISIO", "full"),
      Limits("none", "off"),
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, VISIO, E3], fallback: true}\n"};
  documents.insert(documents.end(), more.begin(), more.end());
  return PlanOf(tenant, documents).plan();
}

std::string Planned(const TestTenant& tenant, std::vector<std::string> more) {
  return Brief(PlanWith(tenant, std::move(more)));
}

std::string GroupLoses(std::string_view group, std::string_view says) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: no {0}}}\n"
      "spec: {{subjects: {{groups: [{0}]}}, delivery: group, {1}}}\n",
      group, says);
}

TEST(MailboxLoss, IsHeldUnlessPolicyAllowsIt) {
  const auto tenant = Ada({{"E3"}, {"VISIO"}});
  const auto with = [&](std::vector<std::string> words) {
    std::vector<std::string> documents = {kNobody};
    for (std::size_t i = 0; i < words.size(); ++i) {
      documents.push_back(Guards(fmt::format("g{}", i), "mailboxLoss: " + words[i]));
    }
    const auto plan = PlanWith(tenant, documents);
    for (const auto& change : plan.changes) {
      if (!change.held.empty()) return change.held[0].limit;
    }
    return std::string("goes");
  };
  const std::string approve = "mailboxLoss is `approve`: no mailbox goes unapproved";
  const std::string deny = "mailboxLoss is `deny`: no mailbox goes";
  EXPECT_EQ(with({}), approve) << "the default";
  EXPECT_EQ(with({"allow"}), "goes");
  EXPECT_EQ(with({"approve"}), approve);
  EXPECT_EQ(with({"deny"}), deny);
  EXPECT_EQ(with({"allow", "approve"}), approve) << "the strictest holds";
  EXPECT_EQ(with({"deny", "allow", "approve"}), deny);
}

TEST(MailboxLoss, HoldsWhatCausesItAndNothingElse) {
  const auto plan = PlanWith(Ada({{"E3"}, {"VISIO"}}), {kNobody});
  EXPECT_EQ(Brief(plan), "go 1 ada -VISIO\nheld ada -E3 [mailboxLoss]");
  const auto& held = plan.changes.at(1).held.at(0);
  EXPECT_EQ(held.value, "the user would be left without a mailbox, deleted 30 days later");
  EXPECT_NE(held.release.find("say `mailboxLoss: allow`"), std::string::npos);
  EXPECT_EQ(held.product, IdOf<SkuId>("E3"));
}

TEST(MailboxLoss, AnotherMailboxKeepsIt) {
  EXPECT_EQ(Planned(Ada({{"E3"}, {"EOP"}}), {Grants("p", kAda, "[{product: EOP}]")}),
            "go 1 ada -E3");
  EXPECT_EQ(Planned(Ada({{"E3"}}), {Grants("p", kAda, "[{product: EOP}]")}), "go 1 ada +EOP -E3");
  EXPECT_EQ(Planned(Ada({{"E3"}}), {Grants("p", kAda, "[{product: E5}]")}), "go 1 ada +E5 -E3");
  EXPECT_EQ(Planned(Ada({{"E5"}}), {Grants("p", kAda, "[{product: E3}]")}), "go 1 ada +E3 -E5");
  EXPECT_EQ(Planned(Ada({{"E3"},
                         {.product = "EOP", .source = AssignmentSource::kGroup, .group = "MAIL"}}),
                    {kNobody}),
            "go 1 ada -E3");
}

TEST(MailboxLoss, TwoRemovalsAreJudgedTogether) {
  EXPECT_EQ(Planned(Ada({{"E3"}, {"EOP"}}), {kNobody}),
            "held ada -E3 -EOP [mailboxLoss] [mailboxLoss]");
}

TEST(MailboxLoss, AServicePlanThatGoesOffIsOne) {
  EXPECT_EQ(Planned(Ada({{"E3"}}),
                    {Grants("p", kAda, "[{product: E3, disabledPlans: [EXCHANGE_S_STD]}]")}),
            "held ada ~E3(-EXCHANGE_S_STD) [mailboxLoss]");
  EXPECT_EQ(Planned(Ada({{"E3"}}), {Grants("p", kAda, "[{product: E3, disabledPlans: [TEAMS1]}]")}),
            "go 1 ada ~E3(-TEAMS1)");
  EXPECT_EQ(Planned(Ada({{"E3", {"EXCHANGE_S_STD"}}}), {kNobody}), "go 1 ada -E3")
      << "there is none to lose";
}

TEST(MailboxLoss, ASwapWaitsWhole) {
  EXPECT_EQ(Planned(Ada({{"E3"}}), {Grants("p", kAda, "[{product: VISIO}]")}),
            "held ada +VISIO -E3 [mailboxLoss]")
      << "a ladder may lead up to what has none";
}

// Only while seats are given it shows that the rung that stands in has no mailbox.
TEST(MailboxLoss, AFallbackWithoutAMailboxTakesNone) {
  auto tenant = Ada({{"E3"}});
  tenant.Product("E5").seats = 0;
  EXPECT_EQ(Planned(tenant, {Grants("p", kAda, "[{product: E5}]")}),
            "held ada +VISIO -E3 [mailboxLoss]");
}

TEST(MailboxLoss, WhatIsHeldKeepsItsSeat) {
  auto tenant = Ada({{"E3"}});
  tenant.Product("E3").seats = 1;
  const auto plan =
      PlanWith(tenant, {Grants("p", "{users: [bob@contoso.com]}", "[{product: E3}]")});
  EXPECT_EQ(Brief(plan), "held ada -E3 [mailboxLoss]");
  EXPECT_EQ(plan.waiting.size(), 1U);
}

// Ada has E3 from STAFF, which is to lose it.
class GroupMailboxTest : public testing::Test {
 protected:
  GroupMailboxTest() {
    tenant_.Group("STAFF").licenses = {{"E3"}};
    test::Process("STAFF", tenant_);
  }
  TestTenant tenant_ = Ada({});
  std::string no_e3_ = GroupLoses("STAFF", "revoke: [E3]");
};

TEST_F(GroupMailboxTest, IsHeldAndSaysOfHowMany) {
  const auto plan = PlanWith(tenant_, {no_e3_});
  EXPECT_EQ(Brief(plan), "held group STAFF -E3 [mailboxLoss]");
  EXPECT_EQ(plan.changes.at(0).held.at(0).value,
            "1 user would be left without a mailbox, deleted 30 days later");
  EXPECT_EQ(Planned(tenant_, {no_e3_, Guards("g", "mailboxLoss: allow")}), "go 1 group STAFF -E3");
}

TEST_F(GroupMailboxTest, GoesWhereMembersKeepOrGetAnother) {
  const auto gets_e5 = GroupLoses("STAFF", "licenses: [{product: E5}], revoke: [E3]");
  EXPECT_EQ(Planned(tenant_, {gets_e5}), "go 1 group STAFF +E5\ndeferred group STAFF -E3");
  tenant_.User("ada").licenses.push_back({"EOP"});
  EXPECT_EQ(Planned(tenant_, {no_e3_, Grants("p", kAda, "[{product: EOP}]")}),
            "go 1 group STAFF -E3");
}

TEST_F(GroupMailboxTest, WaitsWhereWhatMembersWereToGetHasTooFewSeats) {
  tenant_.Product("E5").seats = 0;
  EXPECT_EQ(Planned(tenant_, {GroupLoses("STAFF", "licenses: [{product: E5}], revoke: [E3]")}),
            "deferred group STAFF +E5 -E3 [E5]");
}

TEST_F(GroupMailboxTest, IsJudgedTogetherWithWhatGoesElsewhere) {
  tenant_.User("ada").licenses.push_back({"EOP"});
  EXPECT_EQ(Planned(tenant_, {no_e3_}), "go 1 ada -EOP\nheld group STAFF -E3 [mailboxLoss]")
      << "each alone would leave the other";
  tenant_.User("ada").licenses.pop_back();
  tenant_.Group("MAIL").licenses = {{"EOP"}};
  test::Process("STAFF", tenant_);
  tenant_.User("ada").licenses.push_back(
      {.product = "EOP", .source = AssignmentSource::kGroup, .group = "MAIL"});
  EXPECT_EQ(Planned(tenant_, {no_e3_, GroupLoses("MAIL", "revoke: [EOP]")}),
            "held group MAIL -EOP [mailboxLoss]\nheld group STAFF -E3 [mailboxLoss]");
}

// Plans may come about otherwise than by MakePlan.
TEST(MailboxLoss, TheLastGateLooksAtTheRisk) {
  Change change;
  change.user = IdOf<UserId>("ada");
  change.remove = {IdOf<SkuId>("E3")};
  change.risk = {"apps", "mailbox"};
  Plan plan;
  plan.changes = {change};
  EXPECT_EQ(Brief(Guard(plan, {}).plan()), "held ada -E3 [mailboxLoss]");
  plan.changes[0].risk = {"apps"};
  EXPECT_EQ(Brief(Guard(plan, {}).plan()), "go 0 ada -E3");
}

}  // namespace
}  // namespace seatkeeper
