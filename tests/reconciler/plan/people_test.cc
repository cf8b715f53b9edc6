#include "reconciler/plan/people.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/model/account_type.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::PlanOf;
using test::TestTenant;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kAda = "{users: [ada@contoso.com]}";
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";
const char* const kNobody = "{rule: user.department -eq \"nowhere\"}";

std::string Protects(std::string_view name, std::string_view whom) {
  return Guards(name, fmt::format("protected: {}", whom));
}

std::string Revokes(std::string_view says) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: revokes}}\n"
      "spec: {{{}}}\n",
      says);
}

// ADMINS are ada; ada and bob hold E5, which is granted to nobody.
TestTenant Two() {
  return {.users = {{.name = "ada", .licenses = {{"E5"}}}, {.name = "bob", .licenses = {{"E5"}}}},
          .products = {{.name = "E5", .plans = {"P1", "P2", "P5"}},
                       {.name = "E3", .plans = {"P1", "P2"}},
                       {.name = "VISIO"}},
          .groups = {{.name = "ADMINS", .members = {"ada"}}}};
}

// Suites fully managed on a ladder, without limits on amounts.
std::vector<std::string> Documents(std::vector<std::string> more) {
  std::vector<std::string> documents = {
      Manages("E5", "full"), Manages("E3", "full"), Limits("none", "off"),
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3]}\n"};
  documents.insert(documents.end(), more.begin(), more.end());
  return documents;
}

Plan PlanWith(const TestTenant& tenant, std::vector<std::string> more) {
  return PlanOf(tenant, Documents(std::move(more))).plan();
}

const std::string kUnwanted = Grants("p", kNobody, "[{product: E5}]");

TEST(Protected, AUserLosesNothingAndOthersDo) {
  const auto plan = PlanWith(Two(), {kUnwanted, Protects("safe", kAda)});
  EXPECT_EQ(Brief(plan), "go 1 bob -E5\nheld ada -E5 [protected]");
  EXPECT_EQ(BriefDrift(plan),
            "ada E5 extra: no policy grants it; the user is protected and loses nothing\n"
            "bob E5 extra: no policy grants it");
  const auto& held = plan.changes.at(1).held.at(0);
  EXPECT_EQ(held.value, "the user is protected by safe (safe.yaml:3:18)");
  EXPECT_EQ(held.limit, "protected users lose nothing");
  EXPECT_EQ(held.release, "take the user off `protected` in a reviewed change");
  EXPECT_EQ(held.product, IdOf<SkuId>("E5"));
}

TEST(Protected, MembersOfAGroupAre) {
  EXPECT_EQ(Brief(PlanWith(Two(), {kUnwanted, Protects("safe", "{groups: [ADMINS]}")})),
            "go 1 bob -E5\nheld ada -E5 [protected]");
}

TEST(Protected, SeveralDocumentsProtectTheirUnion) {
  const auto plan = PlanWith(Two(), {kUnwanted, Protects("some", "{users: [bob@contoso.com]}"),
                                     Protects("others", "{groups: [ADMINS]}")});
  EXPECT_EQ(Brief(plan), "held ada -E5 [protected]\nheld bob -E5 [protected]");
}

TEST(Protected, ADocumentOfAnotherTenantProtectsNobody) {
  auto other = Protects("other", "{users: [ada@contoso.com, nobody@contoso.com]}");
  other.replace(other.find("{name: other}"), 13, "{name: other, tenants: [fabrikam]}");
  auto documents = Documents({kUnwanted, other});
  for (auto& document : documents) {
    if (document.find("tenants:") != std::string::npos) continue;
    const auto end = document.find("}", document.find("metadata: {"));
    document.insert(end, ", tenants: [all]");
  }
  EXPECT_EQ(Brief(PlanOf(Two(), documents).plan()), "go 1 ada -E5\ngo 1 bob -E5");
}

TEST(Protected, WhatIsOffGoesOnAndWhatIsOnStaysOn) {
  auto tenant = Two();
  tenant.User("ada").licenses = {{"E5", {"P1"}}};
  const auto planned = [&](const char* off) {
    return Brief(PlanWith(
        tenant, {Protects("safe", kAda),
                 Grants("p", kAda, fmt::format("[{{product: E5, disabledPlans: [{}]}}]", off)),
                 Grants("q", "{users: [bob@contoso.com]}", "[{product: E5}]")}));
  };
  EXPECT_EQ(planned(""), "go 1 ada ~E5");
  EXPECT_EQ(planned("P1, P2"), "held ada ~E5(-P1 -P2) [protected]");
  EXPECT_EQ(planned("P2"), "held ada ~E5(-P2) [protected]") << "on and off are one assignment";
}

TEST(Protected, GainsAndTheWayUpGoOnAndTheWayDownIsHeldWhole) {
  auto tenant = Two();
  const auto planned = [&](const char* granted) {
    return Brief(PlanWith(
        tenant, {Protects("safe", kAda), Grants("p", kEverybody, fmt::format("[{}]", granted))}));
  };
  EXPECT_EQ(planned("{product: E3}"), "go 1 bob +E3 -E5\nheld ada +E3 -E5 [protected]");
  EXPECT_EQ(planned("{product: E5}, {product: VISIO}"), "go 1 ada +VISIO\ngo 1 bob +VISIO");
  tenant.User("ada").licenses = {{"E3"}};
  EXPECT_EQ(planned("{product: E5}"), "go 1 ada +E5 -E3");
  EXPECT_EQ(planned("{product: E5, disabledPlans: [P1]}"),
            "go 1 bob ~E5(-P1)\nheld ada +E5(-P1) -E3 [protected]")
      << "a plan goes off on the way up";
}

TEST(Protected, WhatIsHeldKeepsItsSeatAndCountsForNoLimit) {
  auto tenant = Two();
  tenant.Product("E5").seats = 2;
  tenant.users.push_back({.name = "cleo"});
  const auto plan =
      PlanWith(tenant, {Grants("p", "{users: [cleo@contoso.com]}", "[{product: E5}]"),
                        Protects("safe", "{users: [ada@contoso.com, bob@contoso.com]}")});
  EXPECT_EQ(Brief(plan), "held ada -E5 [protected]\nheld bob -E5 [protected]");
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.waiting[0].user_principal_name, "cleo@contoso.com");

  const auto limited = PlanOf(Two(), {Manages("E5", "full"), kUnwanted, Limits("one", "{seats: 1}"),
                                      Protects("safe", kAda)});
  EXPECT_EQ(Brief(limited.plan()), "go 1 bob -E5\nheld ada -E5 [protected]");
}

TEST(Protected, WhatIsHeldForAnotherReasonIsStillProtected) {
  const auto plan = PlanWith(Two(), {Grants("p", "{users: [gone@contoso.com]}", "[{product: E5}]"),
                                     Protects("safe", kAda)});
  EXPECT_EQ(Brief(plan), "held ada -E5 [reference] [protected]\nheld bob -E5 [reference]");
}

TEST(Protected, WhomNobodyFindsHoldsEveryRemovalOfTheTenant) {
  auto tenant = Two();
  tenant.users.push_back({.name = "cleo"});
  tenant.groups.push_back({.name = "TWICE", .status = GroupReading::Status::kAmbiguous});
  tenant.groups.push_back({.name = "SECRET", .status = GroupReading::Status::kUnreadable});
  const struct {
    const char* whom;
    const char* said;
  } rows[] = {
      {"{groups: [Break Glass]}", "group \"Break Glass\" (safe.yaml:4:29) was not read"},
      {"{groups: [ADMINS, TWICE]}", "group \"TWICE\" (safe.yaml:4:37) names more than one group"},
      {"{groups: [SECRET]}", "group \"SECRET\" (safe.yaml:4:29) could not be read"},
      {"{users: [dora@contoso.com]}", "user \"dora@contoso.com\" (safe.yaml:4:28) was not found"},
  };
  for (const auto& row : rows) {
    const auto plan = PlanWith(
        tenant, {Grants("p", "{users: [cleo@contoso.com]}", "[{product: E5}, {product: VISIO}]"),
                 Protects("safe", row.whom)});
    EXPECT_EQ(Brief(plan),
              "go 1 cleo +E5 +VISIO\nheld ada -E5 [protected]\nheld bob -E5 [protected]")
        << row.whom;
    EXPECT_THAT(plan.changes.at(2).held.at(0).value, HasSubstr(row.said));
    EXPECT_THAT(plan.warnings, Contains(HasSubstr(row.said)));
  }
}

// A group that is licensed itself: ada, who is protected, and bob have E5 from it.
class ProtectedGroupTest : public testing::Test {
 protected:
  ProtectedGroupTest() {
    tenant_.User("ada").licenses.clear();
    tenant_.User("bob").licenses.clear();
    tenant_.groups.push_back({.name = "STAFF", .members = {"ada", "bob"}, .licenses = {{"E5"}}});
    test::Process("STAFF", tenant_);
  }
  std::string Planned(const char* whom = kAda) {
    plan_ = PlanWith(tenant_, {Revokes("subjects: {groups: [STAFF]}, delivery: group, "
                                       "revoke: [E5]"),
                               Protects("safe", whom)});
    return Brief(plan_);
  }

  TestTenant tenant_ = Two();
  Plan plan_;
};

TEST_F(ProtectedGroupTest, KeepsWhatAProtectedMemberHasFromIt) {
  EXPECT_EQ(Planned(), "held group STAFF -E5 [protected]");
  EXPECT_EQ(plan_.changes.at(0).held.at(0).value,
            "1 protected user has it from this group: ada@contoso.com");
}

TEST_F(ProtectedGroupTest, LosesItWhereNoProtectedUserHasItThere) {
  tenant_.User("ada").licenses.clear();
  EXPECT_EQ(Planned(), "go 1 group STAFF -E5");
}

TEST_F(ProtectedGroupTest, LosesItWhereTheProtectedHaveAllOfItThemselves) {
  tenant_.User("ada").licenses.push_back({"E5"});
  EXPECT_EQ(Planned(), "go 1 group STAFF -E5\nheld ada -E5 [protected]")
      << "what is her own stays with her";
  tenant_.User("ada").licenses.back().off = {"P5"};
  EXPECT_EQ(Planned(), "held group STAFF -E5 [protected]\nheld ada -E5 [protected]")
      << "P5 would go off";
}

TEST_F(ProtectedGroupTest, CountsOnNoOtherGroup) {
  tenant_.groups.push_back({.name = "OTHER", .members = {"ada"}, .licenses = {{"E5"}}});
  tenant_.User("ada").licenses.push_back(
      {.product = "E5", .source = AssignmentSource::kGroup, .group = "OTHER"});
  EXPECT_EQ(Planned(), "held group STAFF -E5 [protected]");
}

TEST_F(ProtectedGroupTest, TurnsNoServicePlanOff) {
  const auto plan = PlanWith(
      tenant_, {Revokes("subjects: {groups: [STAFF]}, delivery: group, "
                        "licenses: [{product: E5, disabledPlans: [P1]}, {product: VISIO}]"),
                Protects("safe", "{users: [ada@contoso.com, bob@contoso.com]}")});
  EXPECT_EQ(Brief(plan), "go 1 group STAFF +VISIO*2\nheld group STAFF ~E5(-P1) [protected]");
  EXPECT_EQ(plan.changes.at(1).held.at(0).value,
            "2 protected users have it from this group: ada@contoso.com, bob@contoso.com");
}

TEST_F(ProtectedGroupTest, KeepsWhatAProtectedAgentHasFromIt) {
  tenant_.User("ada").type = kAgentType;
  EXPECT_EQ(Planned(), "held group STAFF -E5 [protected]");
}

// Plans may come about otherwise than by MakePlan.
TEST(Protected, TheLastGateHoldsWholeChanges) {
  const auto observed = Two().Read();
  const auto policies = test::Policies({Protects("safe", kAda)});
  GuardInput input{.people = PeopleLimits({&policies.guardrails.at(0)}, observed)};
  Plan plan;
  for (const auto* user : {"ada", "bob"}) {
    Change change;
    change.user = IdOf<UserId>(user);
    change.remove = {IdOf<SkuId>("E5")};
    change.add = {{.product = IdOf<SkuId>("VISIO")}};
    plan.changes.push_back(std::move(change));
  }
  const auto guarded = Guard(std::move(plan), input);
  EXPECT_EQ(guarded.plan().changes.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(guarded.plan().changes.at(0).held.at(0).guardrail, "protected");
  EXPECT_EQ(guarded.plan().changes.at(1).verdict, Verdict::kGo);
}

TEST(Protected, ItsGroupsAreRead) {
  auto other = Protects("other", "{groups: [Theirs]}");
  other.replace(other.find("{name: other}"), 13, "{name: other, tenants: [fabrikam]}");
  auto mine = Protects("mine", "{groups: [ADMINS], users: [ceo@contoso.com]}");
  mine.replace(mine.find("{name: mine}"), 12, "{name: mine, tenants: [contoso]}");
  EXPECT_THAT(ReadingNeeds(test::Policies({mine, other}), "contoso").groups, ElementsAre("ADMINS"));
}

}  // namespace
}  // namespace seatkeeper
