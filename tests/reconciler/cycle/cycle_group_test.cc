#include <gmock/gmock.h>

#include "reconciler/cycle/execution.h"
#include "reconciler/cycle/recall.h"
#include "tests/reconciler/cycle/cycle_fixture.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;
using test::CycleTest;
using test::IdOf;

/// The group Sales of ada and bob, whom nobody gives anything directly.
class GroupTest : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    provider_.world.users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo"}, {.name = "dan"}};
    provider_.world.groups = {{.name = "Sales", .members = {"ada", "bob"}}};
    policy_.policies = test::Policies({test::Limits("limits", "off")});
  }

  /// A change that rests on the world as it is.
  Change ChangeOfSales() const {
    Change change = test::ChangeForGroup(1, 2);
    change.group->id = IdOf<GroupId>("Sales");
    change.group->display_name = "Sales";
    change.fingerprint = Fingerprint(*provider_.world.Read().FindGroup(change.group->id));
    return change;
  }

  Change AddE5() const {
    Change change = ChangeOfSales();
    change.add = {{.product = IdOf<SkuId>("E5"), .disabled_plans = {}}};
    change.takes_seats = {IdOf<SkuId>("E5"), IdOf<SkuId>("E5")};
    return change;
  }

  Change RemoveE5() const {
    Change change = ChangeOfSales();
    change.remove = {IdOf<SkuId>("E5")};
    change.before = {{.product = IdOf<SkuId>("E5"), .disabled_plans = {}}};
    change.group->losses = {{IdOf<SkuId>("E5"), 2}};
    return change;
  }

  /// Carries one change out, as a cycle does with a plan.
  ChangeOutcome Execute(const Change& change, Observer& observer) {
    auto lease = store_->AcquireLease(key_, "one", clock_.Now(), minutes(2));
    EXPECT_TRUE(lease);
    const auto plan = test::Guarded({change}, {{IdOf<SkuId>("E5"), 10}});
    bool done = false;
    const auto execution = std::make_shared<Execution>(
        Cycle::Dependencies{provider_, *runner_, clock_, timers_, workers_, random_, observer},
        plan,
        Execution::Settings{.tenant = "contoso",
                            .lease = *lease,
                            .observed = std::make_shared<ObservedState>(provider_.world.Read()),
                            .options = {.plan_id = "p1"}},
        [&] { done = true; });
    execution->Start();
    while (!done && timers_.RunNext()) {
    }
    EXPECT_TRUE(store_->ReleaseLease(*lease));
    return execution->outcomes().at(change.id);
  }
  ChangeOutcome Execute(const Change& change) { return Execute(change, observer_); }

  CycleReport Next(std::chrono::milliseconds later = minutes(5)) {
    clock_.Advance(later);
    auto report = Run(Mode::kEnforce);
    EXPECT_FALSE(report.error) << report.error->message;
    return report;
  }
};

/// Keeps what it is told about changes.
class Listener final : public Observer {
 public:
  void OnOutcome(const Outcome& outcome) override {
    told.push_back(std::string(outcome.is_group ? "group " : "user ") +
                   std::string(outcome.subject_name) + " " + std::string(outcome.state));
  }
  std::vector<std::string> told;
};

TEST_F(GroupTest, IsConfirmedByTwoReadingsOnceTheServiceIsThrough) {
  EXPECT_EQ(Execute(AddE5()).state, ChangeState::kAccepted);
  EXPECT_EQ(SentTo(), "Sales ");
  EXPECT_EQ(Journal(), "Sales:accepted ");
  Next();
  Next(hours(2));
  EXPECT_EQ(Journal(), "Sales:accepted ") << "queued: its members have nothing yet";
  test::Process("Sales", provider_.world);
  EXPECT_EQ(Holds("ada"), "E5");
  Next();
  EXPECT_EQ(Journal(), "Sales:accepted ");
  Next();
  EXPECT_EQ(Journal(), "Sales:confirmed ");
  const auto memory = store_->Memory(key_);
  ASSERT_TRUE(memory);
  EXPECT_TRUE(memory->owned.empty());
}

TEST_F(GroupTest, KeepsTheSeatsOfMembersWhoHaveNoneYet) {
  provider_.world.Product("E5").seats = 3;
  ASSERT_EQ(Execute(AddE5()).state, ChangeState::kAccepted);
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [cleo@contoso.com, dan@contoso.com]}", "[{product: E5}]")});
  const auto report = Next();
  EXPECT_EQ(report.plan->plan().CountWith(Verdict::kGo), 1U) << Brief(report.plan->plan());
  EXPECT_EQ(report.plan->plan().waiting.size(), 1U);
}

TEST_F(GroupTest, LosesNothingWhenItChangedSinceThePlanWasMade) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  const auto removal = RemoveE5();
  provider_.before_reread = [this] { provider_.world.Group("Sales").licenses.push_back({"E3"}); };
  const auto outcome = Execute(removal);
  EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
  EXPECT_EQ(outcome.message, "The group changed since the plan was made.");
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
}

TEST_F(GroupTest, LosesNothingWhenSomebodyJoinedItSinceThePlanWasMade) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  const auto removal = RemoveE5();
  provider_.before_links = [this] { provider_.world.Group("Sales").members.push_back("cleo"); };
  const auto outcome = Execute(removal);
  EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
  EXPECT_EQ(outcome.message, "The group's members changed since the plan was made.");
  EXPECT_EQ(SentTo(), "");
}

// The plan knows of nobody who loses anything: the licence had only just been given.
TEST_F(GroupTest, LosesNothingWhenItsMembersHaveItOnlySinceThePlanWasMade) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  const auto removal = RemoveE5();
  provider_.before_reread = [this] { test::Process("Sales", provider_.world); };
  const auto outcome = Execute(removal);
  EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
  EXPECT_EQ(outcome.message,
            "It reaches ada@contoso.com. The user changed since the plan was made.");
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
}

TEST_F(GroupTest, LosesNothingWhenAMemberIsInAnotherGroupSinceThePlanWasMade) {
  provider_.world.groups.push_back({.name = "Break Glass"});
  provider_.world.Group("Sales").licenses = {{"E5"}};
  test::Process("Sales", provider_.world);
  const auto removal = RemoveE5();
  provider_.before_reread = [this] { provider_.world.Group("Break Glass").members = {"bob"}; };
  const auto outcome = Execute(removal);
  EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
  EXPECT_EQ(outcome.message,
            "It reaches bob@contoso.com. The user joined group `Break Glass` since the plan was "
            "made.");
  EXPECT_EQ(SentTo(), "");
}

TEST_F(GroupTest, LosesNothingWhenWhoeverHasItFromThereIsGone) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  test::Process("Sales", provider_.world);
  provider_.world.Group("Sales").members = {"ada"};  // Of bob nothing has been taken yet.
  const auto removal = RemoveE5();
  provider_.before_reread = [this] {
    std::erase_if(provider_.world.users, [](const auto& user) { return user.name == "bob"; });
  };
  const auto outcome = Execute(removal);
  EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
  EXPECT_EQ(outcome.message,
            "It reaches bob@contoso.com. The user is gone since the plan was made.");
}

TEST_F(GroupTest, LosesNothingWhenItsMembersCannotBeReadAgain) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  const auto removal = RemoveE5();
  provider_.before_links = [this] {
    provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "no answer"};
  };
  EXPECT_EQ(Execute(removal).state, ChangeState::kWithdrawn);
  EXPECT_EQ(SentTo(), "");
}

TEST_F(GroupTest, LosesWhatItShouldWhenNothingChanged) {
  provider_.world.Group("Sales").licenses = {{"E5"}};
  test::Process("Sales", provider_.world);
  EXPECT_EQ(Execute(RemoveE5()).state, ChangeState::kAccepted);
  test::Process("Sales", provider_.world);
  EXPECT_EQ(Holds("bob"), "");
  Next();
  Next();
  EXPECT_EQ(Journal(), "Sales:confirmed ");
}

TEST_F(GroupTest, IsNotSettledByALookAtSomeUsers) {
  ASSERT_EQ(Execute(AddE5()).state, ChangeState::kAccepted);
  test::Process("Sales", provider_.world);
  const auto lease = store_->AcquireLease(key_, "one", clock_.Now(), minutes(2));
  ASSERT_TRUE(lease);
  auto seen = provider_.world.Read();
  seen.read_at = clock_.Now();
  ASSERT_TRUE(RecordSightings(*store_, *lease, "p1", seen, clock_.Now()));
  EXPECT_EQ(store_->OpenChanges(key_)->at(0).sightings, 0);
}

TEST_F(GroupTest, IsToldAsAGroup) {
  Listener listener;
  Execute(AddE5(), listener);
  EXPECT_THAT(listener.told, testing::ElementsAre("group Sales accepted"));
}

}  // namespace
}  // namespace seatkeeper
