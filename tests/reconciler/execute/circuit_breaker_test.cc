#include "reconciler/execute/circuit_breaker.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using namespace std::chrono_literals;
using Kind = WriteResult::Kind;
using State = CircuitBreaker::State;
using Permit = CircuitBreaker::Permit;

WriteResult Well() { return Says(Kind::kAccepted, 200); }
WriteResult Broken() { return Says(Kind::kAmbiguous, 503, "unavailable"); }
WriteResult NotSignedIn() {
  auto result = Says(Kind::kRefused, 400, "the secret has expired");
  result.service.code = "AADSTS7000222";
  return result;
}

class Breaker : public testing::Test {
 protected:
  /// One request whose changes all came to the same.
  void Take(const WriteResult& result, std::size_t changes = 3) {
    breaker.Take(std::vector<WriteResult>(changes, result), now);
  }
  void TakeTimes(int times, const WriteResult& result) {
    for (int i = 0; i < times; ++i) Take(result);
  }
  bool IsOpen() const { return breaker.state() == State::kOpen; }
  /// Until a plan may send something again; what Ask says then.
  Permit Wait() {
    while (const auto left = breaker.PauseLeft(now)) {
      EXPECT_EQ(breaker.Ask(now), Permit::kNothing);
      now += *left;
    }
    return breaker.Ask(now);
  }
  std::chrono::milliseconds Pause() const { return breaker.PauseLeft(now).value_or(0ms); }

  CircuitBreaker breaker;
  MonotonicTime now{std::chrono::milliseconds(1'000)};
};

TEST_F(Breaker, OpensWhenFiveRequestsInARowFail) {
  TakeTimes(4, Broken());
  EXPECT_EQ(breaker.Ask(now), Permit::kAll);
  Take(Well());
  TakeTimes(4, Broken());
  EXPECT_FALSE(IsOpen()) << "one that worked breaks the row";
  Take(Broken());
  EXPECT_TRUE(IsOpen());
  EXPECT_EQ(breaker.reason(), "5 requests in a row failed");
  EXPECT_EQ(breaker.Ask(now), Permit::kNothing);
}

TEST_F(Breaker, OpensWhenHalfOfTheLatestTwentyFail) {
  for (int i = 0; i < 9; ++i) {
    Take(Broken());
    Take(Well());
  }
  Take(Well());
  EXPECT_FALSE(IsOpen()) << "of nineteen";
  Take(Broken());
  EXPECT_TRUE(IsOpen());
  EXPECT_EQ(breaker.reason(), "10 of the last 20 requests failed");
}

TEST_F(Breaker, ForgetsWhatIsLongerAgoThanTwentyRequests) {
  for (int round = 0; round < 10; ++round) {
    TakeTimes(4, Broken());
    TakeTimes(6, Well());
  }
  EXPECT_FALSE(IsOpen()) << "eight of twenty";
}

TEST_F(Breaker, OpensAtOnceWhenItCannotSignIn) {
  TakeTimes(3, Well());
  Take(NotSignedIn());
  EXPECT_TRUE(IsOpen());
  EXPECT_EQ(breaker.reason(), "the application could not sign in");
}

TEST_F(Breaker, ATokenThatIsNotAcceptedIsASignInThatFails) {
  Take(Says(Kind::kRefused, 401, "token"));
  EXPECT_TRUE(IsOpen());
}

TEST_F(Breaker, WhatFailsAreTimeOutsServerErrorsAndMissingPermission) {
  for (const auto& failure :
       {Ambiguous(), Broken(), Says(Kind::kAmbiguous, 200, "cannot be read"),
        Says(Kind::kRefused, 403, "denied"), Says(Kind::kTryAgain, 0, "connection refused")}) {
    breaker = CircuitBreaker();
    TakeTimes(5, failure);
    EXPECT_TRUE(IsOpen()) << failure.message;
  }
}

TEST_F(Breaker, WhatIsAboutTheUserIsNotTheServicesFailure) {
  for (const auto& refusal :
       {Refused(), Says(Kind::kRefused, 404, "gone"), Says(Kind::kRefused, 400, "no seat")}) {
    TakeTimes(60, refusal);
    EXPECT_FALSE(IsOpen()) << refusal.message;
  }
}

TEST_F(Breaker, ThrottlingSaysNothingEitherWay) {
  TakeTimes(100, TryAgain(1s));
  TakeTimes(100, Says(Kind::kTryAgain, 409, "conflict"));
  EXPECT_FALSE(IsOpen());
  TakeTimes(4, Broken());
  TakeTimes(3, TryAgain(1s));
  Take(Broken());
  EXPECT_TRUE(IsOpen()) << "in between it does not break the row";
}

TEST_F(Breaker, ARequestFailsWithHalfOfItsChanges) {
  const std::vector<WriteResult> some{Broken(), Well(), Well()};
  const std::vector<WriteResult> half{Broken(), TryAgain(), Well()};
  for (int i = 0; i < 50; ++i) breaker.Take(some, now);
  EXPECT_FALSE(IsOpen());
  for (int i = 0; i < 5; ++i) breaker.Take(half, now);
  EXPECT_TRUE(IsOpen());
}

TEST_F(Breaker, WhatWasUnderWayWhenItOpenedChangesNothing) {
  TakeTimes(5, Broken());
  const auto pause = Pause();
  Take(Well());
  TakeTimes(5, Broken());
  EXPECT_TRUE(IsOpen());
  EXPECT_EQ(Pause(), pause);
}

TEST_F(Breaker, OneProbeThatIsAcceptedClosesIt) {
  TakeTimes(5, Broken());
  EXPECT_EQ(Wait(), Permit::kProbe);
  EXPECT_EQ(breaker.state(), State::kProbing);
  Take(Well(), 1);
  EXPECT_EQ(breaker.Ask(now), Permit::kAll);
  EXPECT_EQ(breaker.reason(), "");
  TakeTimes(4, Broken());
  EXPECT_FALSE(IsOpen()) << "it counts anew";
}

TEST_F(Breaker, ARefusedProbeSaysNothingAndTheNextOneDecides) {
  TakeTimes(5, Broken());
  EXPECT_EQ(Wait(), Permit::kProbe);
  Take(Refused(), 1);
  Take(TryAgain(), 1);
  EXPECT_EQ(breaker.state(), State::kProbing);
  EXPECT_EQ(breaker.Ask(now), Permit::kProbe) << "also of another plan";
  Take(Well(), 1);
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST_F(Breaker, PausesGrowUpToABoundAndStartAnewOnceItWasClosed) {
  TakeTimes(5, Broken());
  std::vector<std::chrono::milliseconds> pauses{Pause()};
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(Wait(), Permit::kProbe);
    Take(Broken(), 1);
    EXPECT_TRUE(IsOpen());
    EXPECT_EQ(breaker.reason(), "5 requests in a row failed");
    pauses.push_back(Pause());
  }
  EXPECT_THAT(pauses, testing::ElementsAre(1min, 2min, 4min, 8min, 16min, 30min, 30min, 30min));
  EXPECT_EQ(Wait(), Permit::kProbe);
  Take(Well(), 1);
  TakeTimes(5, Broken());
  EXPECT_EQ(Pause(), 1min);
}

/// Whatever comes: nothing passes before a pause is over, and only an accepted change closes it.
TEST_F(Breaker, HoldsItsPromisesUnderAnything) {
  std::mt19937_64 random(7);
  const std::vector<WriteResult> all{Well(), Broken(), Refused(), TryAgain(), NotSignedIn()};
  bool was_open = false;
  int closings = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::seconds(random() % 40);
    const bool paused = breaker.PauseLeft(now).has_value();
    if (random() % 3 == 0) {
      const auto permit = breaker.Ask(now);
      EXPECT_EQ(permit == Permit::kNothing, paused);
    }
    const auto& result = all[random() % (random() % 4 == 0 ? all.size() : 1)];
    const auto before = breaker.state();
    const bool told = breaker.Take({result}, now);
    EXPECT_EQ(told, breaker.state() != before) << "the state changed, and it said so";
    was_open = before != State::kClosed;
    if (was_open && breaker.state() == State::kClosed) {
      ++closings;
      EXPECT_EQ(before, State::kProbing);
      EXPECT_EQ(result.kind, Kind::kAccepted);
    }
    EXPECT_EQ(breaker.reason().empty(), breaker.state() == State::kClosed);
  }
  EXPECT_GT(closings, 10);
}

}  // namespace
}  // namespace seatkeeper::test
