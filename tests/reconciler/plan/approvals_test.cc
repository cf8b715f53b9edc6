#include "reconciler/plan/approvals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reconciler/plan/approval_case.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Case;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Leavers;
using test::Limits;
using test::Manages;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const SkuId kE3 = IdOf<SkuId>("E3");
const SkuId kVisio = IdOf<SkuId>("VISIO");
TEST(Approvals, LetGoWhatIsHeldAndSayWhoApproved) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  ASSERT_EQ(Brief(held),
            "held u00 -E3 [maxUnassign]\nheld u01 -E3 [maxUnassign]\nheld u02 -E3 [maxUnassign]");
  EXPECT_THAT(held.held_digest, testing::StartsWith("sha256:"));
  const auto released = leavers.Approve(held, held.held_digest);
  EXPECT_EQ(Brief(released), "go 1 u00 -E3\ngo 1 u01 -E3\ngo 1 u02 -E3");
  EXPECT_EQ(released.held_digest, "");
  const auto& by = released.changes.at(0).approved;
  ASSERT_EQ(by.size(), 1U);
  EXPECT_EQ(by.at(0).who, "ada");
  EXPECT_EQ(by.at(0).digest, held.held_digest);
  EXPECT_EQ(by.at(0).guardrail, "maxUnassign");
  EXPECT_EQ(by.at(0).product, kE3);
}

TEST(Approvals, WhoJoinsLaterIsJudgedAloneAndHeldUnderAnotherDigest) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  leavers.Approve(held, held.held_digest);
  for (const auto* name : {"v1", "v2"}) {
    leavers.tenant.users.push_back({.name = name, .licenses = {{"E3"}}});
  }
  EXPECT_EQ(Brief(leavers.Make()),
            "go 1 u00 -E3\ngo 1 u01 -E3\ngo 1 u02 -E3\ngo 1 v1 -E3\ngo 1 v2 -E3")
      << "two more are within the limit";
  leavers.tenant.users.push_back({.name = "v3", .licenses = {{"E3"}}});
  const auto late = leavers.Make();
  EXPECT_EQ(Brief(late),
            "go 1 u00 -E3\ngo 1 u01 -E3\ngo 1 u02 -E3\nheld v1 -E3 [maxUnassign]\n"
            "held v2 -E3 [maxUnassign]\nheld v3 -E3 [maxUnassign]");
  EXPECT_NE(late.held_digest, held.held_digest);
  EXPECT_THAT(late.changes.at(3).approved, IsEmpty());
}

TEST(Approvals, AnotherBeforeStateIsAnotherItem) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  leavers.Approve(held, held.held_digest);
  leavers.tenant.Product("E3").plans = {"P1"};
  for (auto& user : leavers.tenant.users) user.licenses = {{"E3", {"P1"}}};
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kHeld), 3U);
}

TEST(Approvals, OfAnotherTenantOrOfNoSetReleaseNothing) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  EXPECT_EQ(leavers.Approve(held, "sha256:unknown").CountWith(Verdict::kHeld), 3U);
  EXPECT_NE(HeldDigest("another", HeldSetsOf(held).at(0).items), held.held_digest);
  EXPECT_EQ(HeldDigest(held.tenant_id, HeldSetsOf(held).at(0).items), held.held_digest);
}

TEST(Approvals, OneGuardrailOfOneProductIsASetOfItsOwn) {
  auto both = Leavers(3);
  for (auto& user : both.tenant.users) user.licenses.push_back({"VISIO"});
  const auto held = both.Make();
  ASSERT_EQ(held.held_sets.size(), 2U);
  EXPECT_EQ(held.held_sets.at(0).guardrail, "maxUnassign");
  EXPECT_EQ(held.held_sets.at(0).product, kE3);
  EXPECT_EQ(held.held_sets.at(0).subjects, 3U);
  EXPECT_EQ(held.held_sets.at(1).product, kVisio);
  const auto& why = held.changes.at(0).held.at(0);
  EXPECT_THAT(ReleaseText(why), HasSubstr("seatkeeper approve " + held.held_sets.at(0).digest));
  EXPECT_EQ(Brief(both.Approve(held, held.held_sets.at(0).digest)),
            "go 1 u00 -E3\ngo 1 u01 -E3\ngo 1 u02 -E3\nheld u00 -VISIO [maxUnassign]\n"
            "held u01 -VISIO [maxUnassign]\nheld u02 -VISIO [maxUnassign]");
}

TEST(Approvals, OfTheWholeReleaseEveryPartOfIt) {
  auto both = Leavers(3);
  for (auto& user : both.tenant.users) user.licenses.push_back({"VISIO"});
  const auto held = both.Make();
  const auto released = both.Approve(held, held.held_digest);
  EXPECT_EQ(released.CountWith(Verdict::kHeld), 0U);
  EXPECT_EQ(released.changes.at(0).approved.size(), 2U);
}

TEST(Approvals, WhatWasReleasedIsNotCountedAndWhatWasNotIs) {
  auto leavers = Leavers(3);
  leavers.removals_in_window = {{kE3, 2}};
  leavers.tenant.users.resize(1);
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kHeld), 1U);
  leavers.removals_in_window = {};
  leavers.approved_removals_in_window = {{kE3, 20}};
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kGo), 1U);
}

TEST(Approvals, DoNotLiftACeiling) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  leavers.ceilings.max_unassign = AmountLimit{.seats = 2};
  const auto still = leavers.Approve(held, held.held_digest);
  ASSERT_EQ(still.CountWith(Verdict::kHeld), 3U);
  EXPECT_FALSE(still.changes.at(0).held.at(0).approvable);
  EXPECT_THAT(ReleaseText(still.changes.at(0).held.at(0)), Not(HasSubstr("seatkeeper approve")));
  leavers.ceilings.max_unassign = AmountLimit{.seats = 4};
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kGo), 3U);
  leavers.approved_removals_in_window = {{kE3, 2}};
  EXPECT_EQ(leavers.Make().CountWith(Verdict::kHeld), 3U) << "approved ones count there";
}

TEST(Approvals, DoNotReachWhomAnythingElseHolds) {
  auto leavers = Leavers(3, "{seats: 1}");
  const auto held = leavers.Make();
  leavers.documents.push_back(Guards("safe", "protected: {users: [u00@contoso.com]}"));
  EXPECT_EQ(Brief(leavers.Approve(held, held.held_digest)),
            "go 1 u01 -E3\ngo 1 u02 -E3\nheld u00 -E3 [protected]");
  const auto whole = leavers.Make();
  EXPECT_EQ(Brief(leavers.Approve(whole, whole.held_digest)), Brief(whole))
      << "nobody comes off `protected` by an approval";
}

TEST(Approvals, ReleaseAMailboxOnlyWhereThePolicyAsksForThem) {
  auto leavers = Leavers(1, "off");
  leavers.tenant.Product("E3").plans = {"EXCHANGE_S_1"};
  const auto held = leavers.Make();
  ASSERT_EQ(Brief(held), "held u00 -E3 [mailboxLoss]");
  EXPECT_EQ(Brief(leavers.Approve(held, held.held_digest)), "go 1 u00 -E3");
  leavers.documents.push_back(Guards("mailboxes", "mailboxLoss: deny"));
  const auto denied = leavers.Make();
  EXPECT_EQ(Brief(denied), "held u00 -E3 [mailboxLoss]");
  EXPECT_NE(denied.held_digest, held.held_digest);
  EXPECT_EQ(Brief(leavers.Approve(denied, denied.held_digest)), Brief(denied));
}

TEST(Approvals, EachReasonHasToBeReleased) {
  auto leavers = Leavers(3);
  leavers.tenant.Product("E3").plans = {"EXCHANGE_S_1"};
  const auto mailboxes = leavers.Make();
  ASSERT_THAT(Brief(mailboxes), HasSubstr("held u00 -E3 [mailboxLoss]"));
  const auto amount = leavers.Approve(mailboxes, mailboxes.held_digest);
  ASSERT_THAT(Brief(amount), HasSubstr("held u00 -E3 [maxUnassign]"));
  const auto released = leavers.Approve(amount, amount.held_digest);
  EXPECT_EQ(released.CountWith(Verdict::kGo), 3U);
  EXPECT_EQ(released.changes.at(0).approved.size(), 2U);
}

// Three users move up from E3 to E5, of which one may be given a day.
Case Rising() {
  Case rising;
  rising.tenant.products = {{.name = "E5", .seats = 9}, {.name = "E3"}};
  for (const auto* name : {"ada", "bob", "cy"}) {
    rising.tenant.users.push_back({.name = name, .licenses = {{"E3"}}});
  }
  rising.documents = {Manages("E5", "full"), Manages("E3", "full"),
                      Guards("few", "maxAssign: {seats: 1}"),
                      Grants("p", "{rule: user.accountEnabled -eq true}", "[{product: E5}]"),
                      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
                      "spec: {products: [E5, E3]}\n"};
  return rising;
}

TEST(Approvals, ReleaseSwapsWhole) {
  auto rising = Rising();
  const auto held = rising.Make();
  ASSERT_THAT(Brief(held), HasSubstr("held ada +E5 -E3 [maxAssign]"));
  ASSERT_EQ(held.held_sets.size(), 1U);
  const auto released = rising.Approve(held, held.held_digest);
  EXPECT_EQ(released.CountWith(Verdict::kGo), 3U);
  EXPECT_EQ(released.changes.at(0).approved.size(), 2U) << "what comes and what goes for it";
}

TEST(Approvals, ASwapThatBecameAnotherStaysHeld) {
  auto rising = Rising();
  const auto held = rising.Make();
  rising.Approve(held, held.held_digest);
  rising.tenant.products.push_back({.name = "F1"});
  for (auto& user : rising.tenant.users) user.licenses.push_back({"F1"});
  rising.documents.push_back(Manages("F1", "full"));
  rising.documents.at(4) =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3, F1]}\n";
  EXPECT_EQ(rising.Make().CountWith(Verdict::kHeld), 3U) << "F1 would go as well";
}

TEST(Approvals, ReleaseMoreThanACycleMayChange) {
  auto many = Leavers(4, "off");
  many.documents.push_back(Guards("few", "maxChanges: 3"));
  const auto held = many.Make();
  ASSERT_THAT(Brief(held), HasSubstr("[maxChanges]"));
  many.Approve(held, held.held_digest);
  many.tenant.users.push_back({.name = "v1", .licenses = {{"E3"}}});
  EXPECT_EQ(many.Make().CountWith(Verdict::kGo), 5U) << "one more is within the limit";
  for (const auto* name : {"v2", "v3", "v4"}) {
    many.tenant.users.push_back({.name = name, .licenses = {{"E3"}}});
  }
  const auto late = many.Make();
  EXPECT_EQ(late.CountWith(Verdict::kGo), 4U);
  EXPECT_EQ(late.CountWith(Verdict::kHeld), 4U);
}

TEST(Approvals, WhoCountedOnAHeldSeatGoesWithoutIt) {
  // u00 is to get a seat that the others free; only u00's change is released.
  Case both;
  both.tenant.products = {{.name = "E3", .seats = 2}};
  both.tenant.users = {{.name = "u00", .department = "HR"},
                       {.name = "v00", .licenses = {{"E3"}}},
                       {.name = "v01", .licenses = {{"E3"}}}};
  both.documents = {Manages("E3", "full"), Limits("limit", "off"), Guards("few", "maxChanges: 1"),
                    Grants("p", "{rule: user.department -eq \"HR\"}", "[{product: E3}]")};
  const auto held = both.Make();
  ASSERT_EQ(Brief(held),
            "held u00 +E3 [maxChanges]\nheld v00 -E3 [maxChanges]\nheld v01 -E3 [maxChanges]");
  auto items = HeldSetsOf(held).at(0).items;
  std::erase_if(items, [](const auto& item) { return item.action == HeldItem::Action::kRemove; });
  both.releases.push_back({Case::ByAda("sha256:half"), items});
  EXPECT_EQ(Brief(both.Make()), "held v00 -E3 [maxChanges]\nheld v01 -E3 [maxChanges]");
}

TEST(Approvals, OfAGroupEndWithWhoJoinsIt) {
  Case groups;
  groups.tenant.products = {{.name = "E3"}};
  groups.tenant.users = {{.name = "ada"}, {.name = "bob"}, {.name = "cy"}};
  groups.tenant.groups = {{.name = "G", .members = {"ada", "bob"}, .licenses = {{"E3"}}}};
  test::Process("G", groups.tenant);
  groups.documents = {Manages("E3", "full"), Limits("limit", "{seats: 1}"),
                      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: r}\n"
                      "spec: {subjects: {groups: [G]}, revoke: [E3], delivery: group}\n"};
  const auto held = groups.Make();
  ASSERT_EQ(held.CountWith(Verdict::kHeld), 1U);
  EXPECT_EQ(groups.Approve(held, held.held_digest).CountWith(Verdict::kGo), 1U);
  groups.tenant.Group("G").members.push_back("cy");
  test::Process("G", groups.tenant);
  const auto joined = groups.Make();
  EXPECT_EQ(joined.CountWith(Verdict::kHeld), 1U);
  EXPECT_NE(joined.held_digest, held.held_digest);
}

TEST(Approvals, AContradictionIsForThePolicyToSettle) {
  Case tied;
  tied.tenant.products = {{.name = "E3"}};
  tied.tenant.users = {{.name = "ada", .licenses = {{"E3"}}}};
  tied.documents = {Manages("E3", "full"),
                    Grants("p", "{users: [ada@contoso.com]}", "[{product: E3}]", 1),
                    "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: r}\n"
                    "spec: {subjects: {rule: user.accountEnabled -eq true}, revoke: [E3], "
                    "priority: 1}\n"};
  const auto held = tied.Make();
  ASSERT_EQ(Brief(held), "held ada -E3 [contradiction]");
  EXPECT_FALSE(HeldSetsOf(held).at(0).approvable());
  EXPECT_EQ(Brief(tied.Approve(held, held.held_digest)), Brief(held));
}

TEST(LastGate, LetsNothingPassThatMerelySaysItIsApproved) {
  auto leavers = Leavers(3);
  const auto held = leavers.Make();
  auto plan = leavers.Approve(held, held.held_digest);
  GuardInput input{.max_unassign = {.seats = 2}};
  input.assigned = {{kE3, 3}};
  const auto gated = Guard(plan, input);
  EXPECT_EQ(gated.plan().CountWith(Verdict::kHeld), 3U);
  EXPECT_THAT(gated.plan().changes.at(0).approved, IsEmpty());
  const Releases releases(leavers.releases);
  input.releases = &releases;
  EXPECT_EQ(Guard(plan, input).plan().CountWith(Verdict::kGo), 3U);
}

}  // namespace
}  // namespace seatkeeper
