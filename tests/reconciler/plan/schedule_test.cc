#include "reconciler/plan/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "reconciler/plan/assemble.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::TestTenant;

// "+A +B -C" for a user: what takes a seat, `=X` a plan that goes off, `-X` frees a seat, `!X` is
// removed and frees none.
struct Wants {
  std::string user;
  std::vector<std::string> parts;
  int priority = 0;
  Verdict verdict = Verdict::kGo;
};

struct Outcome {
  std::string plan;
  std::string shortages;
  std::vector<SeatCircle> circles;
};

DesiredState ProductsOf(const std::vector<Wants>& all) {
  std::set<SkuId> ids;
  for (const auto& wants : all) {
    for (const auto& part : wants.parts) ids.insert(IdOf<SkuId>(part.substr(1)));
  }
  DesiredState desired;
  desired.origins.emplace_back();
  for (const auto& id : ids) desired.products.push_back({.id = id});
  return desired;
}

DesiredIndex IndexOf(const DesiredState& desired, const std::string& product) {
  DesiredIndex index = 0;
  while (desired.products[index].id != IdOf<SkuId>(product)) ++index;
  return index;
}

Part PartOf(const Wants& wants, const std::string& text, Row row, const DesiredState& desired) {
  Part part{.row = row, .product = IndexOf(desired, text.substr(1)), .verdict = wants.verdict};
  if (text[0] == '+') part.kind = Part::Kind::kAdd;
  if (text[0] == '=') part.kind = Part::Kind::kPlans;
  if (text[0] == '-' || text[0] == '!') part.kind = Part::Kind::kRemove;
  part.plans_off = text[0] == '=';
  part.frees_seat = text[0] == '-';
  part.takes_away = text[0] != '+';
  part.priority = wants.priority;
  return part;
}

Outcome Scheduled(std::vector<Wants> all, const std::map<std::string, int>& free) {
  std::sort(all.begin(), all.end(), [](const Wants& a, const Wants& b) { return a.user < b.user; });
  TestTenant tenant;
  for (const auto& wants : all) tenant.users.push_back({.name = wants.user});
  const auto observed = tenant.Read();
  const auto desired = ProductsOf(all);
  Draft draft;
  for (std::size_t row = 0; row < all.size(); ++row) {
    for (const auto& part : all[row].parts) {
      draft.parts.push_back(PartOf(all[row], part, static_cast<Row>(row), desired));
    }
  }
  std::vector<int> seats(desired.products.size());
  for (const auto& [name, count] : free) seats[IndexOf(desired, name)] = count;
  const PlanConflicts conflicts({}, desired, observed);
  const std::map<UserProduct, WallTime> nobody_waited;
  SeatAllocator allocator(desired, observed, seats, nobody_waited, WallTime{}, conflicts, draft);
  allocator.Run();
  const SeatPrices prices(seats.size());
  const auto schedule = LayWaves(draft, allocator, prices);
  Plan plan;
  plan.changes = AssembleChanges(draft, schedule, desired, observed);
  std::sort(plan.changes.begin(), plan.changes.end(), [](const Change& a, const Change& b) {
    return std::tuple(a.verdict, a.wave, a.user) < std::tuple(b.verdict, b.wave, b.user);
  });
  Outcome outcome{.plan = test::Brief(plan), .shortages = "", .circles = schedule.circles};
  std::map<std::string, int> shortages;
  for (const auto& waiting : AssembleWaiting(draft, allocator, desired, observed)) {
    ++shortages[test::NameOf(waiting.product.guid)];
  }
  for (const auto& [product, count] : shortages) {
    outcome.shortages += product + ":" + std::to_string(count) + " ";
  }
  return outcome;
}

TEST(Schedule, UsesFreeSeatsInTheFirstWave) {
  EXPECT_EQ(Scheduled({Wants{"a", {"+A"}}, Wants{"b", {"-A"}}}, {{"A", 1}}).plan,
            "go 1 a +A\ngo 1 b -A");
}

TEST(Schedule, FillsOnlyAfterFreeing) {
  EXPECT_EQ(Scheduled({Wants{"a", {"+A"}}, Wants{"b", {"-A"}}}, {}).plan, "go 1 b -A\ngo 2 a +A");
  EXPECT_EQ(Scheduled({Wants{"a", {"+A"}}, Wants{"b", {"+B", "-A"}}, Wants{"c", {"-B"}}}, {}).plan,
            "go 1 c -B\ngo 2 b +B -A\ngo 3 a +A");
}

TEST(Schedule, RemovalThatFreesNoSeatHelpsNobody) {
  const auto outcome = Scheduled({Wants{"a", {"+A"}}, Wants{"b", {"!A"}}}, {});
  EXPECT_EQ(outcome.plan, "go 1 b -A");
  EXPECT_EQ(outcome.shortages, "A:1 ");
}

TEST(Schedule, GoesByPriorityThenId) {
  EXPECT_EQ(
      Scheduled({Wants{"a", {"+A"}}, Wants{"b", {"+A"}, 5}, Wants{"c", {"+A"}, 9}}, {{"A", 2}})
          .plan,
      "go 1 b +A\ngo 1 c +A");
  EXPECT_EQ(
      Scheduled({Wants{"c", {"+A"}}, Wants{"b", {"+A"}}, Wants{"a", {"+A"}}}, {{"A", 2}}).plan,
      "go 1 a +A\ngo 1 b +A");
}

TEST(Schedule, WhoWaitsForAnotherSeatKeepsTheirPlaceInLine) {
  // z comes first and waits a wave for B; a must not have taken the only seat of A by then.
  const auto outcome =
      Scheduled({Wants{"a", {"+A"}}, Wants{"m", {"-B"}}, Wants{"z", {"+A", "+B"}, 9}}, {{"A", 1}});
  EXPECT_EQ(outcome.plan, "go 1 m -B\ngo 2 z +A +B");
  EXPECT_EQ(outcome.shortages, "A:1 ");
}

TEST(Schedule, WhoGivesUpOneSeatKeepsTheirPlaceForTheOther) {
  const auto outcome =
      Scheduled({Wants{"a", {"+X", "+Y"}}, Wants{"z", {"+X", "+Y"}, 9}}, {{"Y", 1}});
  EXPECT_EQ(outcome.plan, "go 1 z +Y");
  EXPECT_EQ(outcome.shortages, "X:2 Y:1 ");
}

TEST(Schedule, NobodyLosesSomethingToAShortage) {
  const auto outcome = Scheduled({Wants{"a", {"+A", "+B", "-C"}}}, {{"B", 1}});
  EXPECT_EQ(outcome.plan, "go 1 a +B\ndeferred a -C [A]");
  EXPECT_EQ(outcome.shortages, "A:1 ");
}

TEST(Schedule, ServicePlansStayOnWhileTheReplacementIsShort) {
  const auto outcome = Scheduled({Wants{"a", {"+A", "=B", "+D"}}}, {{"D", 1}});
  EXPECT_EQ(outcome.plan, "go 1 a +D\ndeferred a ~B [A]");
  EXPECT_EQ(outcome.shortages, "A:1 ");
}

TEST(Schedule, WhatAWaitingSwapWouldFreeIsNotPromised) {
  const auto outcome = Scheduled({Wants{"a", {"+A", "-B"}}, Wants{"b", {"+B"}}}, {});
  EXPECT_EQ(outcome.plan, "deferred a -B [A]");
  EXPECT_EQ(outcome.shortages, "A:1 B:1 ");
}

TEST(Schedule, SwapCircleIsDeferredAndSaysWhatIsShort) {
  const auto outcome = Scheduled({Wants{"a", {"+A", "-B"}}, Wants{"b", {"+B", "-A"}}}, {});
  EXPECT_EQ(outcome.plan, "deferred a -B [A]\ndeferred b -A [B]");
  EXPECT_EQ(outcome.shortages, "A:1 B:1 ");
  EXPECT_EQ(Scheduled({Wants{"a", {"+A", "-B"}}, Wants{"b", {"+B", "-A"}}}, {{"A", 1}}).plan,
            "go 1 a +A -B\ngo 2 b +B -A");
}

TEST(Schedule, LeavesHeldAndDeferredChangesAsTheyAre) {
  const auto outcome = Scheduled(
      {{"a", {"-A"}, 0, Verdict::kHeld}, {"b", {"-A"}, 0, Verdict::kDeferred}, {"c", {"+A"}}}, {});
  EXPECT_EQ(outcome.plan, "deferred b -A\nheld a -A");
  EXPECT_EQ(outcome.shortages, "A:1 ");
}

TEST(Schedule, NamesTheSeatsThatBreakACircle) {
  const auto outcome =
      Scheduled({Wants{"a", {"+A", "-B"}}, Wants{"b", {"+B", "-C"}}, Wants{"c", {"+C", "-A"}}}, {});
  ASSERT_EQ(outcome.circles.size(), 1U);
  EXPECT_EQ(outcome.circles[0].users, 3U);
  EXPECT_EQ(outcome.circles[0].products.size(), 3U);
  EXPECT_EQ(outcome.circles[0].seats_needed, (std::vector<std::pair<DesiredIndex, int>>{{0, 1}}));
  EXPECT_TRUE(Scheduled({Wants{"a", {"+A", "-B"}}, Wants{"b", {"+B"}}}, {}).circles.empty());
}

TEST(Schedule, ASeatThatAChainOfSwapsNeedsIsNotGivenAwayFirst) {
  // Were the free seat of A given to x at once, y and z would wait for each other for good.
  EXPECT_EQ(Scheduled({Wants{"x", {"+A"}, 9}, Wants{"y", {"+A", "-B"}}, Wants{"z", {"+B", "-A"}}},
                      {{"A", 1}})
                .plan,
            "go 1 y +A -B\ngo 2 z +B -A\ngo 3 x +A");
}

TEST(Schedule, ManyWhoAreShortTakeNoLongTime) {
  std::vector<Wants> changes;
  for (int i = 0; i < 20'000; ++i) {
    changes.push_back({"u" + std::to_string(100'000 + i), {"+A", "-B"}});
  }
  EXPECT_EQ(Scheduled(std::move(changes), {{"A", 10}}).shortages, "A:19990 ");
}

}  // namespace
}  // namespace seatkeeper
