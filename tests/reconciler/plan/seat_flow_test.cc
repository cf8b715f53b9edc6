#include "reconciler/plan/seat_flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/support/long_run.h"

namespace seatkeeper {
namespace {

bool SeatsThere(const SeatMove& move, const std::vector<int>& free) {
  return std::all_of(move.takes.begin(), move.takes.end(),
                     [&](DesiredIndex product) { return free[product] > 0; });
}

// Whether there is an order, one after the other, in which all can be served.
bool SomeOrderServesAll(std::vector<SeatMove> moves, const std::vector<int>& free) {
  if (moves.empty()) return true;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (!SeatsThere(moves[i], free)) continue;
    auto left = free;
    for (const auto product : moves[i].takes) --left[product];
    for (const auto product : moves[i].frees) ++left[product];
    auto rest = moves;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    if (SomeOrderServesAll(std::move(rest), left)) return true;
  }
  return false;
}

struct Scene {
  std::vector<int> free = {};
  std::vector<SeatMove> moves = {};
};

// Swaps, gains and removals among four products with hardly a seat free. Claims fit what there is
// and what is freed, as after allocation.
Scene RandomScene(std::mt19937& random) {
  const auto below = [&](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  Scene scene;
  for (int i = 0; i < 4; ++i) scene.free.push_back(below(4) == 0 ? 1 : 0);
  auto capacity = scene.free;
  for (int i = 2 + below(5); i > 0; --i) {
    SeatMove move;
    if (below(6) != 0) move.takes.push_back(static_cast<DesiredIndex>(below(4)));
    if (below(6) != 0) move.frees.push_back(static_cast<DesiredIndex>(below(4)));
    if (move.takes == move.frees) continue;
    for (const auto product : move.frees) ++capacity[product];
    for (const auto product : move.takes) --capacity[product];
    scene.moves.push_back(std::move(move));
  }
  for (std::size_t i = 0; i < capacity.size(); ++i) scene.free[i] += std::max(0, -capacity[i]);
  return scene;
}

TEST(SeatFlow, LeavesNobodyWaitingWhomSomeOrderServes) {
  std::mt19937 random(1);
  int circles = 0;
  for (int round = 0; round < test::RandomCases(20'000); ++round) {
    const auto scene = RandomScene(random);
    SeatFlow flow(scene.free, scene.moves);
    while (!flow.Advance().empty()) {
    }
    const bool all = flow.Waiting().empty();
    circles += all ? 0 : 1;
    ASSERT_EQ(all, SomeOrderServesAll(scene.moves, scene.free)) << "round " << round;
  }
  EXPECT_GT(circles, 0);
}

}  // namespace
}  // namespace seatkeeper
