// Ladders, revocations, expiry and reserves: from policy files to the plan.

#include <gtest/gtest.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Manages;
using test::PlanOf;
using test::TestLicense;
using test::TestTenant;

constexpr auto kGroup = AssignmentSource::kGroup;
const char* const kAda = "{users: [ada@contoso.com]}";
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

std::string Ladder(bool fallback = false) {
  return std::string("apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n") +
         "spec: {products: [E5, E3, F1], fallback: " + (fallback ? "true" : "false") + "}\n";
}

std::string Revokes(std::string_view name, std::string_view subjects, std::string_view what,
                    int priority) {
  return "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: " + std::string(name) +
         "}\nspec:\n  priority: " + std::to_string(priority) +
         "\n  subjects: " + std::string(subjects) + "\n  revoke: " + std::string(what) + "\n";
}

TestTenant Suites(std::vector<TestLicense> adas) {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P1", "P2", "P5"}},
                     {.name = "E3", .plans = {"P1", "P2"}},
                     {.name = "F1"},
                     {.name = "VISIO"}};
  tenant.users = {{.name = "ada", .licenses = std::move(adas)}};
  return tenant;
}

// All suites fully managed, Ada granted this one (or nothing).
std::string Planned(const TestTenant& tenant, const std::string& granted, bool fallback = false) {
  std::vector<std::string> documents = {Ladder(fallback), Manages("E5", "full"),
                                        Manages("E3", "full"), Manages("F1", "full"),
                                        test::Limits("none", "off")};
  documents.push_back(granted.empty()
                          ? Grants("p", "{rule: user.department -eq \"x\"}", "[{product: E5}]")
                          : Grants("p", kEverybody, "[" + granted + "]"));
  return Brief(PlanOf(tenant, documents).plan());
}

TEST(Ladder, MovesUpAndDownInOneRequest) {
  EXPECT_EQ(Planned(Suites({{"E3"}}), "{product: E5}"), "go 1 ada +E5 -E3");
  EXPECT_EQ(Planned(Suites({{"E5"}}), "{product: E3}"), "go 1 ada +E3 -E5");
  EXPECT_EQ(Planned(Suites({{"E5"}, {"F1"}}), "{product: E3}"), "go 1 ada +E3 -E5 -F1");
  EXPECT_EQ(Planned(Suites({{"E5"}, {"E3"}}), "{product: E5}"), "go 1 ada -E3");
  EXPECT_EQ(Planned(Suites({{"E3"}}), ""), "go 1 ada -E3");
}

TEST(Ladder, TheHighestGrantedRungCounts) {
  EXPECT_EQ(Planned(Suites({}), "{product: E3}, {product: E5}"), "go 1 ada +E5");
  EXPECT_EQ(Planned(Suites({{"E5"}}), "{product: E3}, {product: E5}"), "");
  EXPECT_EQ(Planned(Suites({{"E3"}}), "{product: E3}, {product: E5}"), "go 1 ada +E5 -E3");
}

TEST(Ladder, MovingUpIsNoRemovalAndMovingDownIs) {
  const auto changes = [](std::vector<TestLicense> held, const std::string& granted) {
    return PlanOf(Suites(std::move(held)), {Ladder(), Manages("E5", "full"), Manages("E3", "full"),
                                            Grants("p", kAda, "[{product: " + granted + "}]")})
        .plan()
        .changes;
  };
  EXPECT_TRUE(changes({{"E3"}}, "E5").at(0).removals().empty());
  EXPECT_EQ(changes({{"E5"}}, "E3").at(0).removals(), std::vector{IdOf<SkuId>("E5")});
}

TEST(Ladder, AHigherRungThatStaysSatisfiesTheGrant) {
  const std::vector<std::string> documents = {Ladder(), Manages("E3", "full"),
                                              Grants("p", kAda, "[{product: E3}]")};
  EXPECT_EQ(Brief(PlanOf(Suites({{"E5"}}), documents).plan()), "") << "E5 is assign-only";
  EXPECT_EQ(Brief(PlanOf(Suites({{"E5", {}, kGroup, "g"}}), documents).plan()), "");
  EXPECT_EQ(Brief(PlanOf(Suites({{"F1"}}), documents).plan()), "go 1 ada +E3")
      << "F1 is assign-only: it never goes";
}

TEST(Ladder, ARungLeavesOnlyTogetherWithItsReplacement) {
  auto tenant = Suites({{"E3"}});
  tenant.Product("E5").seats = 0;
  EXPECT_EQ(Planned(tenant, "{product: E5}"), "deferred ada -E3 [E5]");
  tenant.Product("E5").status = "Suspended";
  EXPECT_EQ(Planned(tenant, "{product: E5}"), "deferred ada -E3 [E5]");
}

TEST(Ladder, CarriesServicePlansThroughASwap) {
  EXPECT_EQ(Planned(Suites({{"E3", {"P2"}}}), "{product: E5}"), "go 1 ada +E5(-P2) -E3");
  EXPECT_EQ(Planned(Suites({{"E3", {"P2"}}}), "{product: E5, disabledPlans: []}"),
            "go 1 ada +E5 -E3");
  const auto plan =
      PlanOf(Suites({{"E3"}}), {Ladder(), Manages("E5", "full"), Manages("E3", "full"),
                                Grants("p", kAda, "[{product: E5, disabledPlans: [P1]}]")})
          .plan();
  EXPECT_EQ(Brief(plan), "go 1 ada +E5(-P1) -E3");
  EXPECT_EQ(plan.changes.at(0).removals(), std::vector{IdOf<SkuId>("E5")})
      << "P1 was on and goes off";
}

TEST(Ladder, FallsBackToTheNextRungWithASeatAndReturns) {
  auto tenant = Suites({});
  tenant.Product("E5").seats = 0;
  EXPECT_EQ(Planned(tenant, "{product: E5}", true), "go 1 ada +E3");
  tenant.Product("E3").seats = 0;
  EXPECT_EQ(Planned(tenant, "{product: E5}", true), "go 1 ada +F1");
  test::Carry(
      PlanOf(tenant, {Ladder(true), Grants("p", kAda, "[{product: E5}]")}).plan().changes.at(0),
      tenant);
  EXPECT_EQ(Planned(tenant, "{product: E5}", true), "deferred ada -F1 [E5]") << "served meanwhile";
  tenant.Product("E3").seats = 1;
  EXPECT_EQ(Planned(tenant, "{product: E5}", true), "go 1 ada +E3 -F1");
  tenant.Product("E5").seats = 1;
  EXPECT_EQ(Planned(tenant, "{product: E5}", true), "go 1 ada +E5 -F1");
}

TEST(Ladder, FallbacksStandBehindDirectGrants) {
  auto tenant = Suites({});
  tenant.users.push_back({.name = "zoe", .department = "Ops"});
  tenant.Product("E5").seats = 0;
  tenant.Product("E3").seats = 1;
  const auto plan = PlanOf(tenant, {Ladder(true), Grants("high", kAda, "[{product: E5}]", 9),
                                    Grants("low", "{users: [zoe@contoso.com]}", "[{product: E3}]")})
                        .plan();
  EXPECT_EQ(Brief(plan), "go 1 ada +F1\ngo 1 zoe +E3");
}

TEST(Ladder, UnrelatedRemovalsGoOnWhileAFallbackServes) {
  auto tenant = Suites({{"VISIO"}});
  tenant.Product("E5").seats = 0;
  const auto planned = [&](bool fallback) {
    return Brief(PlanOf(tenant, {Ladder(fallback), Manages("VISIO", "full"),
                                 Grants("p", kAda, "[{product: E5}]")})
                     .plan());
  };
  EXPECT_EQ(planned(true), "go 1 ada +E3 -VISIO");
  EXPECT_EQ(planned(false), "deferred ada -VISIO [E5]");
}

TEST(Ladder, AProductStandsOnOneLadderOnly) {
  auto other = Ladder();
  other.replace(other.find("suites"), 6, "others");
  EXPECT_THROW(PlanOf(Suites({}), {Ladder(), other}), std::invalid_argument);
}

TEST(Revoke, TakesWhereItsPriorityWins) {
  const auto planned = [](int grant, int revoke, const char* what = "[E5]") {
    return Brief(PlanOf(Suites({{"E5"}, {"VISIO"}}),
                        {Manages("E5", "full"), Grants("engineers", kAda, "[{product: E5}]", grant),
                         Revokes("leavers", kAda, what, revoke)})
                     .plan());
  };
  EXPECT_EQ(planned(1, 2), "go 1 ada -E5");
  EXPECT_EQ(planned(2, 1), "");
  EXPECT_EQ(planned(1, 2, "all"), "go 1 ada -E5") << "VISIO is in no document";
}

TEST(Revoke, ATieHoldsTheProductAndNamesBothLines) {
  const auto plan_of = [](std::vector<TestLicense> held) {
    return PlanOf(Suites(std::move(held)),
                  {Manages("E5", "full"), Grants("engineers", kAda, "[{product: E5}]", 5),
                   Revokes("leavers", "{rule: user.accountEnabled -eq true}", "[E5]", 5)})
        .plan();
  };
  const auto held = plan_of({{"E5"}});
  EXPECT_EQ(Brief(held), "held ada -E5 [contradiction]");
  EXPECT_EQ(Brief(plan_of({})), "held ada +E5 [contradiction]");
  const auto drift = BriefDrift(held);
  EXPECT_NE(drift.find("engineers (engineers.yaml:"), std::string::npos) << drift;
  EXPECT_NE(drift.find("leavers (leavers.yaml:"), std::string::npos) << drift;
}

TEST(Revoke, KeepsWhatOnlyAGroupGives) {
  const auto plan = PlanOf(Suites({{"E5", {}, kGroup, "g7"}}),
                           {Manages("E5", "full"), Revokes("leavers", kAda, "[E5]", 5)})
                        .plan();
  EXPECT_EQ(Brief(plan), "");
  ASSERT_EQ(plan.drift.size(), 1U);
  EXPECT_EQ(plan.drift[0].kind, Drift::Kind::kInherited);
  EXPECT_EQ(plan.drift[0].group, IdOf<GroupId>("g7"));
}

TEST(Expiry, EndsAGrantAtTheEndOfItsDay) {
  const auto policies =
      test::Policies({Manages("E5", "full"),
                      Grants("trial", kAda, "[{product: E5}]") + "  expires: 2026-03-31\n"});
  const auto observed = Suites({{"E5"}}).Read();
  const auto plan_at = [&](const char* now) {
    auto plan = MakePlan(
        {.tenant = "contoso", .policies = policies, .observed = observed, .now = *ParseTime(now)});
    return plan ? plan->plan() : Plan{};
  };
  const auto before = plan_at("2026-03-31T23:59:59Z");
  EXPECT_EQ(Brief(before), "");
  EXPECT_EQ(before.next_flip, ParseTime("2026-04-01T00:00:00Z"));
  const auto after = plan_at("2026-04-01T00:00:00Z");
  EXPECT_EQ(Brief(after), "go 1 ada -E5");
  EXPECT_NE(after.warnings.at(0).find("trial expired at the end of 2026-03-31"), std::string::npos);
}

TEST(Reserve, IsNeverPlannedAway) {
  auto tenant = Suites({});
  tenant.users.push_back({.name = "bob"});
  tenant.Product("E5").seats = 3;
  const auto reserve = [&](int seats) {
    auto managed = Manages("E5", "full");
    managed += "  reserve: " + std::to_string(seats) + "\n";
    return PlanOf(tenant, {managed, Grants("p", kEverybody, "[{product: E5}]")}).plan();
  };
  EXPECT_EQ(Brief(reserve(1)), "go 1 ada +E5\ngo 1 bob +E5");
  EXPECT_EQ(Brief(reserve(2)), "go 1 ada +E5");
  EXPECT_EQ(Brief(reserve(9)), "");
  ASSERT_EQ(reserve(2).waiting.size(), 1U);
  EXPECT_EQ(reserve(2).waiting[0].user_principal_name, "bob@contoso.com");
  EXPECT_EQ(reserve(2).waiting[0].place, 1);
}

TEST(Redundant, DirectCopiesGoOnlyWherePolicyAsksAndTheGroupIsWell) {
  const auto planned = [](AssignmentState group, const std::string& extra) {
    auto managed = Manages("E5", "full");
    managed.replace(managed.find("confirmations: 1"), 16, "confirmations: 1" + extra);
    return Brief(PlanOf(Suites({{"E5"}, {"E5", {}, kGroup, "g", group}}),
                        {managed, Grants("p", kAda, "[{product: E5}]")})
                     .plan());
  };
  EXPECT_EQ(planned(AssignmentState::kActive, ""), "");
  EXPECT_EQ(planned(AssignmentState::kActive, ", removeRedundantDirect: true"), "go 1 ada -E5");
  EXPECT_EQ(planned(AssignmentState::kActiveWithError, ", removeRedundantDirect: true"), "");
}

TEST(Waiting, WhoHasWaitedLongerComesFirst) {
  auto tenant = Suites({});
  tenant.users.push_back({.name = "bob"});
  tenant.Product("E5").seats = 1;
  const auto policies = test::Policies({Grants("p", kEverybody, "[{product: E5}]")});
  const auto observed = tenant.Read();
  PlanMemory memory;
  memory.waiting[{IdOf<UserId>("bob"), IdOf<SkuId>("E5")}] = *ParseTime("2026-01-01T00:00:00Z");
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .now = *ParseTime("2026-02-01T00:00:00Z"),
                              .memory = memory});
  ASSERT_TRUE(plan);
  EXPECT_EQ(Brief(plan->plan()), "go 1 bob +E5");
  ASSERT_EQ(plan->plan().waiting.size(), 1U);
  EXPECT_EQ(plan->plan().waiting[0].since, ParseTime("2026-02-01T00:00:00Z"));
}

}  // namespace
}  // namespace seatkeeper
