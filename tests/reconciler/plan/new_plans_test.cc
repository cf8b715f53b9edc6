#include "reconciler/plan/new_plans.h"

#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/remember.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::IdOf;
using test::Manages;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// E5 came with A and B, and the vendor added N: ada has had E5 all along, so that N is on for her;
/// off for bob; cleo is to get E5 now; dan holds it and no policy says so.
class NewServicePlans : public testing::Test {
 protected:
  NewServicePlans() {
    tenant_ = {.users = {{.name = "ada", .licenses = {{"E5", {"A"}}}},
                         {.name = "bob", .licenses = {{"E5", {"A", "N"}}}},
                         {.name = "cleo"},
                         {.name = "dan", .licenses = {{"E5", {"A"}}}}},
               .products = {{.name = "E5", .plans = {"A", "B", "N"}}}};
    memory_.known_plans[IdOf<SkuId>("E5")] = {IdOf<PlanId>("A"), IdOf<PlanId>("B")};
  }

  static std::string Rule(const std::string& management, const std::string& new_plans) {
    return Manages("E5", management) + "  newPlans: " + new_plans + "\n";
  }

  Plan PlanOf(const std::string& grant, const std::string& managed) {
    const auto policies = test::Policies(
        {Grants("p", "{users: [ada@contoso.com, bob@contoso.com, cleo@contoso.com]}", grant),
         test::Limits("limits", "off"), managed});
    const auto observed = tenant_.Read();
    const auto plan = MakePlan({.tenant = "contoso",
                                .policies = policies,
                                .observed = observed,
                                .busy = busy_,
                                .memory = memory_});
    if (!plan) throw std::invalid_argument(plan.error().message);
    return plan->plan();
  }

  void Apply(const Plan& plan) {
    for (const auto& change : plan.changes) test::Carry(change, tenant_);
    memory_ = RememberPlan(std::move(memory_), plan);
  }

  test::TestTenant tenant_;
  std::set<UserId> busy_;
  PlanMemory memory_;
};

constexpr const char* kNoList = "[{product: E5}]";
constexpr const char* kList = "[{product: E5, disabledPlans: [A]}]";
constexpr const char* kNaming = "[{product: E5, disabledPlans: [A, N]}]";
constexpr const char* kEnabled = "[{product: E5, enabledPlans: [B]}]";

TEST_F(NewServicePlans, DoWhatTheRuleSays) {
  tenant_.users.pop_back();
  struct Case {
    const char* grant;
    const char* rule;
    const char* changes;
  };
  const Case cases[] = {
      {kNoList, "hold", "go 1 cleo +E5(-N)"},
      {kList, "hold", "go 1 cleo +E5(-A -N)"},
      {kNaming, "hold", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kEnabled, "hold", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kNoList, "disable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-N)"},
      {kList, "disable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kNaming, "disable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kEnabled, "disable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kNoList, "enable", "go 1 bob ~E5(-A)\ngo 1 cleo +E5"},
      {kList, "enable", "go 1 bob ~E5(-A)\ngo 1 cleo +E5(-A)"},
      {kNaming, "enable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
      {kEnabled, "enable", "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Brief(PlanOf(one.grant, Rule("full", one.rule))), one.changes)
        << one.grant << " " << one.rule;
  }
}

TEST_F(NewServicePlans, AreLeftAsTheyAreForWhomNoPolicyGrantsTheProduct) {
  EXPECT_THAT(Brief(PlanOf(kList, Rule("owned", "disable"))), testing::Not(HasSubstr("dan")));
  EXPECT_THAT(BriefDrift(PlanOf(kList, Rule("owned", "disable"))),
              HasSubstr("dan E5 extra: no policy grants it"));
}

TEST_F(NewServicePlans, AreSwitchedForHoldersOnlyWhereManagementLetsGo) {
  for (const auto* rule : {"disable", "enable"}) {
    const auto only_new =
        rule == std::string("enable") ? "go 1 cleo +E5(-A)" : "go 1 cleo +E5(-A -N)";
    EXPECT_EQ(Brief(PlanOf(kList, Rule("assign-only", rule))), only_new) << rule;
    EXPECT_EQ(Brief(PlanOf(kList, Rule("owned", rule))), only_new) << rule;
  }
  memory_.owned = {{IdOf<UserId>("ada"), IdOf<SkuId>("E5")}};
  EXPECT_EQ(Brief(PlanOf(kList, Rule("owned", "disable"))),
            "go 1 ada ~E5(-A -N)\ngo 1 cleo +E5(-A -N)");
}

TEST_F(NewServicePlans, GoingOffIsARemoval) {
  const auto policies =
      test::Policies({Grants("p", "{users: [ada@contoso.com]}", kNoList),
                      test::Limits("limits", "{seats: 0}"), Rule("full", "disable")});
  tenant_.users = {tenant_.User("ada")};
  const auto observed = tenant_.Read();
  const auto plan = MakePlan(
      {.tenant = "contoso", .policies = policies, .observed = observed, .memory = memory_});
  ASSERT_TRUE(plan);
  EXPECT_EQ(Brief(plan->plan()), "held ada ~E5(-A -N) [maxUnassign]");
  EXPECT_EQ(plan->plan().changes.at(0).origin.policy, "manages E5")
      << "no list asked for it, the product's document did";
}

TEST_F(NewServicePlans, OfAProductThatWasNeverReadAreNone) {
  memory_ = {};
  EXPECT_EQ(Brief(PlanOf(kList, Rule("assign-only", "disable"))), "go 1 cleo +E5(-A)");
  EXPECT_THAT(PlanOf(kList, Rule("assign-only", "disable")).added_plans, IsEmpty());
}

TEST_F(NewServicePlans, HeldBackAreToldUntilAFileDecides) {
  const auto warned = [&](const char* grant, const char* rule) {
    const auto warnings = PlanOf(grant, Rule("assign-only", rule)).warnings;
    return std::any_of(warnings.begin(), warnings.end(), [](const std::string& warning) {
      return warning.find("the vendor added N to E5") != std::string::npos;
    });
  };
  EXPECT_TRUE(warned(kList, "hold"));
  EXPECT_TRUE(warned(kNoList, "hold"));
  EXPECT_FALSE(warned(kNaming, "hold"));
  EXPECT_FALSE(warned(kEnabled, "hold"));
  EXPECT_FALSE(warned(kList, "disable"));
  EXPECT_FALSE(warned(kList, "enable"));
}

TEST_F(NewServicePlans, StayOffUnderDisable) {
  Apply(PlanOf(kList, Rule("full", "disable")));
  EXPECT_EQ(Brief(PlanOf(kList, Rule("full", "disable"))), "")
      << "the list would have everything else on, were the plan known by now";
  EXPECT_EQ(Brief(PlanOf(kList, Rule("full", "hold"))), "");
}

TEST_F(NewServicePlans, AreKnownOnceEnableIsApplied) {
  const auto first = PlanOf(kNoList, Rule("full", "enable"));
  EXPECT_FALSE(first.added_plans.at(0).applied) << "bob has it off";
  Apply(first);
  const auto second = PlanOf(kNoList, Rule("full", "enable"));
  EXPECT_EQ(Brief(second), "");
  EXPECT_TRUE(second.added_plans.at(0).applied);
  Apply(second);
  EXPECT_THAT(PlanOf(kNoList, Rule("full", "disable")).added_plans, IsEmpty());
  EXPECT_EQ(Brief(PlanOf(kNoList, Rule("full", "disable"))), "")
      << "what was accepted is not taken away by a later word on new plans";
}

TEST_F(NewServicePlans, AreNotKnownWhileSomebodyIsLeftAlone) {
  tenant_.users = {tenant_.User("ada")};
  const auto enable = [&] {
    return PlanOf(kNoList, Rule("full", "enable")).added_plans.at(0).applied;
  };
  EXPECT_TRUE(enable());
  busy_ = {IdOf<UserId>("bob")};
  EXPECT_FALSE(enable());
}

TEST_F(NewServicePlans, ThatVanishAndComeBackStayWhatTheyWere) {
  const auto reread = [&](const std::vector<std::string>& plans) {
    tenant_.Product("E5").plans = plans;
    memory_ = RememberReading(std::move(memory_), {}, tenant_.Read());
  };
  reread({"B", "N"});
  EXPECT_EQ(Brief(PlanOf(kNoList, Rule("full", "hold"))), "go 1 cleo +E5(-N)\ngo 1 dan -E5");
  reread({"A", "B"});
  reread({"A", "B", "N"});
  EXPECT_EQ(Brief(PlanOf(kNoList, Rule("full", "hold"))), "go 1 cleo +E5(-N)\ngo 1 dan -E5");
}

TEST_F(NewServicePlans, FromAGroupAreNoDriftUnderHold) {
  tenant_.users = {{.name = "ada", .licenses = {{"E5", {"A"}, AssignmentSource::kGroup, "g"}}}};
  tenant_.groups = {{.name = "g", .members = {"ada"}}};
  const auto policies =
      test::Policies({Grants("p", "{users: [ada@contoso.com]}", kList), Rule("full", "hold")});
  const auto observed = tenant_.Read();
  const auto plan = MakePlan(
      {.tenant = "contoso", .policies = policies, .observed = observed, .memory = memory_});
  ASSERT_TRUE(plan);
  EXPECT_EQ(BriefDrift(plan->plan()), "");
}

}  // namespace
}  // namespace seatkeeper
