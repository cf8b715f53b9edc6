#include "reconciler/plan/schedule.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace seatkeeper {
namespace {

class Scheduler {
 public:
  Scheduler(std::vector<Change> changes, std::map<SkuId, int> free_seats)
      : free_(std::move(free_seats)) {
    for (auto& change : changes) {
      (change.verdict == Verdict::kGo ? pending_ : result_.changes).push_back(std::move(change));
    }
    std::sort(pending_.begin(), pending_.end(), [](const Change& a, const Change& b) {
      return std::tuple(-a.priority, a.user) < std::tuple(-b.priority, b.user);
    });
  }

  Scheduled Run() {
    while (!pending_.empty()) {
      if (!FillWave()) GiveUpSeats();
    }
    return std::move(result_);
  }

 private:
  // Takes every pending change whose seats are free now; false when there was none. Who must wait
  // for another seat keeps their claim on those that are free, or the last in line would get them.
  bool FillWave() {
    std::vector<Change> waiting;
    std::vector<SkuId> freed;
    std::map<SkuId, int> claimed;
    for (auto& change : pending_) {
      const auto& takes = change.takes_seats;
      if (!std::all_of(takes.begin(), takes.end(),
                       [&](const SkuId& product) { return free_[product] > claimed[product]; })) {
        for (const auto& product : takes) ++claimed[product];
        waiting.push_back(std::move(change));
        continue;
      }
      for (const auto& product : takes) --free_[product];
      freed.insert(freed.end(), change.frees_seats.begin(), change.frees_seats.end());
      change.wave = wave_ + 1;
      result_.changes.push_back(std::move(change));
    }
    const bool filled = waiting.size() < pending_.size();
    if (filled) ++wave_;
    for (const auto& product : freed) ++free_[product];
    pending_ = std::move(waiting);
    return filled;
  }

  // No pending change can get its seats, and what gives up frees none: who misses a seat now misses
  // it for good. What else they are to get stays in line. The first in line always misses one.
  void GiveUpSeats() {
    for (auto& change : std::exchange(pending_, {})) {
      std::set<SkuId> missing;
      for (const auto& product : change.takes_seats) {
        if (free_[product] <= 0) missing.insert(product);
      }
      if (!missing.empty()) GiveUp(change, missing);
      if (!change.add.empty()) pending_.push_back(std::move(change));
    }
  }

  // Leaves of the change what can be given without taking anything away.
  void GiveUp(Change& change, const std::set<SkuId>& missing) {
    for (const auto& product : missing) {
      result_.unseated.emplace(change.user, product);
      auto& shortage = result_.shortages[product];
      ++shortage.short_by;
      if (change.takes_away()) ++shortage.swaps;
    }
    if (change.takes_away()) result_.changes.push_back(Deferred(change, missing));
    std::erase_if(change.takes_seats,
                  [&](const SkuId& product) { return missing.contains(product); });
    std::erase_if(change.add, [&](const AddLicense& add) {
      return missing.contains(add.product) || SwitchesOff(change, add);
    });
    change.remove.clear();
    change.plans_off.clear();
    change.frees_seats.clear();
    Retell(change);
  }

  // What a change takes away while its replacement has no seat: it waits.
  static Change Deferred(const Change& change, const std::set<SkuId>& missing) {
    Change deferred = change;
    deferred.verdict = Verdict::kDeferred;
    deferred.takes_seats.clear();
    std::erase_if(deferred.add, [&](const AddLicense& add) { return !SwitchesOff(change, add); });
    deferred.until = "a seat is free of what this user is to get instead";
    deferred.waits_for.assign(missing.begin(), missing.end());
    Retell(deferred);
    return deferred;
  }

  static bool SwitchesOff(const Change& change, const AddLicense& add) {
    return std::find(change.plans_off.begin(), change.plans_off.end(), add.product) !=
           change.plans_off.end();
  }

  std::vector<Change> pending_;
  std::map<SkuId, int> free_;
  int wave_ = 0;
  Scheduled result_;
};

}  // namespace

Scheduled Schedule(std::vector<Change> changes, std::map<SkuId, int> free_seats) {
  return Scheduler(std::move(changes), std::move(free_seats)).Run();
}

}  // namespace seatkeeper
