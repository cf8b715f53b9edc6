#include "reconciler/http/thread_workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "reconciler/http/system_random.h"
#include "tests/reconciler/http/loop_fixture.h"

namespace seatkeeper::test {
namespace {

using ThreadWorkersTest = LoopTest;

TEST_F(ThreadWorkersTest, RunElsewhereAndReportOnTheLoop) {
  ThreadWorkers workers(loop_, 2);
  std::atomic<int> worked = 0;
  int reported = 0;
  std::atomic<bool> worked_on_loop = false;
  const auto loop_thread = std::this_thread::get_id();
  for (int i = 0; i < 50; ++i) {
    workers.Run(
        [&] {
          if (std::this_thread::get_id() == loop_thread) worked_on_loop = true;
          ++worked;
        },
        [&] {
          EXPECT_EQ(std::this_thread::get_id(), loop_thread);
          if (++reported == 50) loop_.Stop();
        });
  }
  RunWithLimit();
  EXPECT_EQ(worked, 50);
  EXPECT_FALSE(worked_on_loop);
}

TEST_F(ThreadWorkersTest, DestructorEndsWhatRunsAndDropsWhatWaits) {
  std::atomic<int> worked = 0;
  bool reported = false;
  {
    ThreadWorkers workers(loop_, 1);
    for (int i = 0; i < 1000; ++i) workers.Run([&] { ++worked; }, [&] { reported = true; });
  }
  EXPECT_LE(worked, 1000);
  EXPECT_FALSE(reported) << "done belongs to the loop, which is not running";
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom a;
  SystemRandom b;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(a.Next());
    seen.insert(b.Next());
  }
  EXPECT_EQ(seen.size(), 200U);
}

}  // namespace
}  // namespace seatkeeper::test
