#include "reconciler/graph/decode_queue.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "reconciler/http/inline_workers.h"
#include "reconciler/http/thread_workers.h"
#include "tests/support/fake_clock.h"

namespace seatkeeper::test {
namespace {

/// Takes posts from any thread and never runs them: a loop that stands still.
class IdleDispatcher final : public Dispatcher {
 public:
  void Post(std::function<void()>) override {}
};

TEST(DecodeQueue, RunsJobsOneAtATimeInOrder) {
  FakeClock clock;
  FakeTimers timers(clock);
  InlineWorkers workers(timers);
  DecodeQueue queue(workers);
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    queue.Push([&order, i] { order.push_back(i); }, [&order, i] { order.push_back(10 + i); });
  }
  EXPECT_THAT(order, ::testing::ElementsAre(0)) << "the next one waits for the loop";
  timers.RunAll();
  EXPECT_THAT(order, ::testing::UnorderedElementsAre(0, 10, 1, 11, 2, 12));
  EXPECT_LT(std::find(order.begin(), order.end(), 1), std::find(order.begin(), order.end(), 2));
}

TEST(DecodeQueue, DestroyingItWaitsForTheJobThatRuns) {
  IdleDispatcher dispatcher;
  ThreadWorkers workers(dispatcher, 1);
  std::promise<void> started;
  std::atomic<bool> ended = false;
  std::atomic<bool> second_ran = false;
  {
    DecodeQueue queue(workers);
    queue.Push(
        [&] {
          started.set_value();
          for (int i = 0; i < 10'000; ++i) std::this_thread::yield();
          ended = true;
        },
        [] {});
    queue.Push([&] { second_ran = true; }, [] {});
    started.get_future().wait();
  }
  EXPECT_TRUE(ended) << "its builder may be gone after this";
  EXPECT_FALSE(second_ran);
}

TEST(DecodeQueue, ACallbackMayDestroyIt) {
  FakeClock clock;
  FakeTimers timers(clock);
  InlineWorkers workers(timers);
  auto queue = std::make_unique<DecodeQueue>(workers);
  bool second_done = false;
  queue->Push([] {}, [&] { queue.reset(); });
  queue->Push([] {}, [&] { second_done = true; });
  timers.RunAll();
  EXPECT_FALSE(second_done);
}

}  // namespace
}  // namespace seatkeeper::test
