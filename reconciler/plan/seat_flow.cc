#include "reconciler/plan/seat_flow.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "reconciler/plan/cost.h"
#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

// Which products can be reached from which, where each move leads from the product whose seat it
// takes to the one whose seat it frees: the way that a free seat goes through the tenant.
class ProductGraph {
 public:
  explicit ProductGraph(std::size_t products) : reaches_(products, std::vector<bool>(products)) {}

  void Add(DesiredIndex taken, const std::vector<DesiredIndex>& freed) {
    for (const auto product : freed) reaches_[taken][product] = true;
  }
  // After the last Add, before the first question.
  void Close() {
    for (std::size_t via = 0; via < reaches_.size(); ++via) {
      for (auto& from : reaches_) {
        if (!from[via]) continue;
        for (std::size_t to = 0; to < reaches_.size(); ++to) {
          if (reaches_[via][to]) from[to] = true;
        }
      }
    }
  }

  bool Leads(DesiredIndex from, DesiredIndex to) const { return reaches_[from][to]; }

  // The products that stand in a circle with this one, itself included; empty when it does not.
  std::vector<DesiredIndex> CircleOf(std::size_t product) const {
    std::vector<DesiredIndex> circle;
    for (std::size_t other = 0; other < reaches_.size(); ++other) {
      if (reaches_[product][other] && reaches_[other][product]) {
        circle.push_back(static_cast<DesiredIndex>(other));
      }
    }
    return circle;
  }

 private:
  std::vector<std::vector<bool>> reaches_;
};

bool InCircle(const SeatMove& move, const std::vector<DesiredIndex>& circle) {
  const auto in = [&](DesiredIndex product) { return Contains(circle, product); };
  return std::any_of(move.takes.begin(), move.takes.end(), in) &&
         std::any_of(move.frees.begin(), move.frees.end(), in);
}

std::size_t ServedWith(std::vector<int> free, const std::vector<SeatMove>& moves,
                       const std::vector<DesiredIndex>& circle) {
  SeatFlow flow(std::move(free), moves);
  std::size_t served = 0;
  for (auto wave = flow.Advance(); !wave.empty(); wave = flow.Advance()) {
    for (const auto move : wave) served += InCircle(moves[move], circle) ? 1 : 0;
  }
  return served;
}

// One seat after the other, each where it helps most; of those that help alike, the cheapest.
void FindSeatsNeeded(const std::vector<SeatMove>& stuck, std::vector<int> free,
                     const SeatPrices& price, SeatCircle& circle) {
  // A wait for something outside the circle is not what its seats can end.
  for (std::size_t seats = 0, before = 0; seats < circle.users; ++seats) {
    std::size_t most = before;
    DesiredIndex best = circle.products.front();
    for (const auto product : circle.products) {
      auto more = free;
      more[product] = std::max(0, more[product]) + 1;
      const auto served = ServedWith(std::move(more), stuck, circle.products);
      if (served > most ||
          (served == most && served > before && IsCheaper(price[product], price[best]))) {
        most = served;
        best = product;
      }
    }
    if (most == before) return;
    free[best] = std::max(0, free[best]) + 1;
    before = most;
    auto& needed = circle.seats_needed;
    const auto known = std::find_if(needed.begin(), needed.end(),
                                    [&](const auto& entry) { return entry.first == best; });
    if (known == needed.end()) {
      needed.emplace_back(best, 1);
    } else {
      ++known->second;
    }
    if (before == circle.users) return;
  }
}

}  // namespace

SeatFlow::SeatFlow(std::vector<int> free, std::vector<SeatMove> moves)
    : free_(std::move(free)), moves_(std::move(moves)) {
  for (std::size_t i = 0; i < moves_.size(); ++i) {
    auto& kind = moves_[i].takes.empty() ? removals_ : moves_[i].frees.empty() ? gains_ : swaps_;
    kind.push_back(i);
  }
}

std::vector<std::size_t> SeatFlow::Advance() {
  std::vector<std::size_t> served;
  std::vector<int> spoken_for(free_.size());
  auto [circling, leaving] = SplitSwaps();
  Serve(removals_, served, spoken_for, Manners::kFirst);
  Serve(circling, served, spoken_for, Manners::kFirst);
  Serve(leaving, served, spoken_for, Manners::kModest);
  Serve(gains_, served, spoken_for, Manners::kLast);
  // Seats that are spoken for in vain are better given to somebody.
  if (served.empty()) Serve(leaving, served, spoken_for, Manners::kFirst);
  if (served.empty()) Serve(gains_, served, spoken_for, Manners::kFirst);
  swaps_.clear();
  std::merge(circling.begin(), circling.end(), leaving.begin(), leaving.end(),
             std::back_inserter(swaps_));
  // Only now: what this wave frees is for the next one.
  for (const auto move : served) {
    for (const auto product : moves_[move].frees) ++free_[product];
  }
  return served;
}

// Swaps whose seat can come back to where it was taken, by way of other swaps, and those that lead
// it away for good.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> SeatFlow::SplitSwaps() const {
  ProductGraph graph(free_.size());
  for (const auto index : swaps_) {
    for (const auto product : moves_[index].takes) graph.Add(product, moves_[index].frees);
  }
  graph.Close();
  std::pair<std::vector<std::size_t>, std::vector<std::size_t>> split;
  for (const auto index : swaps_) {
    const auto& move = moves_[index];
    const bool circles = std::any_of(move.takes.begin(), move.takes.end(), [&](DesiredIndex taken) {
      return std::any_of(move.frees.begin(), move.frees.end(),
                         [&](DesiredIndex freed) { return graph.Leads(freed, taken); });
    });
    (circles ? split.first : split.second).push_back(index);
  }
  return split;
}

bool SeatFlow::SeatsLeft(const SeatMove& move, const std::vector<int>& spoken_for) const {
  return std::all_of(move.takes.begin(), move.takes.end(),
                     [&](DesiredIndex product) { return free_[product] > spoken_for[product]; });
}

// Who waits for a seat speaks for it: whoever comes after must not take it, for the waiting one's
// own seat would then never come free.
void SeatFlow::Serve(std::vector<std::size_t>& from, std::vector<std::size_t>& served,
                     std::vector<int>& spoken_for, Manners manners) {
  const std::vector<int> nothing(free_.size());
  const auto reserved = spoken_for;
  std::size_t kept = 0;
  for (const auto index : from) {
    const auto& move = moves_[index];
    if (SeatsLeft(move, manners == Manners::kFirst ? nothing : reserved)) {
      for (const auto product : move.takes) --free_[product];
      served.push_back(index);
      continue;
    }
    if (manners != Manners::kLast) {
      for (const auto product : move.takes) ++spoken_for[product];
    }
    from[kept++] = index;
  }
  from.resize(kept);
}

std::vector<std::size_t> SeatFlow::Waiting() const {
  std::vector<std::size_t> waiting = removals_;
  waiting.insert(waiting.end(), swaps_.begin(), swaps_.end());
  waiting.insert(waiting.end(), gains_.begin(), gains_.end());
  std::sort(waiting.begin(), waiting.end());
  return waiting;
}

std::vector<SeatCircle> FindCircles(const std::vector<SeatMove>& stuck,
                                    const std::vector<int>& free, const SeatPrices& price) {
  ProductGraph graph(free.size());
  for (const auto& move : stuck) {
    for (const auto product : move.takes) {
      if (free[product] <= 0) graph.Add(product, move.frees);
    }
  }
  graph.Close();
  std::vector<SeatCircle> circles;
  std::set<DesiredIndex> seen;
  for (std::size_t product = 0; product < free.size(); ++product) {
    if (seen.contains(static_cast<DesiredIndex>(product))) continue;
    SeatCircle circle{.products = graph.CircleOf(product)};
    if (circle.products.empty()) continue;
    seen.insert(circle.products.begin(), circle.products.end());
    circle.users = static_cast<std::size_t>(
        std::count_if(stuck.begin(), stuck.end(),
                      [&](const SeatMove& move) { return InCircle(move, circle.products); }));
    FindSeatsNeeded(stuck, free, price, circle);
    circles.push_back(std::move(circle));
  }
  return circles;
}

}  // namespace seatkeeper
