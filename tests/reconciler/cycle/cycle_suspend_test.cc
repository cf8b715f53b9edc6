#include <gmock/gmock.h>

#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::minutes;
using test::Brief;
using testing::HasSubstr;

class CycleSuspend : public test::CycleTest {
 protected:
  void Suspend() {
    ASSERT_TRUE(
        store_->Suspend(key_, {.who = "ada@ops", .reason = "migration", .at = clock_.Now()}));
  }
  Suspension Resume() {
    const auto resumed =
        store_->Resume(key_, {.who = "bob@ops", .reason = "over", .at = clock_.Now()});
    return resumed ? resumed->suspension : Suspension();
  }
};

TEST_F(CycleSuspend, IsPlannedAndReportedAndNothingIsSent) {
  Suspend();
  const auto report = Run(Mode::kEnforce);
  ASSERT_TRUE(report.plan);
  EXPECT_EQ(Brief(report.plan->plan()),
            "held ada +E5 -E3 [suspended]\nheld bob +E5 [suspended]\n"
            "held cleo -E3 [suspended]");
  EXPECT_EQ(ResultOf(report), "held");
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
  ASSERT_EQ(report.plan->plan().suspended.size(), 1U);

  EXPECT_EQ(Resume().size(), 1U);
  EXPECT_EQ(Run(Mode::kEnforce).CountOutcomes(ChangeState::kAccepted), 3);
}

TEST_F(CycleSuspend, StopsARunningCycleBetweenTwoRequests) {
  provider_.can.max_batch = 1;
  for (int i = 0; i < 20; ++i) {
    provider_.world.users.push_back({.name = "more" + std::to_string(i), .department = "more"});
  }
  provider_.world.Product("E5").seats = 100;
  policy_.policies = test::Policies(
      {test::Grants("p", "{rule: user.department -eq \"more\"}", "[{product: E5}]")});
  const auto cycle = Begin(Request(Mode::kEnforce));
  RunUntilSent(3);
  Suspend();
  const auto report = Finish();
  EXPECT_THAT(report.stopped, HasSubstr("suspended by ada@ops"));
  EXPECT_THAT(report.stopped, HasSubstr("migration"));
  EXPECT_EQ(ResultOf(report), "partial");
  const auto sent = provider_.written.size();
  EXPECT_LT(sent, 20U);
  EXPECT_EQ(static_cast<int>(sent), report.CountOutcomes(ChangeState::kAccepted))
      << "what was under way is finished";
  EXPECT_EQ(static_cast<std::size_t>(report.CountOutcomes(ChangeState::kWithdrawn)), 20 - sent);
  const auto journal = store_->History({.tenant = key_});
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->size(), sent) << "nothing was sent that was not intended before";

  clock_.Advance(minutes(5));
  Run(Mode::kEnforce);
  EXPECT_EQ(provider_.written.size(), sent);
  Resume();
  clock_.Advance(minutes(5));
  Run(Mode::kEnforce);
  EXPECT_EQ(provider_.written.size(), 20U) << "each once";
}

TEST_F(CycleSuspend, WhileAPersonIsAskedStopsWhatTheyAgreedTo) {
  auto request = Request(Mode::kEnforce);
  request.confirm = [&](const GuardedPlan&) {
    Suspend();
    return true;
  };
  const auto report = Run(request);
  EXPECT_THAT(report.stopped, HasSubstr("suspended by ada@ops"));
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
}

TEST_F(CycleSuspend, WhatWasSentIsSettledAllTheSame) {
  provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "down"};
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]")});
  Run(Mode::kEnforce);
  ASSERT_EQ(Journal(), "bob:accepted ");
  Suspend();
  for (int i = 0; i < 2; ++i) {
    clock_.Advance(minutes(5));
    Run(Mode::kObserve);
  }
  EXPECT_EQ(Journal(), "bob:confirmed ");
}

}  // namespace
}  // namespace seatkeeper
