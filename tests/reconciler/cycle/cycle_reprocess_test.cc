#include <gmock/gmock.h>

#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;
using test::CycleTest;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Sales gives E5 to ada and bob; there was no seat for bob, and now there are nine.
class CycleReprocess : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    provider_.can.can_reprocess = true;
    auto& world = provider_.world;
    world.users = {{.name = "ada"}, {.name = "bob"}, {.name = "cleo"}};
    world.groups = {{.name = "Sales", .members = {"ada", "bob"}, .licenses = {{"E5"}}}};
    test::Process("Sales", world);
    Fail("bob");
    policy_.policies = test::Policies(
        {"apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: sales}\n"
         "spec: {subjects: {groups: [Sales]}, licenses: [{product: E5}], delivery: group}\n",
         test::Limits("limits", "off")});
  }

  void Fail(const std::string& user) {
    auto& row = provider_.world.User(user).licenses.at(0);
    row.state = AssignmentState::kError;
    row.error = "CountViolation";
  }

  AssignmentState StateOf(const std::string& user) {
    return provider_.world.User(user).licenses.at(0).state;
  }

  /// What the next cycle planned.
  std::string Next(std::chrono::milliseconds later = minutes(5)) {
    clock_.Advance(later);
    report_of_next_ = Run(Mode::kEnforce);
    EXPECT_FALSE(report_of_next_.error) << report_of_next_.error->message;
    return Brief(report_of_next_.plan->plan());
  }

  /// Of the only change, which was not sent.
  std::string WhyWithdrawn() {
    Next();
    EXPECT_THAT(provider_.written, IsEmpty());
    EXPECT_EQ(Journal(), "");
    if (report_of_next_.outcomes.size() != 1) return "";
    const auto& outcome = report_of_next_.outcomes.begin()->second;
    EXPECT_EQ(outcome.state, ChangeState::kWithdrawn);
    return outcome.message;
  }

  CycleReport report_of_next_;
};

TEST_F(CycleReprocess, ASeatIsFreedAndThePlanIsEmptyAfterwards) {
  provider_.world.Product("E5").seats = 1;
  EXPECT_EQ(Next(), "");
  provider_.world.Product("E5").seats = 2;
  EXPECT_EQ(Next(), "go 1 bob again +E5");
  ASSERT_EQ(provider_.written.size(), 1U);
  EXPECT_TRUE(provider_.written[0].reprocess);
  EXPECT_THAT(provider_.written[0].add, IsEmpty()) << "nothing is assigned directly";
  EXPECT_EQ(StateOf("bob"), AssignmentState::kActive);
  EXPECT_EQ(Journal(), "bob:confirmed ");
  EXPECT_EQ(Next(), "");
  EXPECT_EQ(SentTo(), "bob ");

  const auto history = store_->History({.tenant = key_});
  ASSERT_TRUE(history);
  const auto& entry = history->at(0).entry;
  EXPECT_EQ(entry.reason, "reprocessed");
  EXPECT_EQ(entry.message, "E5 through group `Sales`: a seat is free");
  const auto memory = store_->Memory(key_);
  ASSERT_TRUE(memory);
  EXPECT_THAT(memory->owned, IsEmpty()) << "what a group gives is nobody's to take";
}

TEST_F(CycleReprocess, IsPlannedAndNotSentWhereNothingIsApplied) {
  const auto report = Run(Mode::kPlan);
  EXPECT_EQ(Brief(report.plan->plan()), "go 1 bob again +E5");
  EXPECT_THAT(provider_.written, IsEmpty());
}

TEST_F(CycleReprocess, IsNotPlannedWithoutThePermission) {
  provider_.can.can_reprocess = false;
  EXPECT_EQ(Next(), "");
}

TEST_F(CycleReprocess, SeveralUsersGoTogether) {
  Fail("ada");
  EXPECT_EQ(Next(), "go 1 ada again +E5\ngo 1 bob again +E5");
  EXPECT_THAT(provider_.batch_sizes, ElementsAre(2U));
  EXPECT_EQ(provider_.link_reads, 1) << "one listing of the members is enough";
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed ");
}

TEST_F(CycleReprocess, WhoLeavesTheGroupBeforeItIsSentIsLeftAlone) {
  provider_.before_reread = [this] { provider_.world.Group("Sales").members = {"ada"}; };
  EXPECT_EQ(WhyWithdrawn(), "The user left group `Sales` since the plan was made.");
}

TEST_F(CycleReprocess, WhoIsNoDirectMemberAnyMoreIsLeftAlone) {
  provider_.before_links = [this] { provider_.world.Group("Sales").members = {"ada"}; };
  EXPECT_EQ(WhyWithdrawn(), "The user left group `Sales` directly since the plan was made.");
}

TEST_F(CycleReprocess, WhatTheGroupDoesNotGiveAnyMoreIsLeftAlone) {
  provider_.before_reread = [this] { provider_.world.Group("Sales").licenses.clear(); };
  EXPECT_EQ(WhyWithdrawn(), "The licences of group `Sales` changed since the plan was made.");
}

TEST_F(CycleReprocess, AGroupThatIsWorkedThroughIsLeftAlone) {
  provider_.before_reread = [this] {
    provider_.world.Group("Sales").processing_state = "QueuedForProcessing";
  };
  EXPECT_EQ(WhyWithdrawn(), "The service works through the members of group `Sales` now.");
}

TEST_F(CycleReprocess, AGroupThatIsGoneIsLeftAlone) {
  provider_.before_reread = [this] { provider_.world.groups.clear(); };
  EXPECT_THAT(WhyWithdrawn(), HasSubstr("which gives the user something, is not known"));
}

TEST_F(CycleReprocess, WhatCannotBeReadAgainIsLeftAlone) {
  provider_.before_links = [this] {
    provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "no answer"};
  };
  EXPECT_EQ(WhyWithdrawn(),
            "The user could not be read again before the groups are processed again: no answer");
}

TEST_F(CycleReprocess, ARefusalIsNotRepeatedBeforeSomethingChanges) {
  provider_.fate = [](const WriteItem&) {
    return test::FakeProvider::Fate{.kind = WriteResult::Kind::kRefused,
                                    .happens = false,
                                    .message = "does not have any available licenses"};
  };
  Next();
  EXPECT_EQ(Journal(), "bob:refused ");
  EXPECT_EQ(Next(), "");
  EXPECT_THAT(report_of_next_.plan->plan().warnings, Contains(HasSubstr("it was tried")));
  EXPECT_EQ(Next(hours(25)), "") << "nothing has changed";
  EXPECT_EQ(provider_.written.size(), 1U);

  provider_.world.Product("E5").seats = 20;
  provider_.fate = [](const WriteItem&) { return test::FakeProvider::Fate{}; };
  EXPECT_EQ(Next(), "go 1 bob again +E5");
  EXPECT_EQ(Journal(), "bob:confirmed bob:refused ");
}

TEST_F(CycleReprocess, WhatIsAcceptedAndDoesNothingIsNotRepeatedEither) {
  provider_.fate = [](const WriteItem&) { return test::FakeProvider::Fate{.happens = false}; };
  Next();
  EXPECT_EQ(Journal(), "bob:accepted ");
  EXPECT_EQ(Next(), "") << "until it is known what became of it";
  EXPECT_EQ(Next(minutes(15)), "");
  EXPECT_EQ(Journal(), "bob:diverged ");
  EXPECT_EQ(Next(hours(25)), "");
  EXPECT_EQ(provider_.written.size(), 1U);
}

TEST_F(CycleReprocess, AnAnswerThatIsLostIsMatchedByWhatShows) {
  provider_.fate = [](const WriteItem&) {
    return test::FakeProvider::Fate{.kind = WriteResult::Kind::kAmbiguous};
  };
  Next();
  EXPECT_EQ(Journal(), "bob:ambiguous ");
  Next(minutes(15));
  Next();
  EXPECT_EQ(Journal(), "bob:matched ");
  EXPECT_EQ(provider_.written.size(), 1U);
}

TEST_F(CycleReprocess, UndoFindsNothingToPutBack) {
  Next();
  clock_.Advance(minutes(5));
  auto request = Request(Mode::kEnforce);
  request.undo = UndoQuery{.plan_id = report_of_next_.plan_id, .users = {}, .who = "eve@ops"};
  const auto report = Run(std::move(request));
  ASSERT_TRUE(report.plan);
  EXPECT_EQ(Brief(report.plan->plan()), "");
  EXPECT_EQ(report.plan->plan().undone->left_alone, 1U);
  EXPECT_EQ(StateOf("bob"), AssignmentState::kActive);
}

}  // namespace
}  // namespace seatkeeper
