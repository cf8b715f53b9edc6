#include "daemon/notify/sender.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/notify/notifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using std::chrono::seconds;
using test::Answer;
using test::Failure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Targets on a loop in virtual time.
class NotifyTest : public testing::Test {
 protected:
  static NotifyTarget Target(const std::string& name) {
    return {.name = name,
            .type = NotifyType::kWebhook,
            .url = Secret("https://hooks.example/" + name),
            .secret = Secret("key"),
            .kinds = {NewsKind::kHeld, NewsKind::kApplied},
            .tenants = {}};
  }
  static News Held(const std::string& digest) {
    return {.tenant = "contoso",
            .cycle = "1",
            .policy_revision = {},
            .at = {},
            .planned = true,
            .held = HeldNews{.digest = digest, .changes = 1, .sets = {}}};
  }
  static News Applied() {
    return {.tenant = "contoso",
            .cycle = "1",
            .policy_revision = {},
            .at = {},
            .planned = true,
            .applied = AppliedNews{.changes = 1, .products = {}}};
  }

  Notifier Make() {
    return Notifier(
        {.transport = transport_, .clock = clock_, .timers = timers_, .random = random_},
        [this](const NotifyTarget& target, const News&, NewsDelivery delivery,
               const std::string& why) {
          ended_.push_back(target.name + " " + std::string(ToString(delivery)) +
                           (why.empty() ? "" : ": " + why));
        });
  }
  static std::string IdOf(const HttpRequest& request) {
    return nlohmann::json::parse(request.body)["id"];
  }

  test::FakeClock clock_;
  test::FakeTimers timers_{clock_};
  test::FakeTransport transport_{clock_, timers_};
  test::FixedRandom random_;
  std::vector<std::string> ended_;
  Notifier notifier_ = Make();
};

TEST_F(NotifyTest, IsSentOnceAndNotAgainWhileItStands) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, "ok"); });
  notifier_.SetTargets({Target("a"), Target("b")});
  for (int cycle = 0; cycle < 5; ++cycle) {
    notifier_.Tell(Held("x"));
    timers_.RunAll();
  }
  EXPECT_THAT(ended_, ElementsAre("a sent", "b sent"));
  notifier_.Tell(Held("y"));
  timers_.RunAll();
  EXPECT_THAT(ended_, SizeIs(4));
}

TEST_F(NotifyTest, IsTriedAgainLaterAndLaterWithOneId) {
  int attempts = 0;
  transport_.SetHandler([&](const HttpRequest&) {
    ++attempts;
    if (attempts == 1) return Failure(HttpOutcome::Kind::kBroken);
    return attempts == 2 ? Answer(503, "") : Answer(204, "");
  });
  notifier_.SetTargets({Target("a")});
  const auto began = clock_.Monotonic();
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(ended_, ElementsAre("a sent"));
  ASSERT_THAT(transport_.requests, SizeIs(3));
  EXPECT_EQ(IdOf(transport_.requests[0]), IdOf(transport_.requests[2]));
  EXPECT_LE(clock_.Monotonic() - began, seconds(7)) << "2 s and 4 s at most";
}

TEST_F(NotifyTest, WaitsAsLongAsItIsAskedTo) {
  int attempts = 0;
  transport_.SetHandler([&](const HttpRequest&) {
    return ++attempts == 1 ? Answer(429, "", {{"Retry-After", "120"}}) : Answer(200, "");
  });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Held("x"));
  timers_.RunFor(seconds(119));
  EXPECT_EQ(attempts, 1);
  timers_.RunFor(seconds(30));
  EXPECT_THAT(ended_, ElementsAre("a sent"));
}

TEST_F(NotifyTest, FewAttemptsAreMadeAndTheNextNewsSaysItAgain) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(500, ""); });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(transport_.requests, SizeIs(NotifySender::kAttempts));
  EXPECT_THAT(ended_, ElementsAre("a failed: the answer was 500 (4 attempts)"));
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, ""); });
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_EQ(ended_.back(), "a sent");
}

TEST_F(NotifyTest, WhatIsRefusedIsNotTriedAgainAndTheAddressIsNeverSaid) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(404, "https://hooks.example/a"); });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(transport_.requests, SizeIs(1));
  EXPECT_THAT(ended_, ElementsAre("a failed: the answer was 404"));
  transport_.SetHandler([](const HttpRequest&) {
    return Failure(HttpOutcome::Kind::kNeverSent, "could not resolve https://hooks.example");
  });
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(ended_.back(), Not(HasSubstr("hooks.example")));
}

TEST_F(NotifyTest, ATargetThatIsSlowHoldsUpNobodyAndItsQueueIsBounded) {
  transport_.SetHandler([](const HttpRequest& request) {
    return Answer(request.url.ends_with("/slow") ? 503 : 200, "");
  });
  notifier_.SetTargets({Target("slow"), Target("b")});
  constexpr auto kMost = NotifySender::kMostWaiting;
  for (std::size_t i = 0; i < kMost + 2; ++i) notifier_.Tell(Applied());
  EXPECT_EQ(std::ranges::count(ended_, "slow dropped: 32 wait already"), 2);
  EXPECT_EQ(std::ranges::count(ended_, "b dropped: 32 wait already"), 2) << "all at one moment";
  timers_.RunFor(seconds(5));
  EXPECT_EQ(std::ranges::count(ended_, "b sent"), static_cast<std::ptrdiff_t>(kMost));
  EXPECT_EQ(transport_.most_under_way, 2U) << "one to each";
}

TEST_F(NotifyTest, SecretsAreReadAnewFromTheirFiles) {
  const test::TempFolder folder;
  auto target = Target("a");
  target.url = {};
  target.url_file = folder.File("url");
  target.secret = {};
  target.secret_file = folder.File("key");
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, ""); });
  notifier_.SetTargets({target});
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(transport_.requests, IsEmpty());
  ASSERT_THAT(ended_, SizeIs(1));
  EXPECT_THAT(ended_[0], HasSubstr("url"));
  const auto write = [](const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  };
  write(target.url_file, "https://hooks.example/one\n");
  write(target.secret_file, "first\n");
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  write(target.url_file, "https://hooks.example/two\n");
  notifier_.Tell(Held("y"));
  timers_.RunAll();
  ASSERT_THAT(transport_.requests, SizeIs(2));
  EXPECT_EQ(transport_.requests[0].url, "https://hooks.example/one");
  EXPECT_EQ(transport_.requests[1].url, "https://hooks.example/two");
  write(target.url_file, "http://hooks.example/three\n");
  notifier_.Tell(Held("z"));
  timers_.RunAll();
  EXPECT_THAT(transport_.requests, SizeIs(2)) << "not without TLS";
  EXPECT_THAT(ended_.back(), HasSubstr("not one of https"));
}

TEST_F(NotifyTest, AReloadLeavesWhoStaysAsTheyAre) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, ""); });
  notifier_.SetTargets({Target("a"), Target("b")});
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  auto changed = Target("b");
  changed.kinds = {NewsKind::kHeld};
  notifier_.SetTargets({Target("a"), changed});
  notifier_.Tell(Held("x"));
  timers_.RunAll();
  EXPECT_THAT(ended_, ElementsAre("a sent", "b sent", "b sent"));
  notifier_.SetTargets({});
  EXPECT_TRUE(notifier_.empty());
  notifier_.Tell(Held("z"));
  EXPECT_FALSE(timers_.RunNext());
}

TEST_F(NotifyTest, AtTheEndWhatWaitsGetsOneAttemptAndNobodyWaitsLong) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, ""); });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Applied());
  notifier_.Tell(Applied());
  int done = 0;
  notifier_.Finish([&] { ++done; });
  EXPECT_EQ(done, 0);
  timers_.RunAll();
  EXPECT_EQ(done, 1);
  EXPECT_THAT(ended_, ElementsAre("a sent", "a sent"));
}

TEST_F(NotifyTest, AtTheEndNothingIsTriedAgain) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(500, ""); });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Applied());
  timers_.RunNext();  // Answered, and it waits for another attempt.
  notifier_.Tell(Applied());
  int done = 0;
  notifier_.Finish([&] { ++done; });
  timers_.RunAll();
  EXPECT_EQ(done, 1);
  EXPECT_THAT(transport_.requests, SizeIs(2));
  EXPECT_THAT(ended_, ElementsAre("a failed: seatkeeper is stopping",
                                  "a failed: the answer was 500 (1 attempt)"));
}

TEST_F(NotifyTest, AtTheEndWhoNeverAnswersIsLeftAlone) {
  transport_.SetLatency(seconds(60));
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, ""); });
  notifier_.SetTargets({Target("a")});
  notifier_.Tell(Applied());
  const auto began = clock_.Monotonic();
  std::optional<MonotonicTime> done;
  notifier_.Finish([&] { done = clock_.Monotonic(); });
  timers_.RunFor(seconds(10));
  ASSERT_TRUE(done);
  EXPECT_EQ(*done - began, Notifier::kPatience);
  Notifier none = Make();
  bool at_once = false;
  none.Finish([&] { at_once = true; });
  EXPECT_TRUE(at_once);
}

}  // namespace
}  // namespace seatkeeper
