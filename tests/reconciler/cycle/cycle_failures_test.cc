// The service refuses, fails or is gone; users are deleted, and somebody else is at work.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/execute/circuit_breaker.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::minutes;
using test::IdOf;
using testing::AllOf;
using testing::HasSubstr;
using Fate = test::FakeProvider::Fate;

class CycleFailures : public test::CycleTest {
 protected:
  static Fate Refused(const std::string& message, int status = 400) {
    return {.kind = WriteResult::Kind::kRefused,
            .happens = false,
            .message = message,
            .status = status};
  }
  static Fate TimedOut() {
    return {.kind = WriteResult::Kind::kAmbiguous, .happens = false, .message = "timed out"};
  }
  static Fate NoSeatOf(std::string_view product) {
    return Refused(fmt::format("Subscription with SKU {} does not have any available licenses.",
                               IdOf<SkuId>(product).ToString()));
  }
  static bool Adds(const WriteItem& item, std::string_view product) {
    return std::ranges::find(item.add, IdOf<SkuId>(product), &AddLicense::product) !=
           item.add.end();
  }

  /// So many users who are to get E5, one to a request.
  void GrantToMany(int users) {
    provider_.can.max_batch = 1;
    provider_.world.Product("E5").seats = 1000;
    std::string names;
    for (int i = 0; i < users; ++i) {
      const auto name = fmt::format("user{}", 100 + i);
      provider_.world.users.push_back({.name = name});
      names += fmt::format("{}{}@contoso.com", names.empty() ? "" : ", ", name);
    }
    policy_.policies =
        test::Policies({test::Grants("p", "{users: [" + names + "]}", "[{product: E5}]")});
  }

  CycleReport RunWith(CircuitBreaker& breaker) {
    auto request = Request(Mode::kEnforce);
    request.breaker = &breaker;
    return Run(std::move(request));
  }

  std::string MessageOf(const CycleReport& report, ChangeState state) {
    for (const auto& [id, outcome] : report.outcomes) {
      if (outcome.state == state) return outcome.message;
    }
    return "";
  }
};

TEST_F(CycleFailures, WhatIsRefusedForOneProductsSakeGoesWithoutIt) {
  provider_.world.products.push_back({.name = "Visio", .seats = 10});
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}, {product: Visio}]")});
  provider_.fate = [](const WriteItem& item) { return Adds(item, "E5") ? NoSeatOf("E5") : Fate(); };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(Holds("bob"), "Visio");
  EXPECT_EQ(Journal(), "bob:confirmed bob:refused ");
  EXPECT_EQ(report.split_off.size(), 1U);
  EXPECT_EQ(ResultOf(report), "partial");
  const auto history = store_->History({.tenant = key_});
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ((*history)[0].entry.add.size(), 1U);
  EXPECT_EQ((*history)[1].entry.add.size(), 2U);
  EXPECT_THAT((*history)[1].entry.message, HasSubstr((*history)[0].entry.change_id));
  EXPECT_THAT((*history)[0].entry.message, HasSubstr((*history)[1].entry.change_id));
}

TEST_F(CycleFailures, NobodyLosesAnythingWhileTheOtherPartIsRefused) {
  // cleo is granted E5 and to lose E3, which is no ladder: without E5 she keeps what she has.
  provider_.world.products.push_back({.name = "Visio", .seats = 10});
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [cleo@contoso.com]}", "[{product: E5}, {product: Visio}]"),
       test::Manages("E3", "full"), test::Limits("limits", "{seats: 5}")});
  provider_.fate = [](const WriteItem& item) { return Adds(item, "E5") ? NoSeatOf("E5") : Fate(); };
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "E3Visio");
}

TEST_F(CycleFailures, WhereNoSeatIsLeftNobodyElseIsTried) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return NoSeatOf("E5"); };
  const auto report = Run(Mode::kEnforce);
  EXPECT_LE(provider_.written.size(), 4U) << "what was under way beside the first";
  EXPECT_EQ(report.CountOutcomes(ChangeState::kWithdrawn),
            40 - static_cast<int>(provider_.written.size()));
  EXPECT_THAT(MessageOf(report, ChangeState::kWithdrawn),
              HasSubstr("does not have any available licenses"));
  EXPECT_EQ(report.stopped, "") << "that is no matter of the whole tenant";
  clock_.Advance(minutes(5));
  provider_.fate = [](const WriteItem&) { return Fate(); };
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("user139"), "E5") << "the next cycle asks anew";
}

TEST_F(CycleFailures, AServiceThatFailsIsLeftAloneAndTheRestIsWithdrawn) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return TimedOut(); };
  CircuitBreaker breaker;
  const auto report = RunWith(breaker);
  EXPECT_EQ(report.stopped, "the circuit breaker is open: 5 requests in a row failed");
  EXPECT_LE(provider_.written.size(), 8U) << "five, and what was under way beside them";
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAmbiguous),
            static_cast<int>(provider_.written.size()));
  EXPECT_EQ(MessageOf(report, ChangeState::kWithdrawn), report.stopped);
  EXPECT_EQ(ResultOf(report), "partial");
}

TEST_F(CycleFailures, AnotherCycleReadsAndSendsNothingDuringThePause) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return TimedOut(); };
  CircuitBreaker breaker;
  RunWith(breaker);
  const auto sent = provider_.written.size();
  const int reads = provider_.reads;
  const auto report = RunWith(breaker);
  EXPECT_EQ(provider_.written.size(), sent);
  EXPECT_GT(provider_.reads, reads);
  EXPECT_EQ(report.stopped, "the circuit breaker is open: 5 requests in a row failed");
  EXPECT_TRUE(report.plan) << "it still says what is to be done";
  EXPECT_EQ(ResultOf(report), "partial");
}

TEST_F(CycleFailures, OneProbeThatIsAcceptedLetsTheRestGo) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return TimedOut(); };
  CircuitBreaker breaker;
  RunWith(breaker);
  const auto sent = provider_.written.size();
  clock_.Advance(minutes(1));
  provider_.can.max_batch = 20;
  provider_.batch_sizes.clear();
  provider_.fate = [](const WriteItem&) { return Fate(); };
  const auto report = RunWith(breaker);
  EXPECT_EQ(report.stopped, "");
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::kClosed);
  ASSERT_GE(provider_.batch_sizes.size(), 2U);
  EXPECT_EQ(provider_.batch_sizes[0], 1U);
  EXPECT_EQ(provider_.batch_sizes[1], 20U);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kAccepted), 40 - static_cast<int>(sent))
      << "all but those whose answer was lost";
}

TEST_F(CycleFailures, AProbeThatFailsIsTheOnlyOneAndThePauseGrows) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return TimedOut(); };
  CircuitBreaker breaker;
  RunWith(breaker);
  const auto sent = provider_.written.size();
  clock_.Advance(minutes(1));
  const auto report = RunWith(breaker);
  EXPECT_EQ(provider_.written.size(), sent + 1);
  EXPECT_THAT(report.stopped, HasSubstr("circuit breaker"));
  EXPECT_EQ(breaker.PauseLeft(clock_.Monotonic()), minutes(2));
}

TEST_F(CycleFailures, ASignInThatFailsStopsAtOnce) {
  GrantToMany(40);
  provider_.fate = [](const WriteItem&) { return Refused("the secret has expired", 401); };
  CircuitBreaker breaker;
  const auto report = RunWith(breaker);
  EXPECT_EQ(report.stopped, "the circuit breaker is open: the application could not sign in");
  EXPECT_LE(provider_.written.size(), 4U) << "what was under way beside it";
}

TEST_F(CycleFailures, RefusalsOfSinglePeopleLetTheOthersGo) {
  GrantToMany(40);
  int number = 0;
  provider_.fate = [&](const WriteItem&) {
    return ++number % 10 == 0 ? Fate() : Refused("an address belongs to somebody else");
  };
  CircuitBreaker breaker;
  const auto report = RunWith(breaker);
  EXPECT_EQ(report.stopped, "");
  EXPECT_EQ(provider_.written.size(), 40U);
}

TEST_F(CycleFailures, TheBreakerIsToldWhoWantsToKnow) {
  struct Listener final : Observer {
    void OnCircuit(const Circuit& circuit) override {
      said += fmt::format("{} {} {} {}s;", circuit.tenant, circuit.open, circuit.reason,
                          std::chrono::duration_cast<std::chrono::seconds>(circuit.pause).count());
    }
    std::string said;
  } listener;
  GrantToMany(40);
  CircuitBreaker breaker;
  const auto run = [&] {
    auto request = Request(Mode::kEnforce);
    request.breaker = &breaker;
    report_.reset();
    Cycle cycle({provider_, *runner_, clock_, timers_, workers_, random_, listener}, policy_,
                std::move(request));
    cycle.Start([this](CycleReport report) { report_ = std::move(report); });
    return Finish();
  };
  provider_.fate = [](const WriteItem&) { return TimedOut(); };
  run();
  EXPECT_EQ(listener.said, "contoso true 5 requests in a row failed 60s;");
  listener.said.clear();
  clock_.Advance(minutes(1));
  provider_.fate = [](const WriteItem&) { return Fate(); };
  run();
  EXPECT_EQ(listener.said, "contoso false  0s;");
}

TEST_F(CycleFailures, WhoWasDeletedBeforeTheRecheckLosesNothingAndLeavesNoTrace) {
  provider_.before_reread = [this] {
    std::erase_if(provider_.world.users, [](const auto& user) { return user.name == "cleo"; });
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(MessageOf(report, ChangeState::kWithdrawn),
            "The user is gone since the plan was made.");
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed ") << "what was never intended is not there";
}

TEST_F(CycleFailures, WhoIsDeletedBeforeTheRequestArrivesIsRefusedAndOver) {
  provider_.fate = [](const WriteItem& item) {
    const bool gone = NameOf(item.subject) == "cleo" || NameOf(item.subject) == "bob";
    return gone ? Refused("Resource does not exist", 404) : Fate();
  };
  const auto report = Run(Mode::kEnforce);
  EXPECT_EQ(report.CountOutcomes(ChangeState::kRefused), 2) << "one loses, one gains";
  EXPECT_EQ(Journal(), "ada:confirmed bob:refused cleo:refused ");
  std::erase_if(provider_.world.users,
                [](const auto& user) { return user.name == "cleo" || user.name == "bob"; });
  clock_.Advance(minutes(5));
  EXPECT_EQ(ResultOf(Run(Mode::kEnforce)), "ok");
  EXPECT_EQ(Journal(), "ada:confirmed bob:refused cleo:refused ") << "nothing is left open";
}

TEST_F(CycleFailures, WhatSomebodyAssignedByHandMeanwhileIsAcceptedAndConfirmedOnce) {
  provider_.fate = [this](const WriteItem& item) {
    if (NameOf(item.subject) != "bob") return Fate();
    provider_.world.User("bob").licenses = {{"E5"}};  // An administrator was quicker.
    return Fate{.happens = false};
  };
  Run(Mode::kEnforce);
  EXPECT_EQ(Holds("bob"), "E5");
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed cleo:confirmed ");
  clock_.Advance(minutes(5));
  const auto sent = provider_.written.size();
  EXPECT_EQ(ResultOf(Run(Mode::kEnforce)), "ok");
  EXPECT_EQ(provider_.written.size(), sent) << "and nothing is sent again";
}

TEST_F(CycleFailures, WhatSomebodyTookByHandMeanwhileIsRefusedAndOver) {
  provider_.fate = [this](const WriteItem& item) {
    if (NameOf(item.subject) != "cleo") return Fate();
    provider_.world.User("cleo").licenses.clear();
    return Refused("User does not have a corresponding license.");
  };
  Run(Mode::kEnforce);
  EXPECT_EQ(Journal(), "ada:confirmed bob:confirmed cleo:refused ");
  clock_.Advance(minutes(5));
  EXPECT_EQ(ResultOf(Run(Mode::kEnforce)), "ok");
}

}  // namespace
}  // namespace seatkeeper
