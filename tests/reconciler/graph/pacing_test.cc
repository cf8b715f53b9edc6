// Requests and the service's limits: what waits, what is said, and what is learned from answers.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/reconciler/graph/provider_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Eq;
using ::testing::Pointee;

class PacingTest : public ProviderTest {
 protected:
  PacingTest() { SignInWorks(); }

  void Start(const QuotaLimits& limits, const std::string& priority = "low") {
    auto settings = Config();
    settings.limits = limits;
    settings.throttle_priority = priority;
    provider_ = std::make_unique<GraphProvider>(
        GraphProvider::Dependencies{transport_, clock_, timers_, workers_, random_, observer_,
                                    &book_},
        settings);
  }
  // All of these users one by one; how long that took.
  milliseconds Reread(int users) {
    std::vector<Subject> subjects;
    for (int i = 1; i <= users; ++i) subjects.emplace_back(*UserId::Parse(Guid(i)));
    std::optional<Result<void>> got;
    const auto begin = clock_.Monotonic();
    provider_->Reread(subjects, sink_, [&](Result<void> result) { got = std::move(result); });
    while (!got && timers_.RunNext()) continue;
    EXPECT_TRUE(got && got->ok());
    return clock_.Monotonic() - begin;
  }
  void Write(std::size_t items) {
    std::vector<WriteItem> writes;
    for (std::size_t i = 0; i < items; ++i) {
      writes.push_back({.change_id = std::to_string(i),
                        .subject = Subject(*UserId::Parse(Guid(static_cast<int>(i + 1)))),
                        .add = {},
                        .remove = {}});
    }
    provider_->TakeRoom(static_cast<int>(items), clock_.Monotonic());
    provider_->Write(writes, [](const std::vector<WriteResult>&) {});
    timers_.RunAll();
  }
  // An answer of a batch, each item with this status and these headers.
  static HttpOutcome BatchAnswerOf(int items, int status, const std::string& headers,
                                   const std::string& body = "{}") {
    std::string text;
    for (int i = 1; i <= items; ++i) {
      text += (i == 1 ? "" : ",") + std::string(R"({"id":")") + std::to_string(i) +
              R"(","status":)" + std::to_string(status) + R"(,"headers":{)" + headers +
              R"(},"body":)" + body + "}";
    }
    return Answer(200, R"({"responses":[)" + text + "]}");
  }
  milliseconds WaitFor(int writes) {
    return provider_->RoomAt(writes, clock_.Monotonic()) - clock_.Monotonic();
  }

  QuotaBook book_;
};

TEST_F(PacingTest, EveryRequestSaysThatOthersComeFirst) {
  Start({});
  transport_.SetHandler([](const HttpRequest&) { return BatchAnswerOf(1, 404, ""); });
  Reread(1);
  Write(1);
  int graph_requests = 0;
  for (const auto& request : transport_.requests) {
    if (FindHeader(request.headers, "Authorization") == nullptr) continue;
    ++graph_requests;
    EXPECT_THAT(FindHeader(request.headers, "x-ms-throttle-priority"), Pointee(Eq("low")));
  }
  EXPECT_EQ(graph_requests, 2);
}

TEST_F(PacingTest, UnlessTheConfigSaysOtherwise) {
  Start({}, "high");
  transport_.SetHandler([](const HttpRequest&) { return BatchAnswerOf(1, 404, ""); });
  Reread(1);
  EXPECT_THAT(FindHeader(transport_.requests.back().headers, "x-ms-throttle-priority"),
              Pointee(Eq("high")));
}

TEST_F(PacingTest, ReadsWaitForResourceUnits) {
  Start({.units = RateLimit{100, seconds(10)}});
  transport_.SetHandler([](const HttpRequest& request) {
    const auto items = std::count(request.body.begin(), request.body.end(), '{') - 1;
    return BatchAnswerOf(static_cast<int>(items), 404, R"("x-ms-resource-unit":"1")");
  });
  EXPECT_LT(Reread(80), seconds(1)) << "within what is there";
  const auto wait = Reread(100);
  EXPECT_GT(wait, seconds(7)) << "19 of 100 are left, and 10 come back each second";
  EXPECT_LT(wait, seconds(10));
  EXPECT_GT(book_.UseOf("contoso", clock_.Monotonic()).reads_waited, seconds(7));
  EXPECT_EQ(transport_.CountTo("$batch"), 9U) << "and nothing is sent twice";
}

TEST_F(PacingTest, WhatReadsReallyCostIsLearned) {
  Start({.units = RateLimit{100, seconds(10)}});
  transport_.SetHandler(
      [](const HttpRequest&) { return BatchAnswerOf(1, 404, R"("x-ms-resource-unit":"40")"); });
  EXPECT_LT(Reread(1), seconds(1));
  EXPECT_LT(Reread(1), seconds(1));
  EXPECT_LT(Reread(1), seconds(1)) << "one more than there is, which is known only now";
  EXPECT_GT(Reread(1), seconds(1));
}

TEST_F(PacingTest, AThrottledReadHoldsAllReadsBack) {
  Start({});
  bool first = true;
  transport_.SetHandler([&](const HttpRequest&) {
    if (std::exchange(first, false)) {
      return Answer(429, "{}", {{"Retry-After", "20"}});
    }
    return BatchAnswerOf(1, 404, "");
  });
  EXPECT_GE(Reread(1), seconds(20));
  EXPECT_EQ(transport_.CountTo("$batch"), 2U);
}

TEST_F(PacingTest, ThrottledItemsOfAReadHoldAllReadsBack) {
  Start({});
  bool first = true;
  transport_.SetHandler([&](const HttpRequest&) {
    const bool throttles = std::exchange(first, false);
    return throttles ? BatchAnswerOf(1, 429, R"("Retry-After":"20.5")") : BatchAnswerOf(1, 404, "");
  });
  EXPECT_GE(Reread(1), milliseconds(20'500));
  EXPECT_EQ(book_.UseOf("contoso", clock_.Monotonic()).throttled, 1U);
}

TEST_F(PacingTest, ThrottledWritesHoldWritesBackAndNoReads) {
  Start({});
  transport_.SetHandler([](const HttpRequest& request) {
    if (request.body.find("assignLicense") == std::string::npos) return BatchAnswerOf(1, 404, "");
    return BatchAnswerOf(3, 429, R"("Retry-After":"41.5")");
  });
  Write(3);
  EXPECT_EQ(WaitFor(1), milliseconds(41'500));
  EXPECT_EQ(book_.UseOf("contoso", clock_.Monotonic()).throttled, 3U);
  EXPECT_LT(Reread(1), seconds(1));
}

TEST_F(PacingTest, ABatchThatIsThrottledAsAWholeHoldsWritesBack) {
  Start({});
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(429, "{}", {{"Retry-After", "33"}});
  });
  Write(3);
  EXPECT_EQ(WaitFor(1), seconds(33));
}

TEST_F(PacingTest, TheServiceSaysHowFullItsLimitIs) {
  Start({});
  transport_.SetHandler([](const HttpRequest&) {
    return BatchAnswerOf(1, 200, R"("x-ms-throttle-limit-percentage":"0.99")");
  });
  Write(1);
  EXPECT_EQ(WaitFor(20), seconds(1)) << "30 are left, which are kept back";
}

TEST_F(PacingTest, ATenantsSizeIsLearnedFromItsCount) {
  Start({});
  transport_.On("/users/$count", [](const HttpRequest&) { return Answer(200, "501"); });
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, R"({"value":[]})"); });
  const auto quota = book_.Get(
      "contoso",
      {.tenant_id = kTenant, .cloud = "https://graph.microsoft.com/.default", .client_id = "app"},
      {});
  const auto wait = [&] {
    const auto now = clock_.Monotonic();
    return quota->UnitsAt(3'400, Quota::Urgency::kUrgent, now) - now;
  };
  quota->TakeUnits(200, clock_.Monotonic());
  EXPECT_GT(wait(), milliseconds(0));
  provider_->Read({.properties = PlanningProperties()}, sink_, [](const Result<void>&) {});
  timers_.RunAll();
  quota->TakeUnits(1'000, clock_.Monotonic());
  EXPECT_EQ(wait(), milliseconds(0)) << "of 8,000";
}

}  // namespace
}  // namespace seatkeeper::test
