#include "reconciler/plan/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;

// "+A +B -C" for a user: what takes a seat, `=X` a plan that goes off, `-X` frees a seat, `!X` is
// removed and frees none.
Change Wants(const char* user, const std::vector<std::string>& parts, int priority = 0) {
  Change change;
  change.user = IdOf<UserId>(user);
  change.user_principal_name = user;
  change.priority = priority;
  for (const auto& part : parts) {
    const auto product = IdOf<SkuId>(part.substr(1));
    if (part[0] == '+' || part[0] == '=') change.add.push_back({.product = product});
    if (part[0] == '+') change.takes_seats.push_back(product);
    if (part[0] == '=') change.plans_off.push_back(product);
    if (part[0] == '-' || part[0] == '!') change.remove.push_back(product);
    if (part[0] == '-') change.frees_seats.push_back(product);
  }
  return change;
}

struct Outcome {
  std::string plan;
  std::string shortages;
};

Outcome Scheduled(std::vector<Change> changes, const std::map<std::string, int>& free) {
  std::map<SkuId, int> seats;
  for (const auto& [name, count] : free) seats[IdOf<SkuId>(name)] = count;
  auto scheduled = Schedule(std::move(changes), seats);
  Plan plan;
  plan.changes = std::move(scheduled.changes);
  std::sort(plan.changes.begin(), plan.changes.end(), [](const Change& a, const Change& b) {
    return std::tuple(a.verdict, a.wave, a.user) < std::tuple(b.verdict, b.wave, b.user);
  });
  Outcome outcome{.plan = test::Brief(plan)};
  for (const auto& [product, shortage] : scheduled.shortages) {
    outcome.shortages += test::NameOf(product.guid) + ":" + std::to_string(shortage.short_by) +
                         "/" + std::to_string(shortage.swaps) + " ";
  }
  return outcome;
}

TEST(Schedule, UsesFreeSeatsInTheFirstWave) {
  EXPECT_EQ(Scheduled({Wants("a", {"+A"}), Wants("b", {"-A"})}, {{"A", 1}}).plan,
            "go 1 a +A\ngo 1 b -A");
}

TEST(Schedule, FillsOnlyAfterFreeing) {
  EXPECT_EQ(Scheduled({Wants("a", {"+A"}), Wants("b", {"-A"})}, {}).plan, "go 1 b -A\ngo 2 a +A");
  EXPECT_EQ(Scheduled({Wants("a", {"+A"}), Wants("b", {"+B", "-A"}), Wants("c", {"-B"})}, {}).plan,
            "go 1 c -B\ngo 2 b +B -A\ngo 3 a +A");
}

TEST(Schedule, RemovalThatFreesNoSeatHelpsNobody) {
  const auto outcome = Scheduled({Wants("a", {"+A"}), Wants("b", {"!A"})}, {});
  EXPECT_EQ(outcome.plan, "go 1 b -A");
  EXPECT_EQ(outcome.shortages, "A:1/0 ");
}

TEST(Schedule, GoesByPriorityThenId) {
  EXPECT_EQ(
      Scheduled({Wants("a", {"+A"}), Wants("b", {"+A"}, 5), Wants("c", {"+A"}, 9)}, {{"A", 2}})
          .plan,
      "go 1 b +A\ngo 1 c +A");
  EXPECT_EQ(
      Scheduled({Wants("c", {"+A"}), Wants("b", {"+A"}), Wants("a", {"+A"})}, {{"A", 2}}).plan,
      "go 1 a +A\ngo 1 b +A");
}

TEST(Schedule, WhoWaitsForAnotherSeatKeepsTheirPlaceInLine) {
  // z comes first and waits a wave for B; a must not have taken the only seat of A by then.
  const auto outcome =
      Scheduled({Wants("a", {"+A"}), Wants("m", {"-B"}), Wants("z", {"+A", "+B"}, 9)}, {{"A", 1}});
  EXPECT_EQ(outcome.plan, "go 1 m -B\ngo 2 z +A +B");
  EXPECT_EQ(outcome.shortages, "A:1/0 ");
}

TEST(Schedule, WhoGivesUpOneSeatKeepsTheirPlaceForTheOther) {
  const auto outcome =
      Scheduled({Wants("a", {"+X", "+Y"}), Wants("z", {"+X", "+Y"}, 9)}, {{"Y", 1}});
  EXPECT_EQ(outcome.plan, "go 1 z +Y");
  EXPECT_EQ(outcome.shortages, "X:2/0 Y:1/0 ");
}

TEST(Schedule, NobodyLosesSomethingToAShortage) {
  const auto outcome = Scheduled({Wants("a", {"+A", "+B", "-C"})}, {{"B", 1}});
  EXPECT_EQ(outcome.plan, "go 1 a +B\ndeferred a -C [A]");
  EXPECT_EQ(outcome.shortages, "A:1/1 ");
}

TEST(Schedule, ServicePlansStayOnWhileTheReplacementIsShort) {
  const auto outcome = Scheduled({Wants("a", {"+A", "=B", "+D"})}, {{"D", 1}});
  EXPECT_EQ(outcome.plan, "go 1 a +D\ndeferred a ~B [A]");
  EXPECT_EQ(outcome.shortages, "A:1/1 ");
}

TEST(Schedule, WhatAWaitingSwapWouldFreeIsNotPromised) {
  const auto outcome = Scheduled({Wants("a", {"+A", "-B"}), Wants("b", {"+B"})}, {});
  EXPECT_EQ(outcome.plan, "deferred a -B [A]");
  EXPECT_EQ(outcome.shortages, "A:1/1 B:1/0 ");
}

TEST(Schedule, SwapCircleIsDeferredAndSaysWhatIsShort) {
  const auto outcome = Scheduled({Wants("a", {"+A", "-B"}), Wants("b", {"+B", "-A"})}, {});
  EXPECT_EQ(outcome.plan, "deferred a -B [A]\ndeferred b -A [B]");
  EXPECT_EQ(outcome.shortages, "A:1/1 B:1/1 ");
  EXPECT_EQ(Scheduled({Wants("a", {"+A", "-B"}), Wants("b", {"+B", "-A"})}, {{"A", 1}}).plan,
            "go 1 a +A -B\ngo 2 b +B -A");
}

TEST(Schedule, LeavesHeldAndDeferredChangesAsTheyAre) {
  auto held = Wants("a", {"-A"});
  held.verdict = Verdict::kHeld;
  auto deferred = Wants("b", {"-A"});
  deferred.verdict = Verdict::kDeferred;
  const auto outcome = Scheduled({held, deferred, Wants("c", {"+A"})}, {});
  EXPECT_EQ(outcome.plan, "deferred b -A\nheld a -A");
  EXPECT_EQ(outcome.shortages, "A:1/0 ");
}

TEST(Schedule, ManyWhoAreShortTakeNoLongTime) {
  std::vector<Change> changes;
  for (int i = 0; i < 20'000; ++i) {
    changes.push_back(Wants(("u" + std::to_string(100'000 + i)).c_str(), {"+A", "-B"}));
  }
  EXPECT_EQ(Scheduled(std::move(changes), {{"A", 10}}).shortages, "A:19990/19990 ");
}

}  // namespace
}  // namespace seatkeeper
