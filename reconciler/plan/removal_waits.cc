#include "reconciler/plan/removal_waits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/duration.h"
#include "reconciler/plan/holding.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/plan_words.h"

namespace seatkeeper {
namespace {

bool Loses(const Part& part) { return part.can_go() && part.takes_away; }

// For want of a seat kMissing, perhaps.
bool Gives(const Part& part) {
  return part.kind == Part::Kind::kAdd || part.kind == Part::Kind::kMissing;
}

// Would take something away, had it a seat.
bool IsWanted(const Part& part) {
  return part.takes_away && (part.can_go() || part.kind == Part::Kind::kMissing);
}

// The rungs that leave in the request that adds this one.
template <typename Visit>
void ForEachLeaving(const Part& added, std::span<const Part> of_user, Visit&& visit) {
  for (const auto& part : of_user) {
    const bool tied = added.tie != 0 && part.tie == added.tie;
    if (tied && part.kind == Part::Kind::kRemove) visit(part);
  }
}

const AssignmentRow* DirectRow(const UserTable& users, Row row, ProductIndex product) {
  for (const auto& held : users.assignments(row)) {
    if (held.product == product && held.source == AssignmentSource::kDirect) return &held;
  }
  return nullptr;
}

bool IsOf(const Deferral& deferral, const AssignmentRow& held, const ObservedState& observed) {
  return observed.product_ids[held.product] == deferral.product;
}

}  // namespace

RemovalWaits::RemovalWaits(const DesiredState& desired, const ObservedState& observed,
                           const Deferrals& before, const ReadingTimes& reading)
    : desired_(desired), observed_(observed), before_(before), reading_(reading) {}

bool RemovalWaits::Defer(std::span<Part> of_user, Draft& draft) const {
  bool moved = false;
  for (auto& part : of_user) {
    if (!Loses(part) || part.held != 0) continue;
    if (part.wait == Wait::kUnwanted && part.removal_wait != 0) continue;
    const auto wait = WaitOf(Look(part, of_user, draft));
    if (!wait) continue;
    draft.removal_waits.push_back(*wait);
    part.removal_wait = static_cast<RemovalWaitIndex>(draft.removal_waits.size() - 1);
    DeferTied(part, Wait::kUnwanted, of_user);
    moved = true;
  }
  return moved;
}

void RemovalWaits::DeferGroups(Draft& draft) const {
  for (auto& part : draft.group_parts) {
    if (!part.takes_away() || part.held != 0) continue;
    const auto wait = WaitOf(Look(part, draft));
    if (!wait) continue;
    draft.removal_waits.push_back(*wait);
    part.removal_wait = static_cast<RemovalWaitIndex>(draft.removal_waits.size() - 1);
    part.verdict = Verdict::kDeferred;
  }
}

Deferrals RemovalWaits::Remember(const Draft& draft, const std::set<UserId>& busy,
                                 const std::set<GroupId>& busy_groups) const {
  Deferrals after{.entries = {}, .last_reading = reading_.ended};
  const auto keep = [&](const SubjectProduct& key, bool in_doubt, auto look) {
    if (in_doubt) {
      const auto* known = before_.Find(key);
      if (known != nullptr) after.entries.push_back(NotTold(*known, before_.last_reading));
    } else if (auto wanted = look()) {
      after.entries.push_back(std::move(wanted->deferral));
    }
  };
  draft.ForEachUser([&](std::span<const Part> of_user) {
    for (const auto& part : of_user) {
      if (!IsWanted(part)) continue;
      keep({observed_.users.id(part.row), desired_.products[part.product].id}, part.in_doubt,
           [&] { return Look(part, of_user, draft); });
    }
  });
  for (const auto& part : draft.group_parts) {
    if (!part.takes_away()) continue;
    keep({part.group, desired_.products[part.product].id}, part.in_doubt,
         [&] { return Look(part, draft); });
  }
  // The parts of a fallback may stand out of order.
  std::ranges::stable_sort(after.entries, {}, &Deferral::key);
  const auto wanted = after.entries.size();
  for (const auto& known : before_.entries) {
    if (!DoesNotTell(known, busy, busy_groups)) continue;
    const auto end = after.entries.begin() + static_cast<std::ptrdiff_t>(wanted);
    const auto key = known.key();
    const auto same = std::ranges::lower_bound(after.entries.begin(), end, key, {}, &Deferral::key);
    if (same != end && same->key() == key) continue;
    after.entries.push_back(NotTold(known, before_.last_reading));
  }
  std::ranges::inplace_merge(after.entries,
                             after.entries.begin() + static_cast<std::ptrdiff_t>(wanted), {},
                             &Deferral::key);
  if (after.entries.empty()) after.last_reading = before_.last_reading;
  return after;
}

std::optional<RemovalWaits::Wanted> RemovalWaits::Look(const Part& part,
                                                       std::span<const Part> of_user,
                                                       const Draft& draft) const {
  const auto terms = TermsOf(part, of_user);
  if (GoesAtOnce(terms)) return std::nullopt;
  auto wanted = Resume({observed_.users.id(part.row), desired_.products[part.product].id},
                       GoingOff(part, of_user, draft), terms);
  wanted.exempt = IsExempt(part, of_user);
  return wanted;
}

std::optional<RemovalWaits::Wanted> RemovalWaits::Look(const GroupPart& part,
                                                       const Draft& draft) const {
  const auto& product = desired_.products[part.product];
  if (GoesAtOnce(product.unassign)) return std::nullopt;
  std::vector<PlanId> going;
  if (part.kind != Part::Kind::kRemove && product.index) {
    for (const auto& license : observed_.FindGroup(part.group)->licenses) {
      if (license.product != product.id) continue;
      going = Without(draft.plan_sets[part.disabled_plans],
                      EffectivePlans(license.disabled_plans, observed_.products[*product.index]));
    }
  }
  auto wanted = Resume({part.group, product.id}, std::move(going), product.unassign);
  wanted.exempt = part.just_expired;
  return wanted;
}

RemovalWaits::Wanted RemovalWaits::Resume(const SubjectProduct& whose, std::vector<PlanId> plans,
                                          const UnassignWaiting& terms) const {
  const auto* known = before_.Find(whose);
  if (known != nullptr && known->plans == plans) {
    return {.terms = terms, .deferral = SeenAgain(*known, before_.last_reading, reading_, terms)};
  }
  return {.terms = terms, .deferral = BeginDeferral(whose, std::move(plans), reading_)};
}

std::optional<RemovalWait> RemovalWaits::WaitOf(const std::optional<Wanted>& wanted) const {
  if (!wanted || wanted->exempt) return std::nullopt;
  return StillWaits(wanted->deferral, reading_, wanted->terms);
}

UnassignWaiting RemovalWaits::TermsOf(const Part& part, std::span<const Part> of_user) const {
  if (!Gives(part)) return desired_.products[part.product].unassign;
  std::optional<UnassignWaiting> longest;
  ForEachLeaving(part, of_user, [&](const Part& leaving) {
    const auto& terms = desired_.products[leaving.product].unassign;
    if (!longest) longest = terms;
    longest->after = std::max(longest->after, terms.after);
    longest->confirmations = std::max(longest->confirmations, terms.confirmations);
  });
  return longest.value_or(desired_.products[part.product].unassign);
}

bool RemovalWaits::IsExempt(const Part& part, std::span<const Part> of_user) const {
  if (Gives(part)) {
    int leaving = 0;
    int exempt = 0;
    ForEachLeaving(part, of_user, [&](const Part& rung) {
      ++leaving;
      exempt += IsExempt(rung, of_user);
    });
    return leaving > 0 && exempt == leaving;
  }
  const auto& product = desired_.products[part.product];
  const bool unwanted = part.reason == Reason::kNotGranted || part.reason == Reason::kReplaced;
  return unwanted && product.HasJustExpired(part.row) && !product.revoked.Contains(part.row);
}

std::vector<PlanId> RemovalWaits::GoingOff(const Part& part, std::span<const Part> of_user,
                                           const Draft& draft) const {
  std::vector<PlanId> going;
  if (part.kind == Part::Kind::kRemove) return going;
  const auto& off = draft.plan_sets[part.disabled_plans];
  const auto index = desired_.products[part.product].index;
  if (part.kind == Part::Kind::kPlans && index) AddGoingOff(part.row, *index, off, going);
  ForEachLeaving(part, of_user, [&](const Part& leaving) {
    const auto from = desired_.products[leaving.product].index;
    if (from) AddGoingOff(part.row, *from, off, going);
  });
  SortUnique(going);
  return going;
}

void RemovalWaits::AddGoingOff(Row row, ProductIndex product, const std::vector<PlanId>& off,
                               std::vector<PlanId>& going) const {
  const auto* direct = DirectRow(observed_.users, row, product);
  if (direct == nullptr) return;
  for (const auto& plan : observed_.products[product].plans) {
    if (!Contains(off, plan.id)) continue;
    if (!Contains(observed_.plan_sets[direct->disabled_plans], plan.id)) going.push_back(plan.id);
  }
}

bool RemovalWaits::IsGranted(const SkuId& product, Row row) const {
  const auto found = desired_.Find(product);
  return found && desired_.products[*found].granted.Contains(row);
}

bool RemovalWaits::DoesNotTell(const Deferral& deferral, const std::set<UserId>& busy,
                               const std::set<GroupId>& busy_groups) const {
  if (const auto* group = std::get_if<GroupId>(&deferral.subject)) {
    return busy_groups.contains(*group);
  }
  const auto& user = std::get<UserId>(deferral.subject);
  const auto row = observed_.users.Find(user);
  if (!row) return false;  // A complete reading without them: they are gone.
  const auto held = observed_.users.assignments(*row);
  const bool untold =
      busy.contains(user) || !observed_.users.assignments_known(*row) ||
      std::ranges::any_of(held, [&](const AssignmentRow& one) {
        return one.source == AssignmentSource::kUnknown && IsOf(deferral, one, observed_);
      });
  // What policy grants again is wanted, whatever else is open, and begins anew once it is not.
  return untold && !(deferral.plans.empty() && IsGranted(deferral.product, *row));
}

void AddWait(const RemovalWait& wait, Change& change) {
  if (!change.unwanted) {
    change.unwanted = wait;
  } else {
    const int readings = std::max(change.unwanted->readings, wait.readings);
    if (wait.earliest > change.unwanted->earliest) change.unwanted = wait;
    change.unwanted->readings = readings;
  }
  // Nothing else in a plan tells the time at which it was made.
  const auto& longest = *change.unwanted;
  change.until = longest.begins ? fmt::format("{} from now at the earliest", Exactly(longest.left))
                                : fmt::format("{} at the earliest: unwanted for {} so far",
                                              FormatTime(longest.earliest), Age(longest.covered));
  if (const int readings = longest.readings; readings > 0) {
    change.until += fmt::format(", and {} {} to agree",
                                Counted(static_cast<std::size_t>(readings), "more reading"),
                                readings == 1 ? "has" : "have");
  }
}

std::string WarnOfGap(const Deferrals& before, const ReadingTimes& reading) {
  if (before.entries.empty() || Covers(reading, before.last_reading)) return "";
  return fmt::format(
      "{} passed since the last reading, more than {} intervals: that time does not count for {} "
      "that wait",
      Age(reading.began - before.last_reading), kCoveredIntervals,
      Counted(before.entries.size(), "removal"));
}

}  // namespace seatkeeper
