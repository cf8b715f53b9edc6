#include "reconciler/plan/amounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace seatkeeper {
namespace {

int ValueOr(const std::map<SkuId, int>& values, const SkuId& product) {
  const auto found = values.find(product);
  return found == values.end() ? 0 : found->second;
}

bool LimitsAdditions(const GuardInput& input) {
  return !input.max_assign.empty() || input.ceilings.max_assign.has_value();
}

// The limit that allows least of one product.
struct Strictest {
  int allowed = 0;
  AmountLimit limit;
  bool ceiling = false;
};

std::optional<Strictest> StrictestFor(int purchased, const GuardInput& input) {
  std::optional<Strictest> strictest;
  const auto take = [&](const AmountLimit& limit, bool ceiling) {
    const auto allowed = AllowedAdditions(limit, purchased);
    if (!allowed || (strictest && strictest->allowed <= *allowed)) return;
    strictest = {.allowed = *allowed, .limit = limit, .ceiling = ceiling};
  };
  for (const auto& limit : input.max_assign) take(limit, false);
  if (input.ceilings.max_assign) take(*input.ceilings.max_assign, true);
  return strictest;
}

std::string Describe(const Strictest& strictest, int purchased) {
  const auto& [seats, percent] = strictest.limit;
  std::string parts;
  if (seats) parts = fmt::format("{} seats", *seats);
  if (percent) {
    parts += fmt::format("{}{:g} % of {} purchased", seats ? " or " : "", *percent, purchased);
  }
  if (seats && percent) parts += ", whichever is more";
  return fmt::format("{} ({}) in 24 hours", strictest.allowed, parts);
}

// Why so many additions of one product are too many; nothing when they are not.
std::optional<HeldBy> TooManyAdditions(const SkuId& product, int planned, const GuardInput& input) {
  const int purchased = ValueOr(input.purchased, product);
  const int before = ValueOr(input.assignments_in_window, product);
  const auto strictest = StrictestFor(purchased, input);
  if (!strictest || before + planned <= strictest->allowed) return std::nullopt;
  return HeldBy{.guardrail = "maxAssign",
                .value = before == 0 ? fmt::format("{} additions planned", planned)
                                     : fmt::format("{} additions planned, {} in the last 24 hours",
                                                   planned, before),
                .limit = Describe(*strictest, purchased),
                .release = ReleaseOf("maxAssign", strictest->ceiling),
                .product = product};
}

std::optional<HeldBy> TooManyChanges(std::size_t planned, const GuardInput& input) {
  const auto& ceiling = input.ceilings.max_changes;
  const bool by_ceiling = ceiling && (!input.max_changes || *ceiling < *input.max_changes);
  const auto& allowed = by_ceiling ? ceiling : input.max_changes;
  if (!allowed || planned <= static_cast<std::size_t>(*allowed)) return std::nullopt;
  return HeldBy{.guardrail = "maxChanges",
                .value = fmt::format("{} changes planned", planned),
                .limit = fmt::format("{} in one cycle", *allowed),
                .release = ReleaseOf("maxChanges", by_ceiling),
                .product = {}};
}

bool Gives(const GroupPart& part) {
  return part.kind == Part::Kind::kAdd && part.verdict == Verdict::kGo;
}

// With what such a group is to lose: its members would lose it before they are given anything.
void HoldGroups(Draft& draft, DesiredIndex product, const HeldBy& why) {
  std::set<GroupId> held;
  for (auto& part : draft.group_parts) {
    if (part.product != product || !Gives(part)) continue;
    Hold(part, why, draft.holds);
    held.insert(part.group);
  }
  for (auto& part : draft.group_parts) {
    const bool loses = part.takes_away() && part.verdict == Verdict::kGo;
    if (loses && held.contains(part.group)) Hold(part, why, draft.holds);
  }
}

// One product at a time: what is held with it may bring others back under their limits.
bool HoldAdditionsOfOne(Draft& draft, const std::vector<DesiredProduct>& products,
                        const GuardInput& input, SeatAllocator& seats) {
  std::vector<int> planned(products.size());
  std::vector<bool> given(products.size());
  for (const auto& part : draft.parts) {
    if (part.kind != Part::Kind::kAdd || !part.goes()) continue;
    ++planned[part.product];
    given[part.product] = true;
  }
  for (const auto& part : draft.group_parts) {
    if (!Gives(part)) continue;
    planned[part.product] += part.seats;
    given[part.product] = true;  // Even where no member needs a seat yet: others may join.
  }
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (!given[i]) continue;
    const auto why = TooManyAdditions(products[i].id, planned[i], input);
    if (!why) continue;
    HoldGroups(draft, static_cast<DesiredIndex>(i), *why);
    seats.HoldAdditions(static_cast<DesiredIndex>(i), *why);
    return true;
  }
  return false;
}

std::size_t CountSubjects(const Draft& draft) {
  std::size_t count = 0;
  draft.ForEachUser([&](std::span<const Part> of_user) {
    count +=
        std::any_of(of_user.begin(), of_user.end(), [](const auto& part) { return part.goes(); });
  });
  std::set<GroupId> groups;
  for (const auto& part : draft.group_parts) {
    if (part.verdict == Verdict::kGo) groups.insert(part.group);
  }
  return count + groups.size();
}

void HoldTooManyAdditions(std::vector<Change>& changes, const GuardInput& input) {
  std::map<SkuId, int> planned;
  for (const auto& change : changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) ++planned[product];
  }
  for (const auto& [product, count] : planned) {
    const auto why = TooManyAdditions(product, count, input);
    if (!why) continue;
    for (auto& change : changes) {
      const auto& takes = change.takes_seats;
      const bool gives = std::find(takes.begin(), takes.end(), product) != takes.end();
      if (gives && change.verdict == Verdict::kGo) HoldWhole(change, *why);
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

void HoldChanges(Draft& draft, const GuardInput& input) {
  const auto why = TooManyChanges(CountSubjects(draft), input);
  if (!why) return;
  draft.ForEachUser([&](std::span<Part> of_user) {
    for (auto& part : of_user) {
      if (part.goes()) Hold(part, *why, of_user, draft.holds);
    }
  });
  for (auto& part : draft.group_parts) {
    if (part.verdict == Verdict::kGo) Hold(part, *why, draft.holds);
  }
}

void HoldAmounts(std::vector<Change>& changes, const GuardInput& input) {
  if (LimitsAdditions(input)) HoldTooManyAdditions(changes, input);
  const auto going = std::count_if(changes.begin(), changes.end(), [](const Change& change) {
    return change.verdict == Verdict::kGo;
  });
  const auto why = TooManyChanges(static_cast<std::size_t>(going), input);
  if (!why) return;
  for (auto& change : changes) {
    if (change.verdict == Verdict::kGo) HoldWhole(change, *why);
  }
}

void HoldWhole(Change& change, const HeldBy& why) {
  change.verdict = Verdict::kHeld;
  change.wave = 0;
  change.held.push_back(why);
}

}  // namespace seatkeeper
