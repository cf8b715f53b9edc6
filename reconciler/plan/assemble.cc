#include "reconciler/plan/assemble.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/removal_waits.h"
#include "reconciler/plan/risk.h"
#include "reconciler/plan/usage_location.h"

namespace seatkeeper {
namespace {

// What is sent for one user with one verdict is one change.
std::size_t CountChanges(std::span<const Part> parts) {
  std::size_t count = 0;
  unsigned verdicts = 0;  // Of the user so far, a bit each.
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == 0 || parts[i].row != parts[i - 1].row) verdicts = 0;
    const auto verdict = 1U << static_cast<unsigned>(parts[i].verdict);
    if (!parts[i].can_go() || (verdicts & verdict) != 0) continue;
    verdicts |= verdict;
    ++count;
  }
  return count;
}

std::string_view Until(Wait wait, const Draft& draft) {
  switch (wait) {
    case Wait::kWindow:
      return draft.until_open;
    case Wait::kSeat:
      return "a seat is free of what this user is to get instead";
    case Wait::kNeeded:
      return "nothing that the user holds needs its service plans";
    case Wait::kGrant:
    case Wait::kUnwanted:
    case Wait::kNone:
      break;
  }
  return "this user can be given what a policy grants";
}

class Assembler {
 public:
  Assembler(const Draft& draft, const DesiredState& desired, const ObservedState& observed)
      : draft_(draft), desired_(desired), observed_(observed), risks_(observed) {}

  // Appends the change of those parts of one user that share the verdict, where there are any. Made
  // where it is to stay: of a million changes moving each once is a good part of the work.
  void Make(std::span<const Part> of_user, Verdict verdict, int wave, std::uint64_t fingerprint,
            std::vector<Change>& changes) const {
    MakeOf(of_user, {verdict, /*reprocesses=*/false}, wave, fingerprint, changes);
    if (!draft_.reprocessings.contains(of_user.front().row)) return;
    MakeOf(of_user, {verdict, /*reprocesses=*/true}, wave, fingerprint, changes);
  }

 private:
  // What of a user's parts is one change: processing a user again is a request of its own.
  struct Share {
    Verdict verdict;
    bool reprocesses;

    bool Has(const Part& part) const {
      return part.can_go() && part.verdict == verdict && part.reprocesses() == reprocesses;
    }
  };

  void MakeOf(std::span<const Part> of_user, const Share& share, int wave,
              std::uint64_t fingerprint, std::vector<Change>& changes) const {
    const auto shares = [&](const Part& part) { return share.Has(part); };
    const auto first = std::find_if(of_user.begin(), of_user.end(), shares);
    if (first == of_user.end()) return;
    auto& change = changes.emplace_back();
    change.verdict = share.verdict;
    if (share.reprocesses) change.reprocess = draft_.reprocessings.at(first->row);
    change.reason = first->reason;
    OriginIndex removed_by = 0;
    OriginIndex given_by = 0;
    for (const auto& part : of_user) {
      if (!shares(part)) continue;
      Append(part, change);
      if (change.reason != part.reason) change.reason = Reason::kCombined;
      auto& origin = part.kind == Part::Kind::kRemove ? removed_by : given_by;
      if (origin == 0) origin = part.origin;
    }
    change.origin = desired_.origins[given_by != 0 ? given_by : removed_by];
    if (given_by != 0 && removed_by != 0) AddOriginsAndSwaps(of_user, change);
    change.fingerprint = fingerprint;
    Finish(of_user, wave, change);
  }

  const SkuId& IdOf(const Part& part) const { return desired_.products[part.product].id; }

  void Append(const Part& part, Change& change) const {
    const auto& product = IdOf(part);
    if (part.kind == Part::Kind::kRemove) {
      change.remove.push_back(product);
      if (part.frees_seat) change.frees_seats.push_back(product);
      if (!part.takes_away) change.replaced.push_back(product);
    } else {
      change.add.push_back({product, draft_.plan_sets[part.disabled_plans]});
      if (part.plans_off) change.plans_off.push_back(product);
      if (part.kind == Part::Kind::kAdd) change.takes_seats.push_back(product);
    }
    for (const auto& why : draft_.holds[part.held]) AddHold(why, product, change);
    if (part.wait == Wait::kUnwanted && part.removal_wait != 0) {
      AddWait(draft_.removal_waits[part.removal_wait], change);
    } else if (part.wait != Wait::kNone && change.until.empty()) {
      change.until = Until(part.wait, draft_);
    }
  }

  // Of a change that gives and takes: what is taken for what, or by which document.
  void AddOriginsAndSwaps(std::span<const Part> of_user, Change& change) const {
    const auto sent = [&](const Part& part) {
      return Share{change.verdict, change.reprocesses()}.Has(part);
    };
    for (const auto& part : of_user) {
      if (part.kind != Part::Kind::kRemove || !sent(part)) continue;
      const auto& rung = desired_.products[part.product].rung;
      const auto successor = std::find_if(of_user.begin(), of_user.end(), [&](const Part& other) {
        const auto& to = desired_.products[other.product].rung;
        return other.kind == Part::Kind::kAdd && sent(other) && rung && to &&
               to->ladder == rung->ladder;
      });
      if (successor != of_user.end()) {
        change.swaps.emplace_back(IdOf(part), IdOf(*successor));
      } else {
        change.removed_by.emplace_back(IdOf(part), desired_.origins[part.origin]);
      }
    }
    std::sort(change.swaps.begin(), change.swaps.end());
    std::sort(change.removed_by.begin(), change.removed_by.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  void Finish(std::span<const Part> of_user, int wave, Change& change) const {
    const Row row = of_user.front().row;
    change.user = observed_.users.id(row);
    change.user_principal_name = std::string(observed_.users.user_principal_name(row));
    change.wave = change.verdict == Verdict::kGo ? wave : 0;
    if (change.verdict == Verdict::kDeferred && !change.unwanted) {
      for (const auto& part : of_user) {
        const bool to_come = part.kind == Part::Kind::kMissing || part.reprocesses();
        if (to_come) change.waits_for.push_back(IdOf(part));
        const auto& needed_by = draft_.notes[part.note].waits_for;
        if (part.wait == Wait::kNeeded && needed_by) change.waits_for.push_back(*needed_by);
      }
    }
    // The parts of a fallback may stand out of order.
    const auto sort = [](auto& products) { std::sort(products.begin(), products.end()); };
    sort(change.remove);
    sort(change.plans_off);
    sort(change.replaced);
    sort(change.takes_seats);
    sort(change.frees_seats);
    sort(change.waits_for);
    std::sort(change.add.begin(), change.add.end());
    if (!change.add.empty() && !change.reprocesses() && LacksLocation(observed_, row)) {
      change.usage_location = ChooseLocation(desired_, observed_, row).code;
    }
    change.before = DirectAssignments(observed_, row);
    change.risk = risks_.RisksOf(change, row);
    change.id = ChangeId(change);
  }

  const Draft& draft_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  RiskJudge risks_;
};

}  // namespace

std::vector<Change> AssembleChanges(const Draft& draft, const Schedule& schedule,
                                    const DesiredState& desired, const ObservedState& observed) {
  const Assembler assembler(draft, desired, observed);
  std::vector<Change> changes;
  changes.reserve(CountChanges(draft.parts));
  std::vector<Row> rows;
  draft.ForEachUser([&](std::span<const Part> of_user) { rows.push_back(of_user.front().row); });
  const auto fingerprints = observed.Fingerprints(rows);
  auto fingerprint = fingerprints.begin();
  auto wave = schedule.waves.begin();
  draft.ForEachUser([&](std::span<const Part> of_user) {
    while (wave != schedule.waves.end() && wave->first < of_user.front().row) ++wave;
    const bool goes = wave != schedule.waves.end() && wave->first == of_user.front().row;
    for (const auto verdict : {Verdict::kGo, Verdict::kDeferred, Verdict::kHeld}) {
      assembler.Make(of_user, verdict, goes ? wave->second : 0, *fingerprint, changes);
    }
    ++fingerprint;
  });
  return changes;
}

std::vector<Waiting> AssembleWaiting(const Draft& draft, const SeatAllocator& seats,
                                     const DesiredState& desired, const ObservedState& observed) {
  struct Entry {
    const Part* part;
    WallTime since;
  };
  std::vector<Entry> entries;
  for (const auto& part : draft.parts) {
    const bool short_of_seats = part.kind == Part::Kind::kMissing && part.wait == Wait::kSeat &&
                                desired.products[part.product].obstacle.empty();
    if (short_of_seats) entries.push_back({&part, seats.WaitingSince(part.row, part.product)});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.part->product, -a.part->priority, a.since, a.part->row) <
           std::tuple(b.part->product, -b.part->priority, b.since, b.part->row);
  });
  std::vector<Waiting> waiting;
  for (const auto& [part, since] : entries) {
    const auto& product = desired.products[part->product].id;
    const bool same = !waiting.empty() && waiting.back().product == product;
    waiting.push_back(
        {.user = observed.users.id(part->row),
         .user_principal_name = std::string(observed.users.user_principal_name(part->row)),
         .product = product,
         .place = same ? waiting.back().place + 1 : 1,
         .since = since,
         .served = part->served,
         .policy = desired.origins[part->origin].policy});
  }
  return waiting;
}

}  // namespace seatkeeper
