#include "reconciler/plan/pinned.h"

#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/remember.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Pin PinOf(const std::string& user, const std::string& product,
          const std::vector<std::string>& off = {}) {
  Pin pin{.number = 7,
          .subject = IdOf<UserId>(user),
          .subject_name = user + "@contoso.com",
          .product = IdOf<SkuId>(product),
          .plan_id = "p1",
          .who = "ops@host",
          .at = WallTime(std::chrono::milliseconds(1'767'600'000'000))};
  for (const auto& plan : off) pin.disabled_plans.push_back(IdOf<PlanId>(plan));
  return pin;
}

// ada holds E5 and is granted nothing; bob is granted E5.
TestTenant Two() {
  return {.users = {{.name = "ada", .licenses = {{"E5"}}}, {.name = "bob"}},
          .products = {{.name = "E5", .plans = {"P1", "P2"}}, {.name = "E3"}}};
}

std::vector<std::string> Documents(const std::string& grant) {
  return {grant, Manages("E5", "full"), Manages("E3", "full"), Limits("none", "off")};
}
const std::string kBob = Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]");
const std::string kBoth =
    Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]");

Plan PlanWith(const TestTenant& tenant, const std::vector<std::string>& documents,
              std::vector<Pin> pins) {
  PlanMemory memory;
  memory.pins = std::move(pins);
  return test::PlanOf(tenant.Read(), test::Policies(documents), memory).plan();
}

TEST(Pinned, WhatWasPutBackIsNotTakenAgainAndTheRestGoesOn) {
  const auto plan = PlanWith(Two(), Documents(kBob), {PinOf("ada", "E5")});
  EXPECT_EQ(Brief(plan), "go 1 bob +E5\nheld ada -E5 [pinned]");
  const auto& held = plan.changes.at(1).held.at(0);
  EXPECT_EQ(held.value, "put back by ops@host at 2026-01-05T08:00:00Z, for plan p1 was undone");
  EXPECT_EQ(held.release, "`seatkeeper undo --unpin p1 --tenant contoso --user ada@contoso.com`");
  EXPECT_FALSE(held.approvable);
  EXPECT_THAT(plan.ended_pins, IsEmpty());
}

TEST(Pinned, OtherServicePlansAlterItToo) {
  const auto grant = Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}",
                            "[{product: E5, disabledPlans: [P1]}]");
  EXPECT_EQ(Brief(PlanWith(Two(), Documents(grant), {PinOf("ada", "E5")})),
            "go 1 bob +E5(-P1)\nheld ada ~E5(-P1) [pinned]");
  auto tenant = Two();
  tenant.User("ada").licenses = {{"E5", {"P2"}}};
  const auto plan = PlanWith(tenant, Documents(grant), {PinOf("ada", "E5", {"P1"})});
  EXPECT_EQ(Brief(plan), "go 1 ada ~E5(-P1)\ngo 1 bob +E5(-P1)")
      << "what leads to the pinned state is what was wanted";
  EXPECT_THAT(plan.ended_pins, ElementsAre(7));
}

TEST(Pinned, ASwapWaitsWhole) {
  auto documents = Documents(Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]"));
  documents.push_back(
      "{apiVersion: seatkeeper/v1, kind: ProductLadder, metadata: {name: s}, "
      "spec: {products: [E5, E3]}}");
  auto tenant = Two();
  tenant.User("ada").licenses = {{"E3"}};
  EXPECT_EQ(Brief(PlanWith(tenant, documents, {PinOf("ada", "E3")})), "held ada +E5 -E3 [pinned]");
}

TEST(Pinned, ThePinIsOverWhenPolicyWantsWhatItKeeps) {
  const auto plan = PlanWith(Two(), Documents(kBoth), {PinOf("ada", "E5")});
  EXPECT_EQ(Brief(plan), "go 1 bob +E5");
  EXPECT_THAT(plan.ended_pins, ElementsAre(7));
  EXPECT_THAT(plan.warnings, testing::Contains(HasSubstr("is pinned no longer: policy wants")));

  PlanMemory before;
  before.pins = {PinOf("ada", "E5")};
  const auto change = Difference(before, RememberPlan(before, plan));
  ASSERT_EQ(change.ended_pins.size(), 1U);
  EXPECT_EQ(change.ended_pins.at(0).number, 7);
  EXPECT_EQ(change.ended_pins.at(0).over, plan.observed_at);
}

TEST(Pinned, ItIsNotOverWhilePolicyMerelyLeavesItAlone) {
  auto documents = Documents(kBob);
  documents[1] = Manages("E5", "assign-only");
  EXPECT_THAT(PlanWith(Two(), documents, {PinOf("ada", "E5")}).ended_pins, IsEmpty());
  // Granted with other plans, which management does not switch.
  documents[0] = Grants("p", "{users: [ada@contoso.com]}", "[{product: E5, disabledPlans: [P1]}]");
  EXPECT_THAT(PlanWith(Two(), documents, {PinOf("ada", "E5")}).ended_pins, IsEmpty());
  // Granted, and somebody switched its plans by hand.
  EXPECT_THAT(PlanWith(Two(), Documents(kBoth), {PinOf("ada", "E5", {"P2"})}).ended_pins,
              IsEmpty());
}

TEST(Pinned, PinsOfWhatIsNotThereAnyMoreHoldNothing) {
  const auto plan = PlanWith(Two(), Documents(kBoth),
                             {PinOf("zoe", "E5"), PinOf("ada", "VISIO"), PinOf("bob", "E3")});
  EXPECT_EQ(Brief(plan), "go 1 bob +E5");
  EXPECT_THAT(plan.ended_pins, IsEmpty());
}

TEST(Pinned, AGroupsLicence) {
  TestTenant tenant{.users = {{.name = "ada"}},
                    .products = {{.name = "E5", .plans = {"P1"}}, {.name = "E3"}},
                    .groups = {{.name = "staff", .members = {"ada"}, .licenses = {{"E5"}}}}};
  auto pin = PinOf("ada", "E5");
  pin.subject = IdOf<GroupId>("staff");
  pin.subject_name = "All Staff";
  const auto says = [](const std::string& what) {
    return "{apiVersion: seatkeeper/v1, kind: LicensePolicy, metadata: {name: staff}, spec: "
           "{subjects: {groups: [staff]}, delivery: group, " +
           what + "}}";
  };
  const auto plan = PlanWith(tenant, Documents(says("revoke: [E5]")), {pin});
  EXPECT_EQ(Brief(plan), "held group staff -E5 [pinned]");
  EXPECT_THAT(plan.changes.at(0).held.at(0).release,
              HasSubstr("--user " + IdOf<GroupId>("staff").ToString()))
      << "a name with blanks is no word for a shell";
  EXPECT_THAT(PlanWith(tenant, Documents(says("licenses: [{product: E5}]")), {pin}).ended_pins,
              ElementsAre(7));
  EXPECT_THAT(
      PlanWith(tenant, Documents(says("licenses: [{product: E5, disabledPlans: [P1]}]")), {pin})
          .ended_pins,
      IsEmpty());
}

TEST(Pinned, TheLastGateHoldsItWhateverThePlanCameFrom) {
  auto change = test::Unassign(1, test::Sku(1));
  const Pin pin{.number = 1,
                .subject = change.user,
                .subject_name = "one@contoso.com",
                .product = test::Sku(1),
                .plan_id = "p1"};
  std::vector<Change> changes{change, test::Unassign(2, test::Sku(1)),
                              test::Unassign(1, test::Sku(2)), test::Assign(1, test::Sku(1))};
  HoldPinned("contoso", {pin}, changes);
  EXPECT_EQ(changes[0].verdict, Verdict::kHeld);
  EXPECT_EQ(changes[1].verdict, Verdict::kGo);
  EXPECT_EQ(changes[2].verdict, Verdict::kGo);
  EXPECT_EQ(changes[3].verdict, Verdict::kGo) << "that gives what is pinned";
}

}  // namespace
}  // namespace seatkeeper
