#include "reconciler/plan/schedule.h"

#include <algorithm>
#include <span>
#include <utility>

#include "reconciler/plan/seat_flow.h"

namespace seatkeeper {
namespace {

// The parts of one user of whom something goes: one request.
using Request = std::span<const Part>;

class WaveLayer {
 public:
  WaveLayer(Draft& draft, SeatAllocator& seats, const SeatPrices& price)
      : draft_(draft), seats_(seats), price_(price) {}

  Schedule Run() {
    while (!LayAll()) BreakOff();
    std::sort(schedule_.waves.begin(), schedule_.waves.end());
    return std::move(schedule_);
  }

 private:
  // Lays waves until nobody is left; false when some wait for each other.
  bool LayAll() {
    schedule_.waves.clear();
    std::vector<SeatMove> moves;
    requests_.clear();
    Collect(moves);
    SeatFlow flow(seats_.free(), std::move(moves));
    for (int wave = 1;; ++wave) {
      const auto served = flow.Advance();
      if (served.empty()) break;
      for (const auto move : served)
        schedule_.waves.emplace_back(requests_[move].front().row, wave);
    }
    stuck_ = flow.Waiting();
    free_ = flow.free();
    return stuck_.empty();
  }

  void Collect(std::vector<SeatMove>& moves) {
    const auto goes = [](const Part& part) { return part.goes(); };
    std::as_const(draft_).ForEachUser([&](Request of_user) {
      if (std::none_of(of_user.begin(), of_user.end(), goes)) return;
      requests_.push_back(of_user);
      moves.push_back(MoveOf(of_user));
    });
  }

  // No request can get its seats: names the circles, and who misses a seat now misses it for good.
  void BreakOff() {
    std::vector<SeatMove> moves;
    moves.reserve(stuck_.size());
    for (const auto request : stuck_) moves.push_back(MoveOf(requests_[request]));
    for (auto& circle : FindCircles(moves, free_, price_)) {
      schedule_.circles.push_back(std::move(circle));
    }
    const auto without_seat = [&](const Part& part) {
      return part.kind == Part::Kind::kAdd && part.goes() && free_[part.product] <= 0;
    };
    for (const auto request : stuck_) {
      for (const auto& part : requests_[request]) {
        if (!without_seat(part)) continue;
        seats_.Unseat(static_cast<std::size_t>(&part - draft_.parts.data()));
      }
    }
  }

  static SeatMove MoveOf(Request request) {
    SeatMove move;
    for (const auto& part : request) {
      if (!part.goes()) continue;
      if (part.kind == Part::Kind::kAdd) move.takes.push_back(part.product);
      if (part.frees_seat) move.frees.push_back(part.product);
    }
    return move;
  }

  Draft& draft_;
  SeatAllocator& seats_;
  const SeatPrices& price_;
  Schedule schedule_;
  std::vector<Request> requests_;
  std::vector<std::size_t> stuck_;  // Into requests_.
  std::vector<int> free_;           // Where the last wave ended.
};

}  // namespace

Schedule LayWaves(Draft& draft, SeatAllocator& seats, const SeatPrices& price) {
  return WaveLayer(draft, seats, price).Run();
}

}  // namespace seatkeeper
