#include "reconciler/plan/allocate.h"

#include <algorithm>
#include <tuple>

#include "reconciler/plan/holding.h"
#include "reconciler/plan/reprocess.h"

namespace seatkeeper {
namespace {

int TurnOf(const Part& part) {
  if (part.reprocesses()) return 2;
  return part.fallback ? 1 : 0;
}

}  // namespace

std::vector<int> CountAssigned(const ObservedState& observed) {
  std::vector<int> holders(observed.products.size());
  for (Row row = 0; row < observed.users.size(); ++row) {
    const auto rows = observed.users.assignments(row);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].holds_seat()) continue;
      // Rows are ordered by product: an earlier seat-holding row of the same product counts.
      bool counted = false;
      for (std::size_t j = i; j > 0 && rows[j - 1].product == rows[i].product; --j) {
        counted = counted || rows[j - 1].holds_seat();
      }
      if (!counted) ++holders[rows[i].product];
    }
  }
  for (std::size_t i = 0; i < holders.size(); ++i) {
    holders[i] = std::max(holders[i], observed.products[i].consumed);
  }
  return holders;
}

std::vector<Seats> CountSeats(const DesiredState& desired, const ObservedState& observed,
                              const std::map<SkuId, int>& unseen) {
  const auto assigned = CountAssigned(observed);
  std::vector<Seats> seats;
  for (const auto& product : desired.products) {
    Seats count{.reserve = product.reserve};
    if (product.index) {
      const auto& owned = observed.products[*product.index];
      count.purchased = owned.prepaid.enabled;
      count.assigned = assigned[*product.index];
    }
    if (const auto taken = unseen.find(product.id); taken != unseen.end()) {
      count.unseen = taken->second;
    }
    seats.push_back(count);
  }
  return seats;
}

bool SeatAllocator::Claim::BetterThan(const Claim& other) const {
  return std::tuple(turn, -priority, since, part) <
         std::tuple(other.turn, -other.priority, other.since, other.part);
}

SeatAllocator::SeatAllocator(const DesiredState& desired, const ObservedState& observed,
                             std::vector<int> free, const std::map<UserProduct, WallTime>& waiting,
                             WallTime now, const PlanConflicts& conflicts, Draft& draft)
    : desired_(desired),
      observed_(observed),
      free_(std::move(free)),
      waiting_(waiting),
      now_(now),
      conflicts_(conflicts),
      draft_(draft),
      judge_(desired, observed, nobody_, draft, unused_drift_),
      queues_(desired.products.size()) {
  for (std::size_t i = 0; i < queues_.size(); ++i) queues_[i].capacity = free_[i];
}

void SeatAllocator::Run() {
  Count(draft_.parts, +1);
  for (std::size_t i = 0; i < draft_.parts.size(); ++i) {
    const auto& part = draft_.parts[i];
    if (part.kind == Part::Kind::kAdd && part.goes()) Enter(i, part.product);
  }
  // Rungs that nobody can be given have no seats from the start.
  for (std::size_t i = 0; i < draft_.parts.size(); ++i) {
    const auto& part = draft_.parts[i];
    if (part.kind == Part::Kind::kMissing && part.wait == Wait::kSeat) TakeSeat(i);
  }
  Settle();
}

void SeatAllocator::Unseat(std::size_t index) {
  TakeSeat(index);
  Settle();
}

bool SeatAllocator::HoldAdditions(DesiredIndex product, const HeldBy& why) {
  held_.insert_or_assign(product, why);
  bool held = false;
  for (std::size_t i = 0; i < draft_.parts.size(); ++i) {
    const auto& part = draft_.parts[i];
    const bool gives = part.kind == Part::Kind::kAdd && part.goes();
    if (!gives || part.product != product) continue;
    if (draft_.IsReleased(part, draft_.PartsOfUser(i), why)) continue;
    HoldPart(i, why);
    held = true;
  }
  Settle();
  return held;
}

bool SeatAllocator::HoldUnreleased(const HeldBy& why) {
  bool held = false;
  for (std::size_t i = 0; i < draft_.parts.size(); ++i) {
    const auto& part = draft_.parts[i];
    if (!part.goes() || draft_.IsReleased(part, draft_.PartsOfUser(i), why)) continue;
    HoldPart(i, why);
    held = true;
  }
  Settle();
  return held;
}

void SeatAllocator::HoldPart(std::size_t index, const HeldBy& why) {
  const auto of_user = draft_.PartsOfUser(index);
  Count(of_user, -1);
  Hold(draft_.parts[index], why, of_user, draft_.holds);
  conflicts_.Settle(of_user, draft_);
  Count(of_user, +1);
}

void SeatAllocator::DeferLosses(Wait wait) {
  const auto goes = [](const Part& part) { return part.goes() && part.gives_up(); };
  const auto defer = [&](std::span<Part> of_user) {
    if (std::none_of(of_user.begin(), of_user.end(), goes)) return;
    Count(of_user, -1);
    for (auto& part : of_user) {
      if (goes(part)) DeferTied(part, wait, of_user);
    }
    conflicts_.Settle(of_user, draft_);
    Count(of_user, +1);
  };
  // A rung that stands in for one without a seat may make others go again.
  while (std::any_of(draft_.parts.begin(), draft_.parts.end(), goes)) {
    draft_.ForEachUser(defer);
    Settle();
  }
}

WallTime SeatAllocator::WaitingSince(Row row, DesiredIndex product) const {
  if (waiting_.empty()) return now_;
  const auto found = waiting_.find({observed_.users.id(row), desired_.products[product].id});
  return found == waiting_.end() ? now_ : std::min(found->second, now_);
}

void SeatAllocator::Enter(std::size_t index, DesiredIndex waited_for) {
  const auto& part = draft_.parts[index];
  auto& queue = queues_[part.product];
  // Rows are in order of object ids, and so are parts.
  queue.claims.push_back({TurnOf(part), part.priority, WaitingSince(part.row, waited_for), index});
  if (queue.ordered) {
    std::push_heap(queue.claims.begin(), queue.claims.end(),
                   [](const Claim& a, const Claim& b) { return a.BetterThan(b); });
  }
}

// Enters what goes of these parts into the books, or with -1 strikes it out.
void SeatAllocator::Count(std::span<const Part> of_user, int sign) {
  for (const auto& part : of_user) {
    if (!part.goes()) continue;
    auto& queue = queues_[part.product];
    if (part.kind == Part::Kind::kAdd) queue.seated += sign;
    if (part.kind == Part::Kind::kRemove && part.frees_seat) queue.capacity += sign;
    dirty_.insert(part.product);
  }
}

void SeatAllocator::Settle() {
  while (!dirty_.empty()) {
    auto& queue = queues_[*dirty_.begin()];
    dirty_.erase(dirty_.begin());
    while (queue.seated > std::max(0, queue.capacity)) {
      const auto worst = PopWorst(queue);
      const auto& part = draft_.parts[worst.part];
      // Deferred since, or the fallback has gone on to another rung.
      const bool holds =
          part.kind == Part::Kind::kAdd && part.goes() && &queues_[part.product] == &queue;
      if (holds) TakeSeat(worst.part);
    }
  }
}

SeatAllocator::Claim SeatAllocator::PopWorst(Queue& queue) {
  const auto better = [](const Claim& a, const Claim& b) { return a.BetterThan(b); };
  if (!queue.ordered) {
    std::make_heap(queue.claims.begin(), queue.claims.end(), better);
    queue.ordered = true;
  }
  std::pop_heap(queue.claims.begin(), queue.claims.end(), better);
  const auto worst = queue.claims.back();
  queue.claims.pop_back();
  return worst;
}

void SeatAllocator::TakeSeat(std::size_t index) {
  const auto of_user = draft_.PartsOfUser(index);
  Count(of_user, -1);
  auto& part = draft_.parts[index];
  if (part.reprocesses()) {
    LeaveToGroups(desired_, of_user);
  } else {
    part.verdict = Verdict::kDeferred;
    part.wait = Wait::kSeat;
    if (!part.fallback) part.kind = Part::Kind::kMissing;
    StandIn(index, of_user);
  }
  conflicts_.Settle(of_user, draft_);
  Count(of_user, +1);
}

// Puts the next rung in place of one that has no seat.
void SeatAllocator::StandIn(std::size_t unseated, std::span<Part> of_user) {
  auto& part = draft_.parts[unseated];
  const auto standby = std::find_if(of_user.begin(), of_user.end(), [&](const Part& other) {
    return other.tie == part.tie && (other.kind == Part::Kind::kStandby || other.fallback);
  });
  if (part.tie == 0 || standby == of_user.end()) return;
  const auto missing = std::find_if(of_user.begin(), of_user.end(), [&](const Part& other) {
    return other.tie == part.tie && other.kind == Part::Kind::kMissing;
  });
  const auto next = judge_.FallbackBelow(part);
  missing->served = next.has_value() || HoldsLowerRung(*missing);
  if (!next) {
    standby->kind = Part::Kind::kStandby;
    standby->fallback = false;
    standby->verdict = Verdict::kDeferred;
    return;
  }
  *standby = *next;
  // What the user has of the ladder is lower still and makes way as it would have for the rung.
  for (auto& other : of_user) {
    if (other.tie != part.tie || other.kind != Part::Kind::kRemove || other.held != 0) continue;
    other.verdict = Verdict::kGo;
    other.wait = Wait::kNone;
  }
  const auto held = held_.find(standby->product);
  if (held != held_.end() && !draft_.IsReleased(*standby, of_user, held->second)) {
    missing->served = false;
    Hold(*standby, held->second, of_user, draft_.holds);
    return;
  }
  Enter(static_cast<std::size_t>(&*standby - draft_.parts.data()), missing->product);
}

bool SeatAllocator::HoldsLowerRung(const Part& part) const {
  const auto& product = desired_.products[part.product];
  const auto& rungs = desired_.ladders[product.rung->ladder].rungs;
  for (std::size_t i = product.rung->number + 1; i < rungs.size(); ++i) {
    const auto& lower = desired_.products[rungs[i]];
    if (!lower.index) continue;
    for (const auto& assignment : observed_.users.assignments(part.row)) {
      if (assignment.product == *lower.index && assignment.holds_seat()) return true;
    }
  }
  return false;
}

}  // namespace seatkeeper
