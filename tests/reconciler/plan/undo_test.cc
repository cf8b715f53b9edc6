#include "reconciler/plan/undo.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::TestTenant;
using testing::HasSubstr;
using Plans = std::vector<std::string>;

AddLicense License(const std::string& product, const Plans& off = {}) {
  AddLicense license{.product = IdOf<SkuId>(product), .disabled_plans = {}};
  for (const auto& plan : off) license.disabled_plans.push_back(IdOf<PlanId>(plan));
  return license;
}

// A confirmed change of the plan p1 for one user, which found them with this.
JournalEntry Entry(const std::string& user, std::vector<AddLicense> before) {
  JournalEntry entry;
  entry.plan_id = "p1";
  entry.user = IdOf<UserId>(user);
  entry.user_principal_name = user + "@contoso.com";
  entry.before = std::move(before);
  entry.policy = "leavers";
  entry.policy_position = "leavers.yaml:4:3";
  entry.state = ChangeState::kConfirmed;
  return entry;
}

JournalEntry Took(const std::string& user, const AddLicense& license) {
  auto entry = Entry(user, {license});
  entry.remove = {license.product};
  return entry;
}

JournalEntry Swapped(const std::string& user, const AddLicense& from, const AddLicense& to) {
  auto entry = Took(user, from);
  entry.add = {to};
  entry.swaps = {{from.product, to.product}};
  return entry;
}

JournalEntry Switched(const std::string& user, const AddLicense& from, const AddLicense& to) {
  auto entry = Entry(user, {from});
  entry.add = {to};
  entry.plans_off = {to.product};
  return entry;
}

JournalEntry OfGroup(JournalEntry entry, const std::string& group) {
  entry.group = LicensedGroup{.id = IdOf<GroupId>(group), .display_name = group};
  entry.user = {};
  entry.user_principal_name.clear();
  return entry;
}

TestTenant Tenant() {
  return {.users = {{.name = "ada"}, {.name = "bob", .licenses = {{"E3"}}}, {.name = "cleo"}},
          .products = {{.name = "E5", .plans = {"P1", "P2"}}, {.name = "E3"}, {.name = "VISIO"}}};
}

struct Told {
  std::set<UserId> busy = {};
  std::vector<std::string> documents = {Limits("none", "off")};
};

Plan Undo(const TestTenant& tenant, const std::vector<JournalEntry>& newest_first,
          const Told& told = {}) {
  const auto observed = tenant.Read();
  auto documents = told.documents;
  // Some policy speaks about the tenant, or nothing could be taken away.
  documents.push_back(Grants("bobs", "{users: [bob@contoso.com]}", "[{product: E3}]"));
  const auto policies = test::Policies(documents);
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "sha256:test",
                  .observed = observed,
                  .now = observed.read_at};
  input.busy = told.busy;
  input.undo = &newest_first;
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  return plan->plan();
}

// "ada E5 changed: ..." a line for each.
std::string NotBack(const Plan& plan) {
  std::string text;
  for (const auto& left : plan.undone->not_restored) {
    text += fmt::format("{}{} {}: {}\n", left.subject_name.substr(0, left.subject_name.find('@')),
                        left.product ? " " + test::NameOf(left.product->guid) : "",
                        ToString(left.why), left.detail);
  }
  return text;
}

TEST(Undo, WhatWasTakenComesBackWithTheServicePlansThatWereOff) {
  const auto plan = Undo(Tenant(), {Took("ada", License("E5", {"P2"}))});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5(-P2)");
  EXPECT_EQ(NotBack(plan), "");
  const auto& change = plan.changes.at(0);
  EXPECT_EQ(change.reason, Reason::kRestored);
  EXPECT_EQ(change.origin.policy, "leavers");
  EXPECT_EQ(ToString(change.origin.at), "leavers.yaml:4:3");
  ASSERT_EQ(plan.undone->pins.size(), 1U);
  const auto& pin = plan.undone->pins.at(0);
  EXPECT_EQ(pin.subject, Subject(IdOf<UserId>("ada")));
  EXPECT_EQ(pin.product, IdOf<SkuId>("E5"));
  EXPECT_EQ(pin.disabled_plans, std::vector{IdOf<PlanId>("P2")});
  EXPECT_EQ(pin.plan_id, "p1");
}

TEST(Undo, ASwapIsPutBackInOneRequestAndItsUpperHalfIsARemoval) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E3"}};
  const std::vector entries{Swapped("ada", License("E5", {"P1"}), License("E3"))};
  const auto plan = Undo(tenant, entries);
  EXPECT_EQ(Brief(plan), "go 1 ada +E5(-P1) -E3");
  EXPECT_EQ(plan.changes.at(0).removals(), std::vector{IdOf<SkuId>("E3")});
  EXPECT_EQ(Brief(Undo(tenant, entries, {.documents = {Limits("none", "{seats: 0}")}})),
            "held ada +E5(-P1) -E3 [maxUnassign]")
      << "it meets the limits, and as a whole";
  const auto ladder = std::string(
      "{apiVersion: seatkeeper/v1, kind: ProductLadder, metadata: {name: s}, "
      "spec: {products: [E5, E3]}}");
  EXPECT_EQ(Brief(Undo(tenant, entries, {.documents = {Limits("none", "{seats: 0}"), ladder}})),
            "go 1 ada +E5(-P1) -E3")
      << "up a ladder nothing is lost";
}

TEST(Undo, ServicePlansThatWentOffComeOnAgain) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E5", {"P1"}}};
  EXPECT_EQ(Brief(Undo(tenant, {Switched("ada", License("E5"), License("E5", {"P1"}))})),
            "go 1 ada ~E5");
  EXPECT_EQ(Brief(Undo(tenant, {Switched("ada", License("E5", {"P2"}), License("E5", {"P1"}))},
                       {.documents = {Limits("none", "{seats: 0}")}})),
            "held ada ~E5(-P2) [maxUnassign]")
      << "what was off goes off again: somebody may use it";
}

TEST(Undo, WhatWasOnlyGivenStays) {
  auto gave = Entry("bob", {});
  gave.add = {License("E3")};
  const auto plan = Undo(Tenant(), {gave, Took("ada", License("E5"))});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5");
  EXPECT_EQ(plan.undone->left_alone, 1U);

  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"VISIO"}};
  auto both = Took("ada", License("E5"));
  both.add = {License("VISIO")};
  EXPECT_EQ(Brief(Undo(tenant, {both})), "go 1 ada +E5") << "given beside it, not for it";
}

TEST(Undo, WhatDiffersFromWhatTheChangeLeftIsLeftAlone) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E5", {"P1"}}};
  auto plan = Undo(tenant, {Took("ada", License("E5"))});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_EQ(NotBack(plan),
            "ada E5 changed: E5 is assigned directly again, and the change had left it "
            "unassigned\n");
  EXPECT_TRUE(plan.undone->is_partial());

  // The lower rung of the swap is gone: then the higher one does not come by itself.
  plan = Undo(Tenant(), {Swapped("ada", License("E5"), License("E3"))});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(NotBack(plan), HasSubstr("ada E3 changed: E3 is not assigned directly any more"));

  tenant.User("ada").licenses = {{"E5", {"P2"}}};
  plan = Undo(tenant, {Switched("ada", License("E5"), License("E5", {"P1"}))});
  EXPECT_THAT(NotBack(plan), HasSubstr("ada E5 changed: E5 has other service plans off"));
}

TEST(Undo, OtherProductsOfTheUserDoNotMatter) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"VISIO"}, {"E3"}};
  EXPECT_EQ(Brief(Undo(tenant, {Took("ada", License("E5"))})), "go 1 ada +E5");
}

TEST(Undo, WhatIsBackAlreadyNeedsNothing) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E5", {"P1"}}};
  const auto plan = Undo(tenant, {Took("ada", License("E5", {"P1"}))});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(NotBack(plan), HasSubstr("ada already-back"));
  EXPECT_FALSE(plan.undone->is_partial());
}

TEST(Undo, WhatNeverTookEffectTookNothing) {
  for (const auto state :
       {ChangeState::kRefused, ChangeState::kWithdrawn, ChangeState::kReverted}) {
    auto entry = Took("ada", License("E5"));
    entry.state = state;
    const auto plan = Undo(Tenant(), {entry});
    EXPECT_EQ(Brief(plan), "");
    EXPECT_THAT(NotBack(plan), HasSubstr("ada never-happened: the change did not take effect"));
    EXPECT_FALSE(plan.undone->is_partial());
  }
}

TEST(Undo, OfWhomTheLastOutcomeIsNotKnownNothingIsDone) {
  const auto plan = Undo(Tenant(), {Took("ada", License("E5"))}, {.busy = {IdOf<UserId>("ada")}});
  EXPECT_EQ(Brief(plan), "");
  EXPECT_THAT(NotBack(plan), HasSubstr("ada open: "));
}

TEST(Undo, SaysWhatIsGone) {
  auto tenant = Tenant();
  auto plan = Undo(tenant, {Took("zoe", License("E5"))});
  EXPECT_EQ(NotBack(plan), "zoe subject-gone: the user was deleted\n");
  plan = Undo(tenant, {Took("ada", License("PROJECT"))});
  EXPECT_EQ(NotBack(plan), "ada PROJECT product-gone: the tenant does not own this product\n");
  tenant.Product("E5").status = "Suspended";
  plan = Undo(tenant, {Took("ada", License("E5"))});
  EXPECT_EQ(NotBack(plan), "ada E5 product-gone: the subscription is suspended\n");
  tenant = Tenant();
  tenant.User("ada").usage_location.clear();
  plan = Undo(tenant, {Took("ada", License("E5"))});
  EXPECT_THAT(NotBack(plan), HasSubstr("ada E5 no-location: the user has no usage location"));
  plan = Undo(Tenant(), {OfGroup(Took("", License("E5")), "staff")});
  EXPECT_THAT(NotBack(plan), HasSubstr("staff subject-gone: the group is not to be found"));
}

TEST(Undo, NothingIsDoneWhereTheReadingDoesNotTell) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E5", {}, AssignmentSource::kUnknown}};
  EXPECT_THAT(NotBack(Undo(tenant, {Took("ada", License("E5"))})), HasSubstr("ada unclear: E5"));
  tenant.User("ada").assignments_known = false;
  EXPECT_THAT(NotBack(Undo(tenant, {Took("ada", License("E5"))})), HasSubstr("ada unclear: what"));
}

TEST(Undo, ShortSeatsGoByObjectIdAndTheOthersAreToldSo) {
  auto tenant = Tenant();
  tenant.Product("E5").seats = 1;
  const auto plan = Undo(tenant, {Took("cleo", License("E5")), Took("ada", License("E5"))});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5");
  EXPECT_EQ(NotBack(plan), "cleo E5 no-seat: no seat is free\n");
  EXPECT_TRUE(plan.undone->is_partial());
}

TEST(Undo, OneProductWithoutASeatDoesNotKeepTheOtherBack) {
  auto tenant = Tenant();
  tenant.Product("VISIO").seats = 0;
  auto entry = Entry("ada", {License("E5"), License("VISIO")});
  entry.remove = {IdOf<SkuId>("E5"), IdOf<SkuId>("VISIO")};
  const auto plan = Undo(tenant, {entry});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5");
  EXPECT_EQ(NotBack(plan), "ada VISIO no-seat: no seat is free\n");
}

TEST(Undo, ASwapWithoutASeatStaysWhole) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E3"}};
  tenant.Product("E5").seats = 0;
  const auto plan = Undo(tenant, {Swapped("ada", License("E5"), License("E3"))});
  EXPECT_EQ(Brief(plan), "") << "nobody gives up the one for nothing";
  EXPECT_EQ(NotBack(plan), "ada E5 no-seat: no seat is free\n");
}

TEST(Undo, SeatsThatSwapsFreeServeTheNextWave) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E3"}};
  tenant.Product("E3").seats = 2;
  tenant.Product("E5").seats = 1;
  const auto plan =
      Undo(tenant, {Took("cleo", License("E3")), Swapped("ada", License("E5"), License("E3"))});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5 -E3\ngo 2 cleo +E3");
  const auto held =
      Undo(tenant, {Took("cleo", License("E3")), Swapped("ada", License("E5"), License("E3"))},
           {.busy = {}, .documents = {Limits("none", "{seats: 0}")}});
  EXPECT_EQ(Brief(held), "held ada +E5 -E3 [maxUnassign]") << "what is held frees nothing";
  EXPECT_EQ(NotBack(held), "cleo E3 no-seat: no seat is free\n");
}

TEST(Undo, TheNewestIsTakenBackFirst) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"VISIO"}};
  auto first = Swapped("ada", License("E5", {"P1"}), License("E3"));
  auto second = Swapped("ada", License("E3"), License("VISIO"));
  second.plan_id = "p2";
  EXPECT_EQ(Brief(Undo(tenant, {second, first})), "go 1 ada +E5(-P1) -VISIO");
  EXPECT_EQ(Brief(Undo(tenant, {second})), "go 1 ada +E3 -VISIO");
  const auto older = Undo(tenant, {first});
  EXPECT_EQ(Brief(older), "") << "the newer one has altered what the older one left";
  EXPECT_THAT(NotBack(older), HasSubstr("ada E3 changed"));
  tenant.Product("E5").seats = 0;
  const auto chain = Undo(tenant, {second, first});
  EXPECT_EQ(Brief(chain), "") << "what would go for it stays";
}

TEST(Undo, AnOlderChangeThatSomebodyAlteredInBetweenStays) {
  // Taken with all plans on, given back without P1 by hand, taken again.
  auto first = Took("ada", License("E5"));
  auto second = Took("ada", License("E5", {"P1"}));
  second.plan_id = "p2";
  const auto plan = Undo(Tenant(), {second, first});
  EXPECT_EQ(Brief(plan), "go 1 ada +E5(-P1)") << "as it was last";
  ASSERT_EQ(plan.undone->not_restored.size(), 1U);
  EXPECT_EQ(plan.undone->not_restored.at(0).plan_id, "p1");
}

TEST(Undo, OldEntriesDoNotSayWhatWasSwappedButWhatMadeWay) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E5"}};
  auto entry = Took("ada", License("E3"));
  entry.add = {License("E5")};
  entry.replaced = entry.remove;
  EXPECT_EQ(Brief(Undo(tenant, {entry})), "go 1 ada +E3 -E5");
}

TEST(Undo, AGroupGetsItsOwnLicenceBack) {
  auto tenant = Tenant();
  tenant.groups = {{.name = "staff", .members = {"ada", "bob"}}};
  const auto grants = std::string(
      "{apiVersion: seatkeeper/v1, kind: LicensePolicy, metadata: {name: staff}, spec: "
      "{subjects: {groups: [staff]}, delivery: group, licenses: [{product: VISIO}]}}");
  const Told told{.busy = {}, .documents = {Limits("none", "off"), grants}};
  const auto taken = OfGroup(Took("", License("E5", {"P1"})), "staff");
  auto plan = Undo(tenant, {taken}, told);
  EXPECT_EQ(Brief(plan), "go 1 group staff +E5*2(-P1)");
  EXPECT_EQ(plan.changes.at(0).group->members, 2);
  EXPECT_EQ(plan.undone->pins.at(0).subject, Subject(IdOf<GroupId>("staff")));

  tenant.Product("E5").seats = 1;
  plan = Undo(tenant, {taken}, told);
  EXPECT_EQ(Brief(plan), "");
  EXPECT_EQ(NotBack(plan), "staff E5 no-seat: there are not seats for all members of the group\n");

  tenant.Group("staff").processing_state = "QueuedForProcessing";
  EXPECT_THAT(NotBack(Undo(tenant, {taken}, told)), HasSubstr("staff unclear: "));
}

TEST(Undo, WindowsAndFreezesAreAboutWhatPolicyDoes) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E3"}};
  const auto frozen = Guards("frozen", "freezes: [{from: 2000-01-01, to: 2999-01-01}]");
  EXPECT_EQ(Brief(Undo(tenant, {Swapped("ada", License("E5"), License("E3"))},
                       {.documents = {Limits("none", "off"), frozen}})),
            "go 1 ada +E5 -E3");
}

TEST(Undo, WhoIsProtectedLosesNothingByItEither) {
  auto tenant = Tenant();
  tenant.User("ada").licenses = {{"E3"}};
  const auto guards = Guards("people", "protected: {users: [ada@contoso.com]}");
  const Told told{.busy = {}, .documents = {Limits("none", "off"), guards}};
  EXPECT_EQ(Brief(Undo(tenant, {Swapped("ada", License("E5"), License("E3"))}, told)),
            "held ada +E5 -E3 [protected]");
  EXPECT_EQ(Brief(Undo(tenant, {Took("ada", License("VISIO"))}, told)), "go 1 ada +VISIO");
}

}  // namespace
}  // namespace seatkeeper
