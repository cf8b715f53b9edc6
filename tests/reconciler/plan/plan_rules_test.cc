#include "reconciler/plan/plan_rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Manages;
using test::TestTenant;

constexpr const char* kA = "4fa4026d-ce74-4962-a151-8e96d57ea8e4";
constexpr const char* kB = "57ff2da0-773e-42df-b2af-ffb7a2317929";
constexpr const char* kC = "fe71d6c3-a2ea-4499-9778-da042bf08063";

TEST(PlanRules, AreLearnedFromRefusals) {
  const auto exclusive = LearnPlanRule(fmt::format(
      "License assignment failed because service plans {}, {} are mutually exclusive.", kB, kA));
  ASSERT_TRUE(exclusive);
  EXPECT_EQ(exclusive->exclusive, (std::set{std::pair{*PlanId::Parse(kA), *PlanId::Parse(kB)}}));
  const auto needs = LearnPlanRule(fmt::format(
      "service plan {} depends on the service plan(s) {}, {}. (status 400)", kC, kA, kB));
  ASSERT_TRUE(needs);
  EXPECT_EQ(needs->needs.at(*PlanId::Parse(kC)),
            (std::set{*PlanId::Parse(kA), *PlanId::Parse(kB)}));
}

TEST(PlanRules, WordsWithoutBothIdsTeachNothing) {
  EXPECT_FALSE(LearnPlanRule("Subscription does not have any available licenses."));
  EXPECT_FALSE(LearnPlanRule("Service plans are mutually exclusive."));
  EXPECT_FALSE(LearnPlanRule(fmt::format("Plans {} and {} are mutually exclusive.", kA, kA)));
  EXPECT_FALSE(
      LearnPlanRule(fmt::format("Plans {0}, {1}, {2} are mutually exclusive.", kA, kB, kC)));
  EXPECT_FALSE(LearnPlanRule(fmt::format("service plan {} depends on the service plan(s) ?", kA)));
}

// ada, in Sales: has SUITE with mail and chat; PHONE needs chat, LITE brings another chat.
class PlanConflictsTest : public ::testing::Test {
 protected:
  PlanConflictsTest() {
    tenant_.products = {{.name = "SUITE", .plans = {"MAIL", "CHAT"}},
                        {.name = "PHONE", .plans = {"CALLS"}},
                        {.name = "LITE", .plans = {"CHATLITE", "NOTES"}}};
    tenant_.users = {{.name = "ada", .department = "Sales"}};
    memory_.learned_rules.needs[IdOf<PlanId>("CALLS")] = {IdOf<PlanId>("CHAT")};
    memory_.learned_rules.exclusive.insert(
        std::minmax(IdOf<PlanId>("CHAT"), IdOf<PlanId>("CHATLITE")));
  }

  Plan PlanWith(const std::vector<std::string>& documents) const {
    return test::PlanOf(tenant_.Read(), test::Policies(documents), memory_).plan();
  }

  TestTenant tenant_;
  PlanMemory memory_;
};

TEST_F(PlanConflictsTest, WhatExcludesSomethingHeldIsNotGivenAndSaysWhy) {
  tenant_.User("ada").licenses = {{.product = "SUITE"}};
  const auto plan = PlanWith({Grants("a", "{users: [ada@contoso.com]}", "[{product: LITE}]")});
  EXPECT_EQ(test::Brief(plan), "");
  EXPECT_EQ(BriefDrift(plan),
            "ada LITE missing: granted by a; the service plans CHAT and CHATLITE cannot be held "
            "together");
}

TEST_F(PlanConflictsTest, OfTwoThatExcludeEachOtherTheMoreImportantIsGiven) {
  const auto plan = PlanWith({Grants("a", "{users: [ada@contoso.com]}", "[{product: LITE}]", 7),
                              Grants("b", "{users: [ada@contoso.com]}", "[{product: SUITE}]", 3)});
  EXPECT_EQ(test::Brief(plan), "go 1 ada +LITE");
}

TEST_F(PlanConflictsTest, ADisabledPlanThatExcludesIsNoObstacle) {
  tenant_.User("ada").licenses = {{.product = "SUITE"}};
  const auto plan = PlanWith(
      {Grants("a", "{users: [ada@contoso.com]}", "[{product: LITE, disabledPlans: [CHATLITE]}]")});
  EXPECT_EQ(test::Brief(plan), "go 1 ada +LITE(-CHATLITE)");
}

TEST_F(PlanConflictsTest, WhatNeedsSomethingComesWithItOrNotAtAll) {
  const auto both =
      Grants("a", "{users: [ada@contoso.com]}", "[{product: PHONE}, {product: SUITE}]");
  EXPECT_EQ(test::Brief(PlanWith({both})), "go 1 ada +PHONE +SUITE");
  tenant_.Product("SUITE").seats = 0;
  const auto plan = PlanWith({both});
  EXPECT_EQ(test::Brief(plan), "");
  EXPECT_NE(
      BriefDrift(plan).find("the service plan CALLS needs CHAT, which the user would not have"),
      std::string::npos)
      << BriefDrift(plan);
}

TEST_F(PlanConflictsTest, ADisabledPlanThatAnEnabledOneNeedsIsExplained) {
  const auto plan =
      PlanWith({Grants("a", "{users: [ada@contoso.com]}",
                       "[{product: PHONE}, {product: SUITE, disabledPlans: [CHAT]}]")});
  EXPECT_EQ(test::Brief(plan), "go 1 ada +SUITE(-CHAT)");
}

TEST_F(PlanConflictsTest, NothingIsTakenThatWouldOrphanWhatStays) {
  tenant_.User("ada").licenses = {{.product = "SUITE"}, {.product = "PHONE"}};
  const auto others = Grants("a", "{rule: user.department -eq \"Ops\"}", "[{product: SUITE}]");
  const auto plan = PlanWith({others, Manages("SUITE", "full")});
  EXPECT_EQ(test::Brief(plan), "deferred ada -SUITE [PHONE]");
  EXPECT_EQ(BriefDrift(plan),
            "ada SUITE extra: no policy grants it; PHONE stays, and its service plan CALLS needs "
            "CHAT");
  const auto together = PlanWith({others, Manages("SUITE", "full"), Manages("PHONE", "full")});
  EXPECT_EQ(test::Brief(together), "go 1 ada -PHONE -SUITE");
}

TEST_F(PlanConflictsTest, WhatWasBrokenBeforeIsLeftToBe) {
  tenant_.User("ada").licenses = {{.product = "PHONE"}};
  const auto plan = PlanWith(
      {Grants("a", "{users: [ada@contoso.com]}", "[{product: LITE, disabledPlans: [CHATLITE]}]")});
  EXPECT_EQ(test::Brief(plan), "go 1 ada +LITE(-CHATLITE)");
}

TEST_F(PlanConflictsTest, AProductProhibitedInACountryIsNotTriedThereAgain) {
  tenant_.users.push_back({.name = "bob", .department = "Sales", .usage_location = "DE"});
  tenant_.users.push_back({.name = "cleo",
                           .licenses = {{.product = "PHONE",
                                         .source = AssignmentSource::kGroup,
                                         .group = "callers",
                                         .state = AssignmentState::kError,
                                         .error = "ProhibitedInUsageLocationViolation"}}});
  memory_.learned_rules = {};
  const auto plan =
      PlanWith({Grants("a", "{rule: user.department -eq \"Sales\"}", "[{product: PHONE}]")});
  EXPECT_EQ(test::Brief(plan), "go 1 bob +PHONE");
  EXPECT_EQ(BriefDrift(plan),
            "ada PHONE missing: granted by a; the service does not allow it in FR\n"
            "bob PHONE missing: granted by a");
}

}  // namespace
}  // namespace seatkeeper
