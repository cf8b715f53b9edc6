#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "reconciler/plan/draft.h"
#include "reconciler/plan/schedule.h"

namespace seatkeeper {

/// What one request does to seats: takes them all when it is sent, frees them when it is done.
struct SeatMove {
  std::vector<DesiredIndex> takes;
  std::vector<DesiredIndex> frees;
};

/// Plays requests in waves against the seats there are.
class SeatFlow {
 public:
  SeatFlow(std::vector<int> free, std::vector<SeatMove> moves);

  /// Serves one wave; the positions of the moves served, empty when nobody can be.
  std::vector<std::size_t> Advance();
  /// Who is not served yet, in order.
  std::vector<std::size_t> Waiting() const;
  const std::vector<int>& free() const { return free_; }

 private:
  enum class Manners {
    kFirst,   ///< Takes what is there.
    kModest,  ///< Leaves what others wait for, and speaks for what it waits for itself.
    kLast,    ///< Leaves what others wait for.
  };

  std::pair<std::vector<std::size_t>, std::vector<std::size_t>> SplitSwaps() const;
  bool SeatsLeft(const SeatMove& move, const std::vector<int>& spoken_for) const;
  void Serve(std::vector<std::size_t>& from, std::vector<std::size_t>& served,
             std::vector<int>& spoken_for, Manners manners);

  std::vector<int> free_;
  std::vector<SeatMove> moves_;
  std::vector<std::size_t> removals_;  // Not served yet, by kind.
  std::vector<std::size_t> swaps_;
  std::vector<std::size_t> gains_;
};

/// The circles in which `stuck` moves wait for each other when these seats are free.
std::vector<SeatCircle> FindCircles(const std::vector<SeatMove>& stuck,
                                    const std::vector<int>& free, const SeatPrices& price);

}  // namespace seatkeeper
