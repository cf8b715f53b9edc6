#include "reconciler/cycle/cycle.h"

#include "reconciler/plan/planner.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Brief;
using test::CycleTest;
using test::FakeProvider;

TEST_F(CycleTest, PlanTakesNoLeaseAndRecordsNothing) {
  const auto other = store_->AcquireLease(key_, "other", clock_.Now(), hours(1));
  ASSERT_TRUE(other);
  const auto report = Run(Mode::kPlan);
  ASSERT_TRUE(report.plan) << report.error->message;
  EXPECT_EQ(Brief(report.plan->plan()), "go 1 ada +E5 -E3\ngo 1 bob +E5\ngo 1 cleo -E3");
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
}

TEST_F(CycleTest, WhoInspectsSeesWhatThePlanWasMadeFrom) {
  auto request = Request(Mode::kPlan);
  std::vector<std::string> seen;
  request.inspect = [&](const PlanInput& input, const Plan& plan) {
    seen.push_back(input.tenant + ": " + std::to_string(input.observed.users.size()) + " users, " +
                   std::to_string(plan.changes.size()) + " changes");
  };
  EXPECT_FALSE(Run(request).error);
  EXPECT_EQ(seen, std::vector<std::string>{"contoso: 4 users, 3 changes"});
  provider_.read_error = Error{.kind = ErrorKind::kIncomplete, .message = "page 40 is missing"};
  EXPECT_TRUE(Run(request).error);
  EXPECT_EQ(seen.size(), 1U) << "without a plan there is nothing to see";
}

TEST_F(CycleTest, ObserveWritesNothingToTheTenant) {
  const auto report = Run(Mode::kObserve);
  ASSERT_TRUE(report.plan);
  EXPECT_EQ(report.plan->plan().CountWith(Verdict::kGo), 3U);
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Holds("ada"), "E3");
  EXPECT_TRUE(report.outcomes.empty());
}

TEST_F(CycleTest, EnforceConvergesAndTheNextCyclePlansNothing) {
  const auto report = Run(Mode::kEnforce);
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAccepted), 3);
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Holds("bob"), "E5");
  EXPECT_EQ(Holds("cleo"), "");
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed cleo:confirmed ")
      << "looked at again at once, in the millisecond of the answers";

  clock_.Advance(minutes(5));
  const auto next = Run(Mode::kEnforce);
  ASSERT_TRUE(next.plan) << next.error->message;
  EXPECT_EQ(Brief(next.plan->plan()), "");
  EXPECT_EQ(provider_.written.size(), 3U);
}

TEST_F(CycleTest, SecondHolderIsRefusedWhileTheFirstIsAtWork) {
  const auto first = Begin(Request(Mode::kEnforce, "one"));
  RunUntilSent(1);
  std::optional<CycleReport> second;
  Cycle other({provider_, *runner_, clock_, timers_, workers_, random_, observer_}, policy_,
              Request(Mode::kEnforce, "two"));
  other.Start([&](CycleReport report) { second = std::move(report); });
  while (!second && timers_.RunNext()) {
  }
  ASSERT_TRUE(second && second->error);
  EXPECT_EQ(second->error->kind, ErrorKind::kConflict);
  EXPECT_FALSE(second->plan);
  EXPECT_FALSE(Finish().error);
  EXPECT_EQ(provider_.written.size(), 3U);
  EXPECT_FALSE(Run(Request(Mode::kEnforce, "two")).error)
      << "a finished cycle gives its lease back";
}

TEST_F(CycleTest, ReadFailureIsAnErrorAndNoChange) {
  provider_.read_error = Error{.kind = ErrorKind::kIncomplete, .message = "page 40 is missing"};
  const auto report = Run(Mode::kEnforce);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kIncomplete);
  EXPECT_FALSE(report.plan);
  EXPECT_EQ(SentTo(), "");
  provider_.read_error.reset();
  EXPECT_EQ(Run(Mode::kEnforce).CountOutcomes(ChangeState::kAccepted), 3);
}

TEST_F(CycleTest, ImpossiblePolicyIsAnErrorAndNoChange) {
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [ada@contoso.com]}", "[{product: NO_SUCH_PRODUCT}]"),
       test::Manages("E3", "full")});
  const auto report = Run(Mode::kEnforce);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kInvalid);
  EXPECT_EQ(SentTo(), "");
}

TEST_F(CycleTest, NoToTheQuestionSendsNothing) {
  auto request = Request(Mode::kEnforce);
  int asked = 0;
  request.confirm = [&](const GuardedPlan& plan) {
    ++asked;
    EXPECT_EQ(plan.plan().CountWith(Verdict::kGo), 3U);
    return false;
  };
  const auto report = Run(request);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(report.declined);
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Journal(), "");
}

TEST_F(CycleTest, ProviderThatCannotWriteIsNotWrittenTo) {
  provider_.can.can_write = false;
  const auto report = Run(Mode::kEnforce);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kRejected);
  EXPECT_EQ(SentTo(), "");
}

TEST_F(CycleTest, StopBetweenBatchesFinishesWhatIsUnderWayAndSendsNoMore) {
  provider_.can.max_batch = 1;
  provider_.world.Product("E5").seats = 100;
  std::string users;
  for (int i = 0; i < 30; ++i) {
    const auto name = "user" + std::to_string(10 + i);
    provider_.world.users.push_back({.name = name});
    users += (users.empty() ? "" : ", ") + name + "@contoso.com";
  }
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [" + users + "]}", "[{product: E5}]")});
  const auto cycle = Begin(Request(Mode::kEnforce));
  RunUntilSent(1);
  cycle->Stop("somebody said so");
  const auto report = Finish();
  EXPECT_EQ(report.stopped, "somebody said so");
  EXPECT_LT(provider_.written.size(), 30U);
  EXPECT_EQ(report.outcomes.size(), 30U);
  EXPECT_EQ(static_cast<std::size_t>(report.CountOutcomes(ChangeState::kAccepted)),
            provider_.written.size());
  EXPECT_EQ(
      report.CountOutcomes(ChangeState::kWithdrawn) + report.CountOutcomes(ChangeState::kAccepted),
      30);
  clock_.Advance(minutes(5));
  Run(Mode::kEnforce);
  EXPECT_EQ(provider_.written.size(), 30U) << "nobody was left out, nobody was sent twice";
}

TEST_F(CycleTest, StopBeforeThePlanIsACancelledCycle) {
  const auto cycle = Begin(Request(Mode::kEnforce));
  cycle->Stop("shutting down");
  const auto report = Finish();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kCancelled);
  EXPECT_EQ(SentTo(), "");
}

TEST_F(CycleTest, RecheckWithdrawsARemovalWhoseUserChanged) {
  provider_.before_reread = [this] { provider_.world.User("cleo").enabled = false; };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAccepted), 2);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kWithdrawn), 1);
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed ");
}

TEST_F(CycleTest, RecheckWithdrawsARemovalWhoseUserJoinedAGroupThatPolicyNames) {
  provider_.world.groups = {{.name = "Accounting", .members = {"dan"}}};
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]"),
                      test::Grants("accountants", "{groups: [Accounting]}", "[{product: E3}]"),
                      test::Manages("E3", "full"), test::Limits("limits", "{seats: 5}")});
  provider_.before_reread = [this] {
    provider_.world.Group("Accounting").members.push_back("cleo");
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Holds("ada"), "") << "whose groups are as they were";
  std::string said;
  for (const auto& [id, outcome] : report.outcomes) {
    if (outcome.state == ChangeState::kWithdrawn) said += outcome.message;
  }
  EXPECT_EQ(said, "The user joined group `Accounting` since the plan was made.");
}

TEST_F(CycleTest, RecheckWithdrawsARemovalWhoseUserLeftAGroupThatPolicyNames) {
  // For the accountants E3 is too much; who has left them by now may keep it.
  provider_.world.groups = {{.name = "Accounting", .members = {"cleo"}}};
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]"),
       test::Grants("most", "{users: [cleo@contoso.com], except: {groups: [Accounting]}}",
                    "[{product: E3}]"),
       test::Manages("E3", "full"), test::Limits("limits", "{seats: 5}")});
  provider_.before_reread = [this] { provider_.world.Group("Accounting").members.clear(); };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(report.CountOutcomes(ChangeState::kWithdrawn), 1);
}

TEST_F(CycleTest, RecheckWithdrawsARemovalWhoseUserJoinedWhereARuleReaches) {
  // E3 is for direct members of Accounting: a relationship, not a group that policy names.
  provider_.world.groups = {{.name = "Accounting", .members = {"dan"}}};
  const auto rule = "{rule: \"user.memberOf -any (group.objectId -in ['" +
                    test::IdOf<GroupId>("Accounting").ToString() + "'])\"}";
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]"),
                      test::Grants("accountants", rule, "[{product: E3}]"),
                      test::Manages("E3", "full"), test::Limits("limits", "{seats: 5}")});
  provider_.before_links = [this] {
    provider_.world.Group("Accounting").members.push_back("cleo");
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Holds("ada"), "") << "who stands where they stood";
  std::string said;
  for (const auto& [id, outcome] : report.outcomes) {
    if (outcome.state == ChangeState::kWithdrawn) said += outcome.message;
  }
  EXPECT_EQ(said, "The user joined group `Accounting` directly since the plan was made.");
}

TEST_F(CycleTest, NoRelationshipIsReadAgainWhereNoRuleReaches) {
  provider_.world.groups = {{.name = "Accounting", .members = {"dan"}}};
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAccepted), 3);
  EXPECT_EQ(provider_.link_reads, 0);
}

TEST_F(CycleTest, RemovalIsNotSentWhenItsUserCannotBeReadAgain) {
  provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "no answer"};
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(SentTo(), "bob ");
  EXPECT_EQ(report.CountOutcomes(ChangeState::kWithdrawn), 2);
}

TEST_F(CycleTest, RefusalIsReportedAndOthersGoOn) {
  provider_.fate = [](const WriteItem& item) {
    const bool bob = test::NameOf(std::get<UserId>(item.subject).guid) == "bob";
    return bob ? FakeProvider::Fate{.kind = WriteResult::Kind::kRefused, .happens = false}
               : FakeProvider::Fate{};
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kRefused), 1);
  EXPECT_EQ(report.failures(), 1);
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Holds("bob"), "");
}

TEST_F(CycleTest, LimitCountsWhatEarlierCyclesTook) {
  policy_.policies.guardrails[0].max_unassign = AmountLimit{.seats = 2};
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "");
  provider_.world.User("dan").licenses.push_back({"E3"});
  clock_.Advance(hours(23));
  auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Brief(report.plan->plan()), "held dan -E3 [maxUnassign]");
  clock_.Advance(hours(2));
  report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("dan"), "E5");
}

TEST_F(CycleTest, LimitCountsWhatEarlierCyclesGave) {
  policy_.policies.guardrails[0].max_assign = AmountLimit{.seats = 2};
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Holds("bob"), "E5");
  provider_.world.User("dan").licenses.clear();
  clock_.Advance(hours(23));
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Brief(report.plan->plan()), "held dan +E5 [maxAssign]");
  EXPECT_EQ(Holds("dan"), "");
  clock_.Advance(hours(2));
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("dan"), "E5");
}

TEST_F(CycleTest, ACeilingHoldsWhateverThePolicySays) {
  auto request = Request(Mode::kEnforce);
  request.ceilings.max_changes = 1;
  const auto report = Run(request);
  EXPECT_EQ(report.plan->plan().CountWith(Verdict::kGo), 0U);
  EXPECT_TRUE(report.plan->plan().has_held());
  EXPECT_EQ(Holds("ada"), "E3");
}

TEST_F(CycleTest, OutdatedPolicyTakesNothing) {
  policy_.outdated = true;
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("ada"), "E3E5");
  EXPECT_EQ(Holds("bob"), "E5");
  EXPECT_EQ(Holds("cleo"), "E3");
}

TEST_F(CycleTest, LongCycleKeepsItsLease) {
  // Every request is told to try again for a while: the cycle lasts far longer than a lease.
  int tries = 0;
  provider_.fate = [&](const WriteItem&) {
    return ++tries <= 12
               ? FakeProvider::Fate{.kind = WriteResult::Kind::kTryAgain, .happens = false}
               : FakeProvider::Fate{};
  };
  const auto began = clock_.Now();
  const auto cycle = Begin(Request(Mode::kEnforce, "one"));
  timers_.RunFor(std::chrono::seconds(1));
  const auto other = store_->AcquireLease(key_, "two", clock_.Now() + minutes(1), minutes(1));
  EXPECT_FALSE(other);
  const auto report = Finish();
  EXPECT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAccepted), 3);
  EXPECT_GT(clock_.Now(), began);
}

}  // namespace
}  // namespace seatkeeper
