#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/judge.h"

namespace seatkeeper {

// Ladders look at rungs, not at priorities: of the rungs granted, the highest counts.
void UserJudge::JudgeLadder(const DesiredLadder& ladder) {
  const auto target = std::find_if(ladder.rungs.begin(), ladder.rungs.end(),
                                   [&](DesiredIndex rung) { return views_[rung].granted; });
  const bool known = views_[ladder.rungs.front()].holding.known;
  if (target == ladder.rungs.end() || !known) {
    for (const auto rung : ladder.rungs) JudgeProduct(rung);
    return;
  }
  JudgeRungs(ladder, static_cast<std::size_t>(target - ladder.rungs.begin()));
}

void UserJudge::JudgeRungs(const DesiredLadder& ladder, std::size_t target) {
  const auto wanted = ladder.rungs[target];
  const bool satisfied_above =
      std::any_of(ladder.rungs.begin(), ladder.rungs.begin() + static_cast<std::ptrdiff_t>(target),
                  [&](DesiredIndex rung) { return Stays(rung); });
  bool swap = false;
  if (views_[wanted].holding.held()) {
    JudgeHeld(wanted);
  } else if (!satisfied_above) {
    JudgeMissing(wanted);
    swap = true;
  }
  for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
    if (i != target) JudgeOtherRung(ladder.rungs[i], wanted, i > target, swap);
  }
}

// A rung above the granted one that will not go: it satisfies the grant.
bool UserJudge::Stays(DesiredIndex index) const {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (!holding.held()) return false;
  return holding.direct == nullptr || holding.unknown != nullptr || holding.group != nullptr ||
         product.tied.Contains(row_) || !product.LetsGo(row_);
}

// A rung beside the one that counts. In a swap it leaves in the request that adds its replacement;
// otherwise the replacement is there already.
void UserJudge::JudgeOtherRung(DesiredIndex index, DesiredIndex target, bool lower, bool swap) {
  const auto& product = desired_.products[index];
  const auto& holding = views_[index].holding;
  if (product.tied.Contains(row_)) return JudgeTied(index);
  // A lower rung that is granted as well is no drift where it cannot be taken from the user.
  const bool granted_lower = lower && views_[index].granted;
  if (holding.direct == nullptr || holding.unknown != nullptr) {
    if (!granted_lower) JudgeUnwanted(index);
    return;
  }
  const auto& instead = desired_.products[target];
  const auto name = instead.index ? TenantProduct(instead).name() : instead.id.ToString();
  if (!product.LetsGo(row_)) {
    Report(index, Drift::Kind::kExtra,
           fmt::format("{} is granted instead; {} never takes it away", name,
                       ToString(product.management)));
    return;
  }
  Report(index, Drift::Kind::kExtra, fmt::format("{} is granted instead", name));
  auto part = MakeRemoval(index, Reason::kReplaced);
  part.takes_away = !(swap && lower);
  if (swap) part.tie = static_cast<std::uint16_t>(product.rung->ladder + 1);
  // Moving up takes nothing away, so doubts about who is granted the lower rung do not matter.
  Add(part, part.takes_away ? product.removals_held : std::nullopt);
}

std::optional<Part> UserJudge::FallbackBelow(const Part& unseated) {
  const auto& from = desired_.products[unseated.product];
  if (!from.rung || !desired_.ladders[from.rung->ladder].document->fallback) return std::nullopt;
  Look(unseated.row);
  const auto& rungs = desired_.ladders[from.rung->ladder].rungs;
  const auto holds = [&](DesiredIndex rung) { return views_[rung].holding.held(); };
  const auto below = rungs.begin() + static_cast<std::ptrdiff_t>(from.rung->number) + 1;
  // Whoever holds this rung or a higher one, on the way down from it perhaps, is served.
  if (std::any_of(rungs.begin(), below, holds)) return std::nullopt;
  for (auto rung = below; rung != rungs.end() && !holds(*rung); ++rung) {
    const auto& product = desired_.products[*rung];
    if (product.revoked.Contains(row_) || product.tied.Contains(row_)) continue;
    const auto shape = desired_.ShapeOf(product, row_);
    if (!WhyNotGiven(product, shape).empty()) continue;
    auto part = MakeGrantPart(*rung, Part::Kind::kAdd, Reason::kFallback, shape);
    part.fallback = true;
    part.origin = unseated.origin;
    part.priority = unseated.priority;
    return part;
  }
  return std::nullopt;
}

}  // namespace seatkeeper
