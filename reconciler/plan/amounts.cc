#include "reconciler/plan/amounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "reconciler/plan/approvals.h"

namespace seatkeeper {
namespace {

int ValueOr(const std::map<SkuId, int>& values, const SkuId& product) {
  const auto found = values.find(product);
  return found == values.end() ? 0 : found->second;
}

bool LimitsAdditions(const GuardInput& input) {
  return !input.max_assign.empty() || input.ceilings.max_assign.has_value();
}

// A limit and what it allows of one product.
struct Allowance {
  int allowed = 0;
  AmountLimit limit;
};

std::optional<Allowance> StrictestFor(int purchased, const std::vector<AmountLimit>& limits) {
  std::optional<Allowance> strictest;
  for (const auto& limit : limits) {
    const auto allowed = AllowedAdditions(limit, purchased);
    if (!allowed || (strictest && strictest->allowed <= *allowed)) continue;
    strictest = {.allowed = *allowed, .limit = limit};
  }
  return strictest;
}

std::string Describe(const Allowance& allowance, int purchased) {
  const auto& [seats, percent] = allowance.limit;
  std::string parts;
  if (seats) parts = fmt::format("{} seats", *seats);
  if (percent) {
    parts += fmt::format("{}{:g} % of {} purchased", seats ? " or " : "", *percent, purchased);
  }
  if (seats && percent) parts += ", whichever is more";
  return fmt::format("{} ({}) in 24 hours", allowance.allowed, parts);
}

// Why so many additions of one product are too many; nothing when they are not. The ceiling, which
// no approval lifts, comes first.
std::optional<HeldBy> TooManyAdditions(const SkuId& product, const Amount& planned,
                                       const GuardInput& input) {
  const int purchased = ValueOr(input.purchased, product);
  const auto beyond = [&](const std::vector<AmountLimit>& limits, int count, int before,
                          bool ceiling) -> std::optional<HeldBy> {
    const auto strictest = StrictestFor(purchased, limits);
    if (!strictest || before + count <= strictest->allowed) return std::nullopt;
    return HeldBy{
        .guardrail = kMaxAssign,
        .value = before == 0
                     ? fmt::format("{} additions planned", count)
                     : fmt::format("{} additions planned, {} in the last 24 hours", count, before),
        .limit = Describe(*strictest, purchased),
        .release = ReleaseOf(kMaxAssign, ceiling),
        .product = product,
        .approvable = !ceiling};
  };
  const int before = ValueOr(input.assignments_in_window, product);
  const int approved = ValueOr(input.approved_assignments_in_window, product);
  std::vector<AmountLimit> ceilings;
  if (input.ceilings.max_assign) ceilings.push_back(*input.ceilings.max_assign);
  auto too_many = beyond(ceilings, planned.all, before + approved, true);
  return too_many ? too_many : beyond(input.max_assign, planned.unreleased, before, false);
}

std::optional<HeldBy> TooManyChanges(const Amount& planned, const GuardInput& input) {
  const auto beyond = [](std::optional<int> allowed, int count,
                         bool ceiling) -> std::optional<HeldBy> {
    if (!allowed || count <= *allowed) return std::nullopt;
    return HeldBy{.guardrail = kMaxChanges,
                  .value = fmt::format("{} changes planned", count),
                  .limit = fmt::format("{} in one cycle", *allowed),
                  .release = ReleaseOf(kMaxChanges, ceiling),
                  .product = {},
                  .approvable = !ceiling};
  };
  auto too_many = beyond(input.ceilings.max_changes, planned.all, true);
  return too_many ? too_many : beyond(input.max_changes, planned.unreleased, false);
}

bool Gives(const GroupPart& part) {
  return part.kind == Part::Kind::kAdd && part.verdict == Verdict::kGo;
}

// With what such a group is to lose: its members would lose it before they are given anything.
// Returns whether there was any.
bool HoldGroups(Draft& draft, DesiredIndex product, const HeldBy& why) {
  std::set<GroupId> held;
  for (auto& part : draft.group_parts) {
    if (part.product != product || !Gives(part) || draft.IsReleased(part, why)) continue;
    Hold(part, why, draft.holds);
    held.insert(part.group);
  }
  for (auto& part : draft.group_parts) {
    const bool loses = part.takes_away() && part.verdict == Verdict::kGo;
    if (loses && held.contains(part.group)) Hold(part, why, draft.holds);
  }
  return !held.empty();
}

// One product at a time: what is held with it may bring others back under their limits.
bool HoldAdditionsOfOne(Draft& draft, const std::vector<DesiredProduct>& products,
                        const GuardInput& input, SeatAllocator& seats) {
  std::vector<Amount> planned(products.size());
  std::vector<bool> given(products.size());
  const bool some = draft.releases_some();
  const auto to_ask = [&](const auto& part) {
    return ToAsk(kMaxAssign, products[part.product].id);
  };
  draft.ForEachUser([&](std::span<const Part> of_user) {
    for (const auto& part : of_user) {
      if (part.kind != Part::Kind::kAdd || !part.goes()) continue;
      planned[part.product].Add(1, some && draft.IsReleased(part, of_user, to_ask(part)));
      given[part.product] = true;
    }
  });
  for (const auto& part : draft.group_parts) {
    if (!Gives(part)) continue;
    planned[part.product].Add(part.seats, some && draft.IsReleased(part, to_ask(part)));
    given[part.product] = true;  // Even where no member needs a seat yet: others may join.
  }
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (!given[i]) continue;
    const auto why = TooManyAdditions(products[i].id, planned[i], input);
    if (!why) continue;
    const bool groups = HoldGroups(draft, static_cast<DesiredIndex>(i), *why);
    const bool users = seats.HoldAdditions(static_cast<DesiredIndex>(i), *why);
    if (groups || users) return true;
  }
  return false;
}

Amount CountSubjects(const Draft& draft) {
  const auto to_ask = ToAsk(kMaxChanges, std::nullopt);
  Amount count;
  draft.ForEachUser([&](std::span<const Part> of_user) {
    const auto goes = [](const Part& part) { return part.goes(); };
    if (std::none_of(of_user.begin(), of_user.end(), goes)) return;
    count.Add(1, std::all_of(of_user.begin(), of_user.end(), [&](const Part& part) {
                return !part.goes() || draft.IsReleased(part, of_user, to_ask);
              }));
  });
  std::map<GroupId, bool> released;  // All parts of the group.
  for (const auto& part : draft.group_parts) {
    if (part.verdict != Verdict::kGo) continue;
    auto& whole = released.try_emplace(part.group, true).first->second;
    whole = whole && draft.IsReleased(part, to_ask);
  }
  for (const auto& [group, whole] : released) count.Add(1, whole);
  return count;
}

bool ReleasesSome(const GuardInput& input) {
  return input.releases != nullptr && !input.releases->empty();
}

bool IsReleased(const Change& change, const SkuId& product, const HeldBy& why,
                const GuardInput& input) {
  return ReleasesSome(input) && input.releases->Covers(change, product, why);
}

void HoldTooManyAdditions(std::vector<Change>& changes, const GuardInput& input) {
  std::map<SkuId, Amount> planned;
  const bool some = ReleasesSome(input);
  for (const auto& change : changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) {
      planned[product].Add(1,
                           some && IsReleased(change, product, ToAsk(kMaxAssign, product), input));
    }
  }
  for (const auto& [product, count] : planned) {
    const auto why = TooManyAdditions(product, count, input);
    if (!why) continue;
    for (auto& change : changes) {
      const auto& takes = change.takes_seats;
      const bool gives = std::find(takes.begin(), takes.end(), product) != takes.end();
      if (!gives || change.verdict != Verdict::kGo) continue;
      if (!IsReleased(change, product, *why, input)) HoldWhole(change, *why);
    }
  }
}

}  // namespace

std::vector<AmountLimit> MaxAssignLimits(const std::vector<const Guardrails*>& documents) {
  std::vector<AmountLimit> limits;
  bool said = false;
  for (const auto* document : documents) {
    if (!document->max_assign) continue;
    said = true;
    const auto& limit = *document->max_assign;
    if (limit.seats || limit.percent) limits.push_back(limit);
  }
  if (!said) return {{.seats = kDefaultMaxAssignSeats, .percent = kDefaultMaxAssignPercent}};
  return limits;
}

std::optional<int> StrictestMaxChanges(const std::vector<const Guardrails*>& documents) {
  std::optional<int> strictest;
  bool said = false;
  for (const auto* document : documents) {
    if (!document->max_changes) continue;
    said = true;
    if (!document->max_changes->figure) continue;
    const int figure = static_cast<int>(*document->max_changes->figure);
    strictest = std::min(figure, strictest.value_or(figure));
  }
  return said ? strictest : kDefaultMaxChanges;
}

std::optional<int> AllowedAdditions(const AmountLimit& limit, int purchased) {
  std::optional<int> allowed = limit.seats;
  if (limit.percent) {
    // Percent of few is none; without one at least, small products could never be given.
    const int share = std::max(1, static_cast<int>(std::floor(*limit.percent * purchased / 100.0)));
    allowed = std::max(share, allowed.value_or(share));
  }
  return allowed;
}

HeldBy ToAsk(std::string_view guardrail, std::optional<SkuId> product) {
  return {.guardrail = std::string(guardrail),
          .value = {},
          .limit = {},
          .release = {},
          .product = product,
          .approvable = true};
}

std::string ReleaseOf(std::string_view guardrail, bool ceiling) {
  if (ceiling) {
    return fmt::format("raise ceilings.{} in the config: no policy exceeds or lifts it", guardrail);
  }
  return fmt::format(
      "raise {} in a Guardrails document, or say `off`, in a reviewed change of the policy",
      guardrail);
}

bool HoldAdditions(Draft& draft, const std::vector<DesiredProduct>& products,
                   const GuardInput& input, SeatAllocator& seats) {
  if (!LimitsAdditions(input)) return false;
  bool held = false;
  while (HoldAdditionsOfOne(draft, products, input, seats)) held = true;
  return held;
}

bool HoldChanges(Draft& draft, const GuardInput& input, SeatAllocator& seats) {
  const auto why = TooManyChanges(CountSubjects(draft), input);
  if (!why) return false;
  const auto held_group = [&](GroupPart& part) {
    const bool holds = part.verdict == Verdict::kGo && !draft.IsReleased(part, *why);
    if (holds) Hold(part, *why, draft.holds);
    return holds;
  };
  // Where something goes on, who counted on seats that others would have freed has to be told.
  const bool some_go_on = why->approvable && ReleasesSome(input);
  bool held = false;
  for (auto& part : draft.group_parts) held = held_group(part) || held;
  if (some_go_on) return seats.HoldUnreleased(*why) || held;
  draft.ForEachUser([&](std::span<Part> of_user) {
    for (auto& part : of_user) {
      if (part.goes()) Hold(part, *why, of_user, draft.holds);
    }
  });
  return false;
}

void HoldAmounts(std::vector<Change>& changes, const GuardInput& input) {
  if (LimitsAdditions(input)) HoldTooManyAdditions(changes, input);
  const auto is_released = [&](const Change& change, const HeldBy& why) {
    return ReleasesSome(input) && input.releases->CoversWhole(change, why);
  };
  const auto to_ask = ToAsk(kMaxChanges, std::nullopt);
  Amount going;
  for (const auto& change : changes) {
    if (change.verdict == Verdict::kGo) going.Add(1, is_released(change, to_ask));
  }
  const auto why = TooManyChanges(going, input);
  if (!why) return;
  for (auto& change : changes) {
    if (change.verdict == Verdict::kGo && !is_released(change, *why)) HoldWhole(change, *why);
  }
}

void HoldWhole(Change& change, const HeldBy& why) {
  if (change.verdict == Verdict::kDeferred) {
    change.until.clear();
    change.waits_for.clear();
  }
  change.verdict = Verdict::kHeld;
  change.wave = 0;
  change.held.push_back(why);
}

}  // namespace seatkeeper
