#include "reconciler/plan/draft.h"

#include <algorithm>
#include <utility>

namespace seatkeeper {
namespace {

void HoldOne(Part& part, const HeldBy& why, HoldTable& holds) {
  part.verdict = Verdict::kHeld;
  part.wait = Wait::kNone;
  part.held = holds.Add(part.held, why);
}

void DeferOne(Part& part, Wait wait) {
  if (part.held != 0 || part.wait == Wait::kUnwanted) return;
  part.verdict = Verdict::kDeferred;
  if (part.wait != Wait::kWindow) part.wait = wait;
}

// For `part` itself and everything tied to it.
template <typename Apply>
void ForTied(Part& part, std::span<Part> of_user, Apply apply) {
  apply(part);
  if (part.tie == 0) return;
  for (auto& other : of_user) {
    if (&other != &part && other.tie == part.tie && other.can_go()) apply(other);
  }
}

bool HasFallback(const Part& missing, std::span<const Part> of_user) {
  return std::any_of(of_user.begin(), of_user.end(), [&](const Part& part) {
    return part.tie == missing.tie && part.fallback && part.goes();
  });
}

// Whether `loss` must not happen because of `grant`. Moving up a ladder depends on its own ladder
// only; every other loss on all that the user is granted.
bool Blocks(const Part& grant, const Part& loss, std::span<const Part> of_user) {
  const bool held = grant.kind == Part::Kind::kAdd && grant.held != 0;
  if (!held && grant.kind != Part::Kind::kMissing) return false;
  const bool same_ladder = loss.tie != 0 && grant.tie == loss.tie;
  if (same_ladder) return held || !HasFallback(grant, of_user);
  return loss.takes_away && !grant.served;
}

void HoldTied(std::span<Part> of_user, HoldTable& holds) {
  for (auto& part : of_user) {
    if (part.held == 0 || part.tie == 0) continue;
    const auto reasons = holds[part.held];  // A copy: the table grows.
    for (const auto& why : reasons) Hold(part, why, of_user, holds);
  }
}

}  // namespace

HoldIndex HoldTable::Add(HoldIndex set, const HeldBy& why) {
  auto reason = std::find(reasons_.begin(), reasons_.end(), why);
  if (reason == reasons_.end()) reason = reasons_.insert(reasons_.end(), why);
  const auto number = static_cast<std::size_t>(reason - reasons_.begin());
  const auto [known, is_new] = larger_.try_emplace({set, number}, set);
  if (is_new && std::find(sets_[set].begin(), sets_[set].end(), why) == sets_[set].end()) {
    auto larger = sets_[set];
    larger.push_back(why);
    sets_.push_back(std::move(larger));
    known->second = static_cast<HoldIndex>(sets_.size() - 1);
  }
  return known->second;
}

PlansIndex PlanSets::Intern(std::vector<PlanId> ordered) {
  const auto [known, is_new] = known_.try_emplace(ordered, static_cast<PlansIndex>(sets_.size()));
  if (is_new) sets_.push_back(std::move(ordered));
  return known->second;
}

void Hold(Part& part, const HeldBy& why, std::span<Part> of_user, HoldTable& holds) {
  ForTied(part, of_user, [&](Part& one) { HoldOne(one, why, holds); });
}

void Hold(GroupPart& part, const HeldBy& why, HoldTable& holds) {
  part.verdict = Verdict::kHeld;
  part.held = holds.Add(part.held, why);
}

void DeferTied(Part& part, Wait wait, std::span<Part> of_user) {
  ForTied(part, of_user, [&](Part& one) { DeferOne(one, wait); });
}

void AddHold(const HeldBy& why, const SkuId& product, Change& change) {
  const auto known = std::find(change.held.begin(), change.held.end(), why);
  const std::size_t position = known - change.held.begin();
  if (position == change.held.size()) change.held.push_back(why);
  change.held_parts.emplace_back(product, position);
}

void Annotate(Part& part, const Note& why, Draft& draft) {
  auto known = std::find(draft.notes.begin(), draft.notes.end(), why);
  if (known == draft.notes.end()) known = draft.notes.insert(draft.notes.end(), why);
  part.note = static_cast<NoteIndex>(known - draft.notes.begin());
}

void Block(Part& part, const Note& why, std::span<Part> of_user, Draft& draft) {
  Annotate(part, why, draft);
  if (why.waits_for) {
    DeferTied(part, Wait::kNeeded, of_user);
    return;
  }
  part.verdict = Verdict::kDeferred;
  part.wait = Wait::kGrant;
  if (part.kind == Part::Kind::kAdd && !part.fallback) {
    part.kind = Part::Kind::kMissing;
    return;
  }
  part.kind = Part::Kind::kStandby;
  if (!std::exchange(part.fallback, false)) return;
  for (auto& other : of_user) {
    if (other.tie == part.tie && other.kind == Part::Kind::kMissing) other.served = false;
  }
}

void HoldBackRemovals(std::span<Part> of_user, HoldTable& holds) {
  HoldTied(of_user, holds);
  for (auto& loss : of_user) {
    if (!loss.gives_up() || !loss.can_go() || loss.held != 0) continue;
    const auto blocks = [&](const Part& grant) {
      return &grant != &loss && Blocks(grant, loss, of_user);
    };
    const auto held = std::find_if(of_user.begin(), of_user.end(), [&](const Part& grant) {
      return grant.held != 0 && blocks(grant);
    });
    if (held != of_user.end()) {
      const auto why = holds[held->held].front();
      Hold(loss, why, of_user, holds);
      continue;
    }
    const auto missing = std::find_if(of_user.begin(), of_user.end(), blocks);
    if (missing == of_user.end()) continue;
    DeferTied(loss, missing->wait, of_user);
  }
}

}  // namespace seatkeeper
