#include "reconciler/plan/import_rules.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>
#include <utility>

#include "reconciler/plan/import_candidates.h"

namespace seatkeeper {
namespace {

// Tried one after the other; a strict one forgoes broad rules with many exceptions where several
// narrow ones say the same more briefly.
constexpr double kRightFor[] = {0.9, 0.95, 0.98};

double LogFactorial(double n) { return std::lgamma(n + 1) / std::log(2.0); }

// Bits to say which `marked` of `all` are meant, and how many.
double Naming(std::size_t all, std::size_t marked) {
  const auto n = static_cast<double>(all);
  const auto k = static_cast<double>(marked);
  return LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k) + std::log2(n + 1);
}

// Bits to name the holders whom no rule selects. A list has a line for each of them: unlike a
// choice among all people, it gets no shorter when it is nearly everybody.
double Listing(std::size_t all, std::size_t holders) {
  const auto half = all / 2;
  if (holders <= half) return Naming(all, holders);
  return Naming(all, half) + static_cast<double>(holders - half);
}

// What no chosen rule selects so far.
struct Outside {
  RowSet rows;
  std::size_t count = 0;
  std::size_t holders = 0;
};

struct Reach {
  std::size_t users = 0;
  std::size_t holders = 0;
};

class Cover {
 public:
  Cover(const ImportTable& table, const RowSet& holders, const RowSet& neutral)
      : table_(table), holders_(holders), everybody_{.rows = table.people()} {
    everybody_.rows -= neutral;
    everybody_.count = everybody_.rows.Count();
    everybody_.holders = holders.Count();
  }

  /// Greedy, and then without what the others made superfluous.
  std::vector<ImportCandidate> Choose(const std::vector<ImportCandidate>& candidates,
                                      double right_for) const {
    std::vector<ImportCandidate> chosen;
    auto outside = everybody_;
    // The fewer holders are left, the more bits each of them takes: what did not pay at first may
    // do so later.
    std::size_t before = 0;
    do {
      before = chosen.size();
      ChooseWhilePaying(candidates, right_for, outside, chosen);
    } while (chosen.size() > before);
    Prune(chosen);
    return chosen;
  }

  double Cost(const std::vector<ImportCandidate>& chosen) const {
    auto outside = everybody_;
    double bits = 0;
    for (const auto& candidate : chosen) {
      bits += Price(candidate);
      Take(candidate, outside);
    }
    return bits + Listing(outside.count, outside.holders);
  }

 private:
  // The best first. Gains are computed again only when a candidate comes up.
  void ChooseWhilePaying(const std::vector<ImportCandidate>& candidates, double right_for,
                         Outside& outside, std::vector<ImportCandidate>& chosen) const {
    using Entry = std::tuple<double, double, std::size_t>;  // Gain, cheapness, which.
    std::priority_queue<Entry> queue;
    const auto entry = [&](std::size_t i) {
      return Entry(Gain(candidates[i], outside), -candidates[i].bits, candidates.size() - i);
    };
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i].Precision() >= right_for) queue.push(entry(i));
    }
    while (!queue.empty() && std::get<0>(queue.top()) > 0) {
      const auto i = candidates.size() - std::get<2>(queue.top());
      queue.pop();
      const auto now = entry(i);
      if (std::get<0>(now) <= 0) continue;
      if (!queue.empty() && now < queue.top()) {
        queue.push(now);
        continue;
      }
      chosen.push_back(candidates[i]);
      Take(candidates[i], outside);
    }
  }

  static double Price(const ImportCandidate& candidate) {
    return candidate.bits + Naming(candidate.holders + candidate.others, candidate.others);
  }

  Reach ReachIn(const ImportCandidate& candidate, const Outside& outside) const {
    Reach reach;
    ForEachSelected(candidate.rule, table_, [&](Row row) {
      if (!outside.rows.Contains(row)) return;
      ++reach.users;
      if (holders_.Contains(row)) ++reach.holders;
    });
    return reach;
  }

  double Gain(const ImportCandidate& candidate, const Outside& outside) const {
    const auto reach = ReachIn(candidate, outside);
    if (reach.holders < kFewestExplained) return 0;
    return Listing(outside.count, outside.holders) -
           Listing(outside.count - reach.users, outside.holders - reach.holders) - Price(candidate);
  }

  void Take(const ImportCandidate& candidate, Outside& outside) const {
    const auto reach = ReachIn(candidate, outside);
    outside.count -= reach.users;
    outside.holders -= reach.holders;
    ForEachSelected(candidate.rule, table_, [&](Row row) { outside.rows.Erase(row); });
  }

  void Prune(std::vector<ImportCandidate>& chosen) const {
    for (std::size_t i = chosen.size(); i-- > 0 && chosen.size() > 1;) {
      auto without = chosen;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      if (Cost(without) <= Cost(chosen)) chosen = std::move(without);
    }
  }

  const ImportTable& table_;
  const RowSet& holders_;
  Outside everybody_;
};

}  // namespace

RowSet SelectedBy(const ImportRule& rule, const ImportTable& table) {
  RowSet rows(table.users());
  ForEachSelected(rule, table, [&](Row row) { rows.Insert(row); });
  return rows;
}

std::vector<ImportRule> FindImportRules(const ImportTable& table, const RowSet& holders,
                                        const RowSet& neutral) {
  const auto candidates = ImportCandidates(table, holders, neutral, kRightFor[0]);
  const Cover cover(table, holders, neutral);
  std::vector<ImportCandidate> best;
  double least = cover.Cost(best);
  for (const auto right_for : kRightFor) {
    auto chosen = cover.Choose(candidates, right_for);
    const auto cost = cover.Cost(chosen);
    if (cost < least) {
      least = cost;
      best = std::move(chosen);
    }
  }
  std::vector<ImportRule> rules;
  rules.reserve(best.size());
  for (const auto& each : best) rules.push_back(each.rule);
  return rules;
}

}  // namespace seatkeeper
