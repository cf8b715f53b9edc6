#include "reconciler/plan/closed_times.h"

#include <set>

namespace seatkeeper {
namespace {

void Defer(GroupPart& part) {
  part.verdict = Verdict::kDeferred;
  part.closed = true;
}

// What is given in place of what goes waits with it: one request, as with a user's swap.
void DeferGroups(Draft& draft) {
  std::set<GroupId> losing;
  for (auto& part : draft.group_parts) {
    if (part.verdict != Verdict::kGo || !part.takes_away()) continue;
    Defer(part);
    if (part.kind == Part::Kind::kRemove) losing.insert(part.group);
  }
  for (auto& part : draft.group_parts) {
    const bool gives = part.kind == Part::Kind::kAdd && part.verdict == Verdict::kGo;
    if (gives && losing.contains(part.group)) Defer(part);
  }
}

}  // namespace

void DeferLosses(const Opening& opening, SeatAllocator& seats, Draft& draft) {
  if (opening.open) return;
  draft.until_open = UntilOpen(opening);
  DeferGroups(draft);
  seats.DeferLosses(Wait::kWindow);
}

void DeferLosses(const Opening& opening, std::vector<Change>& changes) {
  if (opening.open) return;
  for (auto& change : changes) {
    if (change.verdict != Verdict::kGo || !change.takes_away()) continue;
    change.verdict = Verdict::kDeferred;
    change.wave = 0;
    change.until = UntilOpen(opening);
  }
}

}  // namespace seatkeeper
