#include "reconciler/plan/readings.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/reconciler/plan/readings_fixture.h"

namespace seatkeeper {
namespace {

using test::FirstHeld;
using test::Grants;
using test::Guards;
using test::HeldBySummary;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using ReadingGuard = test::ReadingsTest;

TEST_F(ReadingGuard, TheFirstReadingIsAccepted) {
  Populate(40, 10);
  Move(8, "");
  EXPECT_EQ(HeldBySummary(Read()), "8 go");
  ASSERT_TRUE(memory.accepted);
  EXPECT_EQ(memory.accepted->users.count, 40U);
}

TEST_F(ReadingGuard, MoreUsersGoneThanAllowedHoldAllRemovals) {
  Populate(100, 20);
  Read();
  Leave(10);
  Move(1, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "1 go") << "exactly at the limit, which is accepted";
  Leave(9);
  Move(2, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "2 go") << "9 of 90";
  Leave(9);
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 2 maxUserLoss") << "one above 8, of 81";
  const auto why = FirstHeld(plan);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->value, "9 of 81 users are gone since the last accepted reading");
  EXPECT_EQ(why->limit, "8 (10 % of 81)");
  EXPECT_THAT(why->release, HasSubstr("`maxUserLoss`"));
  EXPECT_THAT(plan.warnings, Contains(StartsWith("maxUserLoss: 9 of 81 users are gone since the "
                                                 "last accepted reading; removals of the whole "
                                                 "tenant are held.")));
}

TEST_F(ReadingGuard, WhoeverIsReplacedIsGoneAllTheSame) {
  Populate(100);
  Read();
  for (int number = 0; number < 11; ++number) {
    tenant.User(Name(number)).name = fmt::format("v{:04}", number);
  }
  tenant.User(Name(50)).department = "Sales";
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 maxUserLoss");
}

TEST_F(ReadingGuard, WhatTrippedStaysTheBaselineUntilUsersComeBack) {
  Populate(100);
  Read();
  const auto all = tenant.users;
  Leave(60);
  Move(1, "Sales");
  for (int reading = 0; reading < 3; ++reading) {
    EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 maxUserLoss") << reading;
    EXPECT_EQ(memory.accepted->users.count, 100U);
  }
  tenant.users = all;
  Move(1, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
}

TEST_F(ReadingGuard, OffInAReviewedChangeAcceptsWhatTripped) {
  Populate(100);
  Read();
  Leave(60);
  Move(1, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 maxUserLoss");
  documents.push_back(Guards("lifted", "maxUserLoss: off"));
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
  documents.pop_back();
  EXPECT_EQ(HeldBySummary(Read()), "1 go") << "accepted meanwhile";
}

TEST_F(ReadingGuard, AFindingThatHoldsNothingIsStillToldAndStaysSo) {
  Populate(100);
  Read();
  Leave(50);
  EXPECT_THAT(Read().warnings, Contains(StartsWith("maxUserLoss: 50 of 100")));
  EXPECT_THAT(Read().warnings, Contains(StartsWith("maxUserLoss: 50 of 100")));
}

TEST_F(ReadingGuard, GivingGoesOnWhileRemovalsAreHeld) {
  Populate(100);
  Read();
  Leave(50);
  Move(1, "Sales");
  tenant.User(Name(7)).licenses.clear();
  EXPECT_EQ(HeldBySummary(Read()), "1 go, 1 maxUserLoss");
}

TEST_F(ReadingGuard, AnEmptiedGroupHoldsWhatRestsOnItAndNothingElse) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  Move(2, "Sales");
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "2 go, 20 group-shrunk") << "E5 of the two who moved goes";
  const auto why = FirstHeld(plan);
  EXPECT_EQ(why->value, "group \"DRAWERS\" is empty; it had 20 members when last accepted");
  EXPECT_EQ(why->limit, "a group that policy names is not emptied");
  EXPECT_EQ(HeldBySummary(Read()), "2 go, 20 group-shrunk") << "and the next reading is no better";
}

TEST_F(ReadingGuard, AGroupThatLosesFourOfTwentyIsFineAndFiveAreHeld) {
  Populate(100, 24);
  Read();
  TakeOut(4);
  EXPECT_EQ(HeldBySummary(Read()), "4 go");
  TakeOut(5);
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 9 group-shrunk");
  EXPECT_EQ(FirstHeld(plan)->value,
            "group \"DRAWERS\" lost 5 of the 20 members that it had when last accepted");
  EXPECT_EQ(FirstHeld(plan)->limit, "4 members (10 % of 20, `maxUserLoss`; of few up to four)");
}

TEST_F(ReadingGuard, AGroupOfTwoMayEmptyAndOneOfThreeMayNot) {
  Populate(50, 2);
  Read();
  TakeOut(2);
  EXPECT_EQ(HeldBySummary(Read()), "2 go");
  tenant.Group("DRAWERS").members = {Name(0), Name(1), Name(2)};
  tenant.User(Name(2)).licenses.push_back({"VISIO"});
  Read();
  TakeOut(1);
  EXPECT_EQ(HeldBySummary(Read()), "1 go") << "one of three";
  tenant.Group("DRAWERS").members = {Name(0), Name(1), Name(2)};
  Read();
  documents.push_back(Guards("lifted", "maxUserLoss: off"));
  TakeOut(3);
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 3 group-shrunk") << "nothing lifts that";
}

TEST_F(ReadingGuard, AGroupThatChangesItsMembersLosesThem) {
  Populate(100, 20);
  Read();
  auto& members = tenant.Group("DRAWERS").members;
  for (int number = 0; number < 10; ++number) members.at(number) = Name(50 + number);
  const auto plan = Read();
  EXPECT_EQ(FirstHeld(plan)->value,
            "group \"DRAWERS\" lost 10 of the 20 members that it had when last accepted");
}

TEST_F(ReadingGuard, AnEmptiedProtectedGroupHoldsTheWholeTenant) {
  Populate(100);
  tenant.groups.push_back({.name = "SAFE", .members = {Name(97), Name(98), Name(99)}});
  documents.push_back(Guards("safe", "protected: {groups: [SAFE]}"));
  Read();
  Move(1, "Sales");
  tenant.Group("SAFE").members.clear();
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 group-shrunk");
}

TEST_F(ReadingGuard, APolicyThatNoLongerNamesTheGroupForgetsIt) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 20 group-shrunk");
  documents.at(1) = Grants("drawing", "{users: [u0099@contoso.com]}", "[{product: VISIO}]");
  EXPECT_EQ(HeldBySummary(Read()), "21 go");
  EXPECT_THAT(memory.accepted->lists, IsEmpty());
}

TEST_F(ReadingGuard, ABlankedDepartmentHoldsTheProductsOfTheRulesThatAskForIt) {
  Populate(400, 20);
  Read();
  Move(400, "");
  TakeOut(1);
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "1 go, 400 attribute-changed") << "VISIO rests on the group";
  EXPECT_EQ(FirstHeld(plan)->value,
            "`user.department` is empty for 400 of the 400 users who had "
            "a value");
  EXPECT_EQ(HeldBySummary(Read()), "1 go, 400 attribute-changed");
  Move(400, "ops");
  EXPECT_EQ(HeldBySummary(Read()), "1 go") << "back, letter case aside";
}

TEST_F(ReadingGuard, WithoutALimitAnAttributeIsStillNotEmptyAllAtOnce) {
  documents.push_back(Guards("lifted", "maxUserLoss: off"));
  Populate(50);
  Read();
  Move(50, "");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 50 attribute-changed");
  Move(1, "Ops");
  EXPECT_EQ(HeldBySummary(Read()), "49 go");
}

// Plans fill them in themselves.
TEST_F(ReadingGuard, UsageLocationsThatAreFilledInAreNoChange) {
  documents.at(0) =
      Grants("suites", "{rule: 'user.department -eq \"Ops\" -and user.usageLocation -ne \"US\"'}",
             "[{product: E5}]");
  Populate(100);
  for (int number = 0; number < 50; ++number) tenant.User(Name(number)).usage_location = "";
  Read();
  for (int number = 0; number < 50; ++number) tenant.User(Name(number)).usage_location = "FR";
  Move(1, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
}

TEST_F(ReadingGuard, AsManyAsAllowedMayLoseAnAttributeAndOneMoreMayNot) {
  Populate(200);
  Read();
  Move(20, "");
  EXPECT_EQ(HeldBySummary(Read()), "20 go");
  Move(39, "");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 39 attribute-changed") << "19 more, of 180";
}

TEST_F(ReadingGuard, AnAttributeThatChangesForManyIsHeldToo) {
  Populate(200);
  Read();
  Move(20, "Operations");
  EXPECT_EQ(HeldBySummary(Read()), "20 go");
  Move(41, "Operations");
  const auto plan = Read();
  EXPECT_EQ(FirstHeld(plan)->value, "`user.department` changed for 21 of 200 users");
}

TEST_F(ReadingGuard, AValueThatManySharedAndMostOfThemLostIsHeldInALargeTenant) {
  Populate(600);
  for (int number = 30; number < 600; ++number) tenant.User(Name(number)).department = "Field";
  documents.at(0) =
      Grants("suites", "{rule: 'user.department -in [\"Ops\", \"Field\"]'}", "[{product: E5}]");
  Read();
  Move(15, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "15 go") << "half of them";
  tenant.User(Name(0)).department = "Ops";
  Move(15, "Ops");
  Read();
  Move(16, "Sales");
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 16 attribute-changed");
  EXPECT_EQ(FirstHeld(plan)->value,
            "`user.department` changed for 16 of the 30 users who shared one value");
}

TEST_F(ReadingGuard, AnAttributeThatNoRuleAsksForMayDoWhatItLikes) {
  Populate(100);
  documents = {Grants("suites", "{groups: [DRAWERS]}", "[{product: E5}]")};
  for (const auto& user : tenant.users) tenant.Group("DRAWERS").members.push_back(user.name);
  Read();
  Move(100, "");
  TakeOut(1);
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
}

TEST_F(ReadingGuard, AttributesAreComparedAgainWhenTheTrippedUsersAreBack) {
  Populate(100);
  Read();
  const auto all = tenant.users;
  Leave(50);
  Move(40, "");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 40 attribute-changed, 40 maxUserLoss");
  tenant.users = all;
  EXPECT_EQ(HeldBySummary(Read()), "0 go");
  Move(40, "");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 40 attribute-changed");
}

TEST_F(ReadingGuard, WhoJoinsMeanwhileDoesNotMakeATrippedAttributeAccepted) {
  Populate(100);
  Read();
  Move(40, "");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 40 attribute-changed");
  tenant.users.push_back({.name = "new", .department = "Ops"});
  EXPECT_EQ(HeldBySummary(Read()), "1 go, 40 attribute-changed");
  EXPECT_EQ(HeldBySummary(Read()), "1 go, 40 attribute-changed");
  EXPECT_EQ(memory.accepted->users.count, 101U);
}

TEST_F(ReadingGuard, AGroupReCreatedUnderItsNameIsAnotherGroup) {
  Populate(100, 20);
  Read();
  auto& group = tenant.Group("DRAWERS");
  group.called = "DRAWERS";
  group.name = "OTHERS";
  group.members.pop_back();
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 1 reference-changed");
  const auto why = FirstHeld(plan);
  EXPECT_EQ(why->value, fmt::format("group \"DRAWERS\" is {} now, and was {} when last accepted",
                                    test::IdOf<GroupId>("OTHERS").ToString(),
                                    test::IdOf<GroupId>("DRAWERS").ToString()));
  EXPECT_THAT(why->release, HasSubstr("object id"));
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 reference-changed");
  tenant.Group("OTHERS").name = "DRAWERS";
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
}

TEST_F(ReadingGuard, AGroupThatIsGoneForAWhileIsNotForgotten) {
  Populate(100, 20);
  Read();
  auto& group = tenant.Group("DRAWERS");
  group.status = GroupReading::Status::kMissing;
  const auto gone = Read();
  EXPECT_EQ(HeldBySummary(gone), "0 go, 20 reference");
  EXPECT_THAT(gone.warnings, Contains(HasSubstr("was " + test::IdOf<GroupId>("DRAWERS").ToString() +
                                                " when last accepted")));
  group.status = GroupReading::Status::kFound;
  group.called = "DRAWERS";
  group.name = "OTHERS";
  group.members.clear();
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 20 group-shrunk, 20 reference-changed");
}

TEST_F(ReadingGuard, AProductNameThatMeansAnotherProductHoldsBoth) {
  Populate(50, 20);
  Read();
  for (auto& [key, id] : memory.accepted->names) {
    if (id == test::IdOf<SkuId>("E5").guid) id = test::IdOf<SkuId>("VISIO").guid;
  }
  Move(1, "Sales");
  TakeOut(1);
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 2 reference-changed");
}

TEST_F(ReadingGuard, AUserReCreatedUnderTheNameThatPolicyHasIsAnother) {
  Populate(50);
  tenant.users.push_back({.name = "lee", .licenses = {{"VISIO"}}});
  documents.at(1) = Grants("drawing", "{users: [Lee@contoso.com]}", "[{product: VISIO}]");
  Read();
  tenant.User("lee").licenses.clear();
  tenant.User("lee").name = "lee2";
  tenant.User("lee2").principal_name = "lee@contoso.com";
  tenant.User(Name(0)).licenses.push_back({"VISIO"});
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "1 go, 1 reference-changed");
  EXPECT_THAT(FirstHeld(plan)->value, StartsWith("user \"Lee@contoso.com\" is "));
}

TEST_F(ReadingGuard, ASubscriptionThatShrinksBelowItsHoldersTakesNobodysSeat) {
  Populate(100);
  Read();
  tenant.Product("E5").seats = 100;
  Move(1, "Sales");
  EXPECT_EQ(HeldBySummary(Read()), "1 go") << "as many as are in use";
  tenant.Product("E5").seats = 0;
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 1 units-fallen");
  EXPECT_EQ(FirstHeld(plan)->value, "0 purchased, 100 when last accepted, and 100 in use");
  EXPECT_EQ(HeldBySummary(Read()), "0 go, 1 units-fallen");
  tenant.Product("E5").seats = 100;
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
}

TEST_F(ReadingGuard, APlanThatTripsSaysSoOnce) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  const auto warnings = Read().warnings;
  EXPECT_EQ(std::count_if(warnings.begin(), warnings.end(),
                          [](const auto& text) { return text.starts_with("group-shrunk: "); }),
            1);
  EXPECT_THAT(warnings, Contains(HasSubstr("removals of VISIO are held")));
}

TEST_F(ReadingGuard, WhatIsApprovedGoesAndTheReadingIsAcceptedWithIt) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  const auto held = Read();
  EXPECT_EQ(HeldBySummary(held), "0 go, 20 group-shrunk");
  ASSERT_EQ(held.held_sets.size(), 1U);
  EXPECT_TRUE(held.held_sets.at(0).approvable);
  Approve(held);
  const auto released = Read();
  EXPECT_EQ(HeldBySummary(released), "20 go");
  EXPECT_THAT(released.not_accepted, IsEmpty());
  CarryOut(released);
  tenant.User(Name(30)).licenses.push_back({"VISIO"});
  const auto after = Read();
  EXPECT_EQ(HeldBySummary(after), "1 go") << "an empty group is what there is now";
  EXPECT_THAT(after.warnings, Not(Contains(StartsWith("group-shrunk"))));
}

TEST_F(ReadingGuard, EveryGuardrailOnReadingsCanBeApproved) {
  const auto approved = [&](const char* guardrail) {
    const auto held = Read();
    ASSERT_TRUE(FirstHeld(held)) << guardrail;
    EXPECT_EQ(FirstHeld(held)->guardrail, guardrail);
    Approve(held);
    const auto released = Read();
    EXPECT_EQ(released.CountWith(Verdict::kHeld), 0U) << guardrail;
    EXPECT_GT(released.CountWith(Verdict::kGo), 0U) << guardrail;
    CarryOut(released);
    EXPECT_THAT(Read().warnings, Not(Contains(StartsWith(guardrail)))) << guardrail;
  };
  Populate(100, 20);
  Read();
  tenant.users.erase(tenant.users.begin() + 80, tenant.users.end());
  Move(1, "Sales");
  approved("maxUserLoss");
  Move(40, "Sales");
  approved("attribute-changed");
  tenant.Product("E5").seats = 10;
  Move(41, "Sales");
  approved("units-fallen");
  tenant.Group("DRAWERS").called = "DRAWERS";
  tenant.Group("DRAWERS").name = "OTHERS";
  tenant.Group("OTHERS").members.pop_back();
  approved("reference-changed");
}

TEST_F(ReadingGuard, WhoJoinsAHeldSetAfterItsApprovalStaysHeldAndTheReadingIsNotAccepted) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  Approve(Read());
  tenant.User(Name(30)).licenses.push_back({"VISIO"});
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "20 go, 1 group-shrunk");
  CarryOut(plan);
  const auto later = Read();
  EXPECT_EQ(HeldBySummary(later), "0 go, 1 group-shrunk");
  Approve(later);
  EXPECT_EQ(HeldBySummary(Read()), "1 go");
  EXPECT_EQ(memory.accepted->lists.at({UserList::kGroup, "DRAWERS"}).count, 0U);
}

TEST_F(ReadingGuard, AnApprovalOfOneGroupAcceptsNoOther) {
  Populate(100, 20);
  tenant.groups.push_back({.name = "SAFE", .members = {Name(90), Name(91), Name(92)}});
  documents.push_back(Grants("safe", "{groups: [SAFE]}", "[{product: E5}]"));
  Read();
  TakeOut(20);
  Approve(Read());
  tenant.Group("SAFE").members.clear();
  Read();
  EXPECT_EQ(memory.accepted->lists.at({UserList::kGroup, "DRAWERS"}).count, 0U);
  EXPECT_EQ(memory.accepted->lists.at({UserList::kGroup, "SAFE"}).count, 3U);
}

TEST_F(ReadingGuard, AnApprovalDoesNotReleaseFromALimitOnAmounts) {
  Populate(100, 20);
  Read();
  TakeOut(20);
  Approve(Read());
  documents.push_back(Guards("few", "maxUnassign: {seats: 5}"));
  const auto plan = Read();
  EXPECT_EQ(HeldBySummary(plan), "0 go, 20 maxUnassign");
  EXPECT_EQ(memory.accepted->lists.at({UserList::kGroup, "DRAWERS"}).count, 20U)
      << "nothing goes yet";
}

}  // namespace
}  // namespace seatkeeper
