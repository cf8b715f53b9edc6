#include "reconciler/http/loop.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/http/signals.h"
#include "tests/reconciler/http/loop_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

using LoopTimers = LoopTest;

TEST_F(LoopTimers, FireInOrderOfTheirTimesAndThenOfTheirMaking) {
  const MonotonicTime now = clock_.Monotonic();
  std::vector<std::string> fired;
  loop_.At(now + milliseconds(20), [&] {
    fired.emplace_back("late");
    loop_.Stop();
  });
  loop_.At(now, [&] { fired.emplace_back("first"); });
  loop_.At(now, [&] { fired.emplace_back("second"); });
  loop_.At(now - milliseconds(5), [&] { fired.emplace_back("past"); });
  EXPECT_TRUE(fired.empty()) << "At must not call back";
  RunWithLimit();
  EXPECT_THAT(fired, ElementsAre("past", "first", "second", "late"));
  EXPECT_GE(clock_.Monotonic(), now + milliseconds(20));
}

TEST_F(LoopTimers, CancelledOnesNeverFire) {
  const MonotonicTime now = clock_.Monotonic();
  bool fired = false;
  TimerId doomed = 0;
  loop_.At(now, [&] { loop_.Cancel(doomed); });
  doomed = loop_.At(now, [&] { fired = true; });
  const TimerId also_doomed = loop_.At(now, [&] { fired = true; });
  loop_.Cancel(also_doomed);
  loop_.Cancel(also_doomed);
  loop_.At(now + milliseconds(1), [&] { loop_.Stop(); });
  RunWithLimit();
  EXPECT_FALSE(fired);
}

TEST_F(LoopTimers, OneThatRearmsItselfForNowStarvesNobody) {
  int rounds = 0;
  std::function<void()> again = [&] {
    ++rounds;
    loop_.At(clock_.Monotonic(), again);
  };
  again();
  loop_.Post([&] { loop_.Post([&] { loop_.Stop(); }); });
  RunWithLimit();
  EXPECT_GE(rounds, 1);
}

using LoopPost = LoopTest;

TEST_F(LoopPost, WakesTheLoopFromAnotherThreadAndKeepsTheOrder) {
  std::vector<int> order;
  std::thread::id ran_on;
  std::thread poster;
  loop_.At(clock_.Monotonic(), [&] {
    poster = std::thread([&] {
      for (int i = 0; i < 100; ++i) loop_.Post([&order, i] { order.push_back(i); });
      loop_.Post([&] {
        ran_on = std::this_thread::get_id();
        loop_.Stop();
      });
    });
  });
  RunWithLimit();
  poster.join();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(LoopPost, StopBeforeRunEndsRunAtOnce) {
  loop_.Stop();
  RunWithLimit();
  bool ran = false;
  loop_.Post([&] {
    ran = true;
    loop_.Stop();
  });
  RunWithLimit();
  EXPECT_TRUE(ran) << "a loop can be run again";
}

using LoopWatch = LoopTest;

TEST_F(LoopWatch, CallsWhenADescriptorIsReadableUntilUnwatched) {
  std::array<int, 2> pair{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
  std::string got;
  WatchId watch = 0;
  watch = loop_.WatchReadable(pair[0], [&] {
    std::array<char, 16> buffer{};
    const auto count = read(pair[0], buffer.data(), buffer.size());
    got.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    loop_.Unwatch(watch);
    ASSERT_EQ(write(pair[1], "more", 4), 4);
    loop_.At(clock_.Monotonic() + milliseconds(5), [&] { loop_.Stop(); });
  });
  ASSERT_EQ(write(pair[1], "hello", 5), 5);
  RunWithLimit();
  EXPECT_EQ(got, "hello");
  close(pair[0]);
  close(pair[1]);
}

using LoopSignals = LoopTest;

TEST_F(LoopSignals, ArriveAsCallbacksOnTheLoop) {
  std::vector<int> got;
  SignalWatcher watcher(loop_, {SIGTERM, SIGHUP}, [&](int signal) {
    got.push_back(signal);
    if (signal == SIGTERM) loop_.Stop();
  });
  ASSERT_TRUE(watcher.ok());
  raise(SIGHUP);
  loop_.At(clock_.Monotonic() + milliseconds(5), [] { raise(SIGTERM); });
  RunWithLimit();
  EXPECT_THAT(got, ElementsAre(SIGHUP, SIGTERM));
}

}  // namespace
}  // namespace seatkeeper::test
