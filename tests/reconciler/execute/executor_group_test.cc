#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);

TEST(ExecutorGroup, IsLicensedInOneRequestBesideUsers) {
  Driver driver({AssignGroup(1, kE3, 2), Assign(2, kE3)}, {{kE3, 3}});
  driver.Start();
  const auto& intents = driver.RunUntil<executor_effect::RecordIntents>().entries;
  ASSERT_THAT(intents, SizeIs(2));
  EXPECT_EQ(intents[0].subject(), Subject(GroupNumber(1)));
  ASSERT_TRUE(intents[0].group);
  EXPECT_EQ(intents[0].group->display_name, "Group 1");
  EXPECT_EQ(intents[0].group->members, 2);
  const auto& items = driver.RunUntil<executor_effect::Send>().items;
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].subject, Subject(GroupNumber(1)));
  EXPECT_EQ(items[0].usage_location, "");
  EXPECT_EQ(items[1].subject, Subject(User(2)));
  driver.Run();
  EXPECT_THAT(driver.rechecked, IsEmpty()) << "nothing is taken away";
  EXPECT_EQ(driver.StateOf("g1"), ChangeState::kAccepted);
}

TEST(ExecutorGroup, IsReadAgainBeforeItLosesSomething) {
  Change plans_off = ChangeForGroup(2, 4);
  plans_off.add = {{.product = kE3, .disabled_plans = {ServicePlanNumber(1)}}};
  plans_off.plans_off = {kE3};
  Driver driver({UnassignGroup(1, kE3, 4), plans_off, UnassignGroup(3, kE3, 4), Unassign(4, kE3)});
  driver.fingerprints[GroupNumber(1)] = 1;
  driver.fingerprints.erase(GroupNumber(3));
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.rechecked,
              ElementsAre(ElementsAre(Subject(GroupNumber(1)), Subject(GroupNumber(2)),
                                      Subject(GroupNumber(3)), Subject(User(4)))));
  EXPECT_EQ(driver.StateOf("g1"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("g1"), "The group changed since the plan was made.");
  EXPECT_EQ(driver.StateOf("g2"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("g3"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("g3"), "The group is gone since the plan was made.");
  EXPECT_EQ(driver.StateOf("c4"), ChangeState::kAccepted);
}

TEST(ExecutorGroup, WithoutARecheckNothingIsTaken) {
  Driver driver({UnassignGroup(1, kE3, 4)});
  driver.recheck_error = Failure(ErrorKind::kUnreachable, "no answer");
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(driver.MessageOf("g1"),
            "The group could not be read again before the removal: no answer");
}

TEST(ExecutorGroup, NeedsASeatForEveryMemberWithoutOne) {
  Driver driver({AssignGroup(1, kE3, 3), AssignGroup(2, kE3, 2)}, {{kE3, 4}});
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("g1")));
  EXPECT_EQ(driver.MessageOf("g2"), "2 seats of PRODUCT_3 are needed and 1 free.");
}

TEST(ExecutorGroup, ThatIsRefusedGivesAllItsSeatsBack) {
  Change later = AssignGroup(2, kE3, 4);
  later.wave = 2;
  Driver driver({AssignGroup(1, kE3, 3), later}, {{kE3, 4}});
  driver.answers["g1"] = {Refused()};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("g2"), ChangeState::kAccepted);
}

TEST(ExecutorGroup, FreesNoSeatYetWhenItsRemovalIsAccepted) {
  Driver driver({UnassignGroup(1, kE3, 2), Assign(2, kE3, 2)}, {{kE3, 0}});
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("g1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("of 2 that were to be freed, 0 were"));
}

TEST(ExecutorGroup, HasOneRequestAtATimeAndNoSecondChangeWhileOneIsOpen) {
  Change second = AssignGroup(1, kE5, 1);
  second.id = "g1b";
  Change of_user = Assign(1, kE5);  // The group's number, and still another subject.
  Driver driver({AssignGroup(1, kE3, 1), second, of_user}, {{kE3, 1}, {kE5, 2}});
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, ElementsAre(ElementsAre("g1", "c1")));
  EXPECT_EQ(driver.StateOf("g1b"), ChangeState::kWithdrawn);
  EXPECT_EQ(driver.MessageOf("g1b"), "Another change of this group is not confirmed yet.");
}

}  // namespace
}  // namespace seatkeeper::test
