// Nothing is made ready to be sent before the service has room for it.

#include <gmock/gmock.h>

#include <optional>

#include "reconciler/seams/write_room.h"
#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using std::chrono::seconds;

const SkuId kE3 = Sku(3);

// Room for so many at the beginning, and for some more every second.
class SteadyRoom final : public WriteRoom {
 public:
  SteadyRoom(int at_first, int each_second) : room_(at_first), each_second_(each_second) {}

  MonotonicTime RoomAt(int writes, MonotonicTime now) override {
    if (!next_) next_ = now + seconds(1);
    for (; *next_ <= now; *next_ += seconds(1)) room_ += each_second_;
    return writes <= room_ ? now : *next_;
  }
  void TakeRoom(int writes, MonotonicTime /*now*/) override {
    room_ -= writes;
    taken_ += writes;
  }
  void ReturnRoom(int writes) override {
    room_ += writes;
    taken_ -= writes;
  }

  void Empty() { room_ = 0; }
  int room() const { return room_; }
  int taken() const { return taken_; }  // And not given back.

 private:
  int room_;
  int each_second_;
  int taken_ = 0;
  std::optional<MonotonicTime> next_;
};

std::vector<Change> Assignments(int count, int wave = 1, int first = 1) {
  std::vector<Change> changes;
  for (int i = first; i < first + count; ++i) changes.push_back(Assign(i, kE3, wave));
  return changes;
}

std::vector<std::size_t> Sizes(const Driver& driver) {
  std::vector<std::size_t> sizes;
  for (const auto& batch : driver.sent) sizes.push_back(batch.size());
  return sizes;
}

TEST(ExecutorPacing, BeginsNothingWithoutRoom) {
  SteadyRoom room(0, 3);
  Driver driver(Assignments(3), {{kE3, 3}}, {.room = &room});
  driver.Start();
  EXPECT_THAT(driver.pending, IsEmpty());
  ASSERT_TRUE(driver.wake);
  EXPECT_EQ(*driver.wake - driver.monotonic, seconds(1));
  EXPECT_FALSE(driver.executor().finished());
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(room.taken(), 3);
}

TEST(ExecutorPacing, WaitsUntilAWholeBatchMayGo) {
  SteadyRoom room(20, 7);
  Driver driver(Assignments(45), {{kE3, 45}}, {.room = &room});
  const auto begin = driver.monotonic;
  driver.Start();
  driver.Run();
  EXPECT_EQ(Sizes(driver), (std::vector<std::size_t>{20, 20, 5}));
  EXPECT_EQ(driver.monotonic - begin, seconds(4)) << "3 for 20, of which 1 stays; 1 for 5";
  EXPECT_EQ(room.taken(), 45);
}

TEST(ExecutorPacing, BatchesUnderWayHaveRoomOfTheirOwn) {
  SteadyRoom room(50, 1);
  Driver driver(Assignments(60), {{kE3, 60}}, {.room = &room});
  driver.Start();
  EXPECT_THAT(driver.pending, SizeIs(2)) << "a third batch has to wait";
  EXPECT_EQ(room.room(), 10);
}

TEST(ExecutorPacing, AWaveThatWaitsForRoomIsNotStuck) {
  SteadyRoom room(2, 1);
  auto changes = Assignments(2);
  for (auto& change : Assignments(2, 2, 3)) changes.push_back(change);
  Driver driver(std::move(changes), {{kE3, 4}}, {.room = &room});
  driver.Start();
  driver.Run();
  for (const auto* id : {"c1", "c2", "c3", "c4"}) {
    EXPECT_EQ(driver.StateOf(id), ChangeState::kAccepted) << id;
  }
}

TEST(ExecutorPacing, AUsageLocationIsAWriteOfItsOwn) {
  SteadyRoom room(20, 0);
  auto change = Assign(1, kE3);
  change.usage_location = "FR";
  Driver driver({change}, {{kE3, 1}}, {.room = &room});
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(room.taken(), 2);
}

TEST(ExecutorPacing, NobodyIsReadAgainBeforeThereIsRoom) {
  SteadyRoom room(0, 1);
  Driver driver({Unassign(1, kE3)}, {}, {.room = &room});
  driver.Start();
  EXPECT_THAT(driver.rechecked, IsEmpty());
  EXPECT_THAT(driver.pending, IsEmpty());
  driver.FireTimer();
  EXPECT_NE(driver.Front<executor_effect::Recheck>(), nullptr);
  room.Empty();  // Whatever happens to it: room was taken.
  const auto begin = driver.monotonic;
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.monotonic, begin) << "nothing waits between the recheck and the sending";
}

// As where reads have to wait for the service's limits.
TEST(ExecutorPacing, ARecheckIsAsOldAsItsBeginning) {
  Driver driver({Unassign(1, kE3)});
  driver.Start();
  ASSERT_NE(driver.Front<executor_effect::Recheck>(), nullptr);
  driver.Advance(kRecheckHolds + std::chrono::milliseconds(1));
  driver.AnswerFront();
  EXPECT_NE(driver.Front<executor_effect::Recheck>(), nullptr) << "it is made again";
  driver.Advance(kRecheckHolds);
  driver.AnswerFront();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
}

TEST(ExecutorPacing, RechecksThatAreAlwaysTooSlowEndInNothing) {
  Driver driver({Unassign(1, kE3), Assign(2, kE3)}, {{kE3, 1}});
  driver.Start();
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(driver.Front<executor_effect::Recheck>(), nullptr) << i;
    driver.Advance(std::chrono::minutes(2));
    driver.AnswerFront();
  }
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c1"),
              ::testing::HasSubstr("could not be read again within 60 seconds"));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kAccepted) << "it takes nothing away";
}

TEST(ExecutorPacing, WhatIsNotSentGivesItsRoomBack) {
  SteadyRoom room(20, 0);
  Driver driver({Unassign(1, kE3), Unassign(2, kE3), Unassign(3, kE3)}, {}, {.room = &room});
  driver.fingerprints[User(2)] = 7;
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_EQ(room.taken(), 2);
}

TEST(ExecutorPacing, ABatchThatIsWithdrawnAsAWholeGivesItsRoomBack) {
  SteadyRoom room(20, 0);
  Driver driver({Unassign(1, kE3)}, {}, {.room = &room});
  driver.recheck_error = Failure(ErrorKind::kUnreachable, "no route");
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_EQ(room.taken(), 0);
}

TEST(ExecutorPacing, WhoeverEndsInTheMiddleGivesTheRoomBack) {
  SteadyRoom room(20, 0);
  {
    Driver driver({Unassign(1, kE3), Unassign(2, kE3)}, {}, {.room = &room});
    driver.Start();
    ASSERT_NE(driver.Front<executor_effect::Recheck>(), nullptr);
    EXPECT_EQ(room.taken(), 2);
  }
  EXPECT_EQ(room.taken(), 0);
}

TEST(ExecutorPacing, FurtherAttemptsWaitForRoom) {
  SteadyRoom room(1, 0);
  Driver driver({Assign(1, kE3)}, {{kE3, 1}}, {.room = &room});
  driver.answers["c1"] = {TryAgain(seconds(30))};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.FireTimer();
  EXPECT_THAT(driver.pending, IsEmpty()) << "its time has come, but there is no room";
  ASSERT_TRUE(driver.wake);
  EXPECT_GT(*driver.wake, driver.monotonic);
  room.ReturnRoom(1);
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
}

TEST(ExecutorPacing, StoppingDoesNotWaitForRoom) {
  SteadyRoom room(20, 0);
  Driver driver(Assignments(30), {{kE3, 30}}, {.room = &room});
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.Stop("enough");
  driver.AnswerFront();
  while (!driver.pending.empty()) driver.AnswerFront();
  EXPECT_TRUE(driver.executor().finished());
  EXPECT_EQ(driver.StateOf("c30"), ChangeState::kWithdrawn);
}

TEST(ExecutorPacing, RemovalsThatWaitBeyondTheirWindowAreNotSent) {
  SteadyRoom room(0, 1);
  Driver driver({Unassign(1, kE3)}, {}, {.room = &room},
                WallTime(std::chrono::milliseconds(1'795'000'000'500)));
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_EQ(room.taken(), 0);
}

}  // namespace
}  // namespace seatkeeper::test
