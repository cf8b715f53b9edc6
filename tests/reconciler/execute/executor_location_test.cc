// Changes that set a usage location first: two requests, of which the second needs the first.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SkuId kE3 = Sku(3);
const SkuId kE5 = Sku(5);

Change Locate(int number) {
  Change change = Assign(number, kE3);
  change.usage_location = "FR";
  return change;
}

WriteResult LocatedBut(WriteResult result) {
  result.located = true;
  return result;
}

TEST(ExecutorLocation, IsWrittenDownSentAndNeverOverwritesAnother) {
  Driver driver({Locate(1), Locate(2), Assign(3, kE3)}, {{kE3, 3}});
  driver.fingerprints[User(2)] += 1;  // Somebody has set one in the meantime.
  driver.Start();
  const auto& first = driver.RunUntil<executor_effect::Send>();
  ASSERT_THAT(IdsOf(first), ElementsAre("c3")) << "waits for no recheck";
  EXPECT_EQ(first.items[0].usage_location, "");
  driver.AnswerFront();
  const auto& second = driver.RunUntil<executor_effect::Send>();
  ASSERT_THAT(IdsOf(second), ElementsAre("c1"));
  EXPECT_EQ(second.items[0].usage_location, "FR");
  EXPECT_THAT(driver.rechecked, ElementsAre(ElementsAre(User(1)), ElementsAre(User(2))));
  EXPECT_EQ(driver.intents.at("p1/c1").usage_location, "FR");
  EXPECT_EQ(driver.intents.at("p1/c3").usage_location, "");
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_EQ(driver.MessageOf("c1"), "");
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("changed since the plan was made"));
}

TEST(ExecutorLocation, WithoutARecheckNothingIsSet) {
  Driver driver({Locate(1)}, {{kE3, 1}});
  driver.recheck_error = Failure(ErrorKind::kUnreachable, "no route");
  driver.Start();
  driver.Run();
  EXPECT_THAT(driver.sent, IsEmpty());
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("before the usage location is set: no route"));
}

TEST(ExecutorLocation, ThatIsSetIsNotSetAgain) {
  Driver driver({Locate(1)}, {{kE3, 1}});
  driver.answers["c1"] = {LocatedBut(TryAgain())};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.fingerprints[User(1)] += 1;  // The reading shows what was set.
  driver.FireTimer();
  const auto& again = driver.RunUntil<executor_effect::Send>();
  EXPECT_EQ(again.items.at(0).usage_location, "");
  EXPECT_EQ(again.items.at(0).add, Locate(1).add);
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kAccepted);
  EXPECT_THAT(driver.rechecked, SizeIs(1));
}

TEST(ExecutorLocation, ThatWasNotSetIsSetAgain) {
  Driver driver({Locate(1)}, {{kE3, 1}});
  driver.answers["c1"] = {TryAgain()};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.FireTimer();
  EXPECT_EQ(driver.RunUntil<executor_effect::Send>().items.at(0).usage_location, "FR");
  driver.Run();
  EXPECT_THAT(driver.rechecked, SizeIs(2)) << "read again before it is set";
}

TEST(ExecutorLocation, ThatWasSetInVainIsTold) {
  Driver driver({Locate(1), Locate(2)}, {{kE3, 2}}, {.max_attempts = 1});
  driver.answers["c1"] = {LocatedBut(Refused())};
  driver.answers["c2"] = {LocatedBut(TryAgain())};
  driver.Start();
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kRefused);
  EXPECT_EQ(driver.MessageOf("c1"), "The usage location FR was set; then: no such thing");
  EXPECT_EQ(driver.recorded["p1/c1"].back().message, driver.MessageOf("c1"));
  EXPECT_EQ(driver.StateOf("c2"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c2"), HasSubstr("The usage location FR was set; then: Given up"));
}

TEST(ExecutorLocation, ASwapWhoseUserWasLocatedIsReadAgainAndNotForced) {
  Change swap = Swap(1, kE3, kE5);
  swap.usage_location = "FR";
  Driver driver({swap}, {{kE5, 1}});
  driver.answers["c1"] = {LocatedBut(TryAgain())};
  driver.Start();
  driver.RunUntil<executor_effect::Send>();
  driver.AnswerFront();
  driver.fingerprints[User(1)] += 1;
  driver.Run();
  EXPECT_EQ(driver.StateOf("c1"), ChangeState::kWithdrawn);
  EXPECT_THAT(driver.MessageOf("c1"), HasSubstr("The usage location FR was set; then: The user"));
}

TEST(ExecutorLocation, StandsAloneInItsBatch) {
  std::vector<Change> changes;
  for (int i = 1; i <= 6; ++i) changes.push_back(i % 2 == 0 ? Locate(i) : Assign(i, kE3));
  Driver driver(changes, {{kE3, 6}}, {.max_batch = 4, .max_batches_under_way = 1});
  driver.answers["c2"] = {TryAgain()};
  driver.answers["c4"] = {LocatedBut(TryAgain())};
  driver.answers["c5"] = {TryAgain()};
  driver.Start();
  driver.Run();
  for (const auto& batch : driver.sent) {
    EXPECT_TRUE(batch.size() == 1 || batch == (std::vector<std::string>{"c1", "c3", "c5"}) ||
                batch == (std::vector<std::string>{"c4", "c5"}) ||
                batch == (std::vector<std::string>{"c5", "c4"}))
        << ::testing::PrintToString(batch);
  }
  EXPECT_THAT(driver.sent[0], ElementsAre("c1", "c3", "c5")) << "the others wait for nobody";
  for (int i = 1; i <= 6; ++i) {
    EXPECT_EQ(driver.StateOf(fmt::format("c{}", i)), ChangeState::kAccepted);
  }
}

}  // namespace
}  // namespace seatkeeper::test
