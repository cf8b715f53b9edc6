#include "reconciler/execute/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace seatkeeper {
namespace {

/// What a reading shows of a change.
enum class View { kNothing, kAfter, kBefore, kNeither };

using Plans = std::vector<PlanId>;

/// The disabled plans of a direct assignment; nothing when the user does not hold it directly.
using Held = std::optional<Plans>;

/// What a reading says about one user and the products that a change touches.
class Sight {
 public:
  Sight(const JournalEntry& entry, const ObservedState& observed)
      : entry_(entry), observed_(observed), row_(observed.users.Find(entry.user)) {}

  View Look() const {
    if (!row_) return View::kNeither;
    if (!Tells()) return View::kNothing;
    if (IsAfter()) return View::kAfter;
    return IsBefore() ? View::kBefore : View::kNeither;
  }

  /// The user holds a seat of the product, from whatever source.
  bool HoldsSeat(const SkuId& product) const {
    const auto rows = Rows();
    return std::any_of(rows.begin(), rows.end(), [&](const AssignmentRow& row) {
      return IsOf(row, product) && row.holds_seat();
    });
  }

 private:
  std::span<const AssignmentRow> Rows() const {
    return row_ ? observed_.users.assignments(*row_) : std::span<const AssignmentRow>();
  }

  bool IsOf(const AssignmentRow& row, const SkuId& product) const {
    return observed_.product_ids[row.product] == product;
  }

  bool Touches(const SkuId& product) const {
    const auto added = [&](const AddLicense& add) { return add.product == product; };
    return std::any_of(entry_.add.begin(), entry_.add.end(), added) ||
           std::find(entry_.remove.begin(), entry_.remove.end(), product) != entry_.remove.end();
  }

  bool Tells() const {
    if (!observed_.users.assignments_known(*row_)) return false;
    const auto rows = Rows();
    return std::none_of(rows.begin(), rows.end(), [&](const AssignmentRow& row) {
      return row.source == AssignmentSource::kUnknown &&
             Touches(observed_.product_ids[row.product]);
    });
  }

  /// Only plans that the product has in the tenant count; all do where the tenant lists none.
  Plans Effective(const SkuId& product, const Plans& plans) const {
    const auto index = observed_.FindProduct(product);
    if (!index || observed_.products[*index].plans.empty()) return plans;
    Plans own;
    for (const ServicePlan& plan : observed_.products[*index].plans) own.push_back(plan.id);
    Plans both;
    std::set_intersection(plans.begin(), plans.end(), own.begin(), own.end(),
                          std::back_inserter(both));
    return both;
  }

  Held Observed(const SkuId& product) const {
    for (const AssignmentRow& row : Rows()) {
      if (row.source != AssignmentSource::kDirect || !IsOf(row, product)) continue;
      return Effective(product, observed_.plan_sets[row.disabled_plans]);
    }
    return std::nullopt;
  }

  Held Before(const SkuId& product) const {
    for (const AddLicense& held : entry_.before) {
      if (held.product == product) return Effective(product, held.disabled_plans);
    }
    return std::nullopt;
  }

  /// Of a change that sets none every usage location will do.
  bool LocationIs(std::string_view wanted) const {
    if (entry_.usage_location.empty()) return true;
    return observed_.users.strings(rule::Property::kUsageLocation)->text(*row_) == wanted;
  }

  bool IsAfter() const {
    const auto shows = [&](const AddLicense& add) {
      return Observed(add.product) == Held(Effective(add.product, add.disabled_plans));
    };
    return LocationIs(entry_.usage_location) &&
           std::all_of(entry_.add.begin(), entry_.add.end(), shows) &&
           std::none_of(entry_.remove.begin(), entry_.remove.end(),
                        [&](const SkuId& product) { return Observed(product).has_value(); });
  }

  bool IsBefore() const {
    const auto same = [&](const SkuId& product) { return Observed(product) == Before(product); };
    return LocationIs("") &&
           std::all_of(entry_.add.begin(), entry_.add.end(),
                       [&](const AddLicense& add) { return same(add.product); }) &&
           std::all_of(entry_.remove.begin(), entry_.remove.end(), same);
  }

  const JournalEntry& entry_;
  const ObservedState& observed_;
  std::optional<Row> row_;
};

WallTime Since(const JournalEntry& entry) { return entry.answered_at.value_or(entry.intended_at); }

JournalUpdate UpdateOf(const JournalEntry& entry, ChangeState state, WallTime now,
                       std::string message) {
  return {.id = entry.id,
          .state = state,
          .attempt = entry.attempt,
          .at = now,
          .sightings = entry.sightings,
          .leaning = entry.leaning,
          .service = {},
          .message = std::move(message)};
}

std::string SettledMessage(ChangeState state) {
  switch (state) {
    case ChangeState::kMatched:
      return "It is as the change wanted it; whether the change did that is not known.";
    case ChangeState::kReverted:
      return "Two readings show the state from before: it did not happen.";
    case ChangeState::kSuperseded:
      return "Two readings show neither the state from before nor the one that was wanted.";
    default:
      return {};
  }
}

/// One more reading that points to `leaning`; the second in a row decides.
JournalUpdate Sighting(const JournalEntry& entry, ChangeState leaning, WallTime now) {
  const int sightings = entry.leaning == leaning ? entry.sightings + 1 : 1;
  const bool decided = sightings >= 2;
  JournalUpdate update = UpdateOf(entry, decided ? leaning : entry.state, now,
                                  decided ? SettledMessage(leaning) : std::string());
  update.sightings = sightings;
  update.leaning = leaning;
  return update;
}

std::optional<JournalUpdate> JudgeAccepted(const JournalEntry& entry, View view, WallTime read_at,
                                           WallTime now) {
  if (view == View::kAfter) return Sighting(entry, ChangeState::kConfirmed, now);
  if (view == View::kNothing) {
    if (now - Since(entry) < kUnresolvedAfter) return std::nullopt;
    return UpdateOf(entry, ChangeState::kDiverged, now,
                    fmt::format("Accepted, but for {} hours no reading could tell whether it took "
                                "effect.",
                                kUnresolvedAfter.count()));
  }
  if (read_at - Since(entry) >= kSettleHorizon) {
    return UpdateOf(entry, ChangeState::kDiverged, now,
                    fmt::format("Accepted, but a reading more than {} minutes later does not show "
                                "it.",
                                kSettleHorizon.count()));
  }
  if (entry.sightings == 0) return std::nullopt;
  // Seen once and gone again: the service's replicas disagree, so the counting starts anew.
  JournalUpdate update = UpdateOf(entry, entry.state, now, {});
  update.sightings = 0;
  update.leaning.reset();
  return update;
}

std::optional<JournalUpdate> JudgeUncertain(const JournalEntry& entry, View view, WallTime read_at,
                                            WallTime now) {
  if (view == View::kNothing) {
    if (now - Since(entry) < kUnresolvedAfter) return std::nullopt;
    return UpdateOf(entry, ChangeState::kUnresolved, now,
                    fmt::format("For {} hours no reading could tell whether it took effect.",
                                kUnresolvedAfter.count()));
  }
  if (read_at - Since(entry) < kSettleHorizon) return std::nullopt;
  switch (view) {
    case View::kAfter:
      return Sighting(entry, ChangeState::kMatched, now);
    case View::kBefore:
      return Sighting(entry, ChangeState::kReverted, now);
    default:
      return Sighting(entry, ChangeState::kSuperseded, now);
  }
}

std::optional<JournalUpdate> Judge(const JournalEntry& entry, const Sight& sight, WallTime read_at,
                                   WallTime now) {
  // The clock counts milliseconds: what is read at once after the answer begins in the same one.
  const View view = read_at >= Since(entry) ? sight.Look() : View::kNothing;
  return entry.state == ChangeState::kAccepted ? JudgeAccepted(entry, view, read_at, now)
                                               : JudgeUncertain(entry, view, read_at, now);
}

void NoteOwnership(const JournalEntry& entry, ChangeState state, MemoryChange& memory) {
  if (IsOpen(state) || state == ChangeState::kReverted) return;
  for (const SkuId& product : entry.remove) memory.no_longer_owned.push_back({entry.user, product});
  if (state != ChangeState::kConfirmed) return;
  for (const AddLicense& add : entry.add) {
    const bool held_before =
        std::any_of(entry.before.begin(), entry.before.end(),
                    [&](const AddLicense& held) { return held.product == add.product; });
    if (!held_before) memory.owned.push_back({entry.user, add.product});
  }
}

}  // namespace

Settlement Settle(const std::vector<JournalEntry>& open, const ObservedState& observed,
                  WallTime now) {
  Settlement settlement;
  for (const JournalEntry& entry : open) {
    const Sight sight(entry, observed);
    auto update = Judge(entry, sight, observed.read_at, now);
    const ChangeState state = update ? update->state : entry.state;
    if (update) settlement.updates.push_back(std::move(*update));
    NoteOwnership(entry, state, settlement.memory);
    if (!IsOpen(state)) continue;
    settlement.busy.insert(entry.user);
    for (const AddLicense& add : entry.add) {
      if (!sight.HoldsSeat(add.product)) ++settlement.unseen_seats[add.product];
    }
  }
  std::sort(settlement.memory.owned.begin(), settlement.memory.owned.end());
  std::sort(settlement.memory.no_longer_owned.begin(), settlement.memory.no_longer_owned.end());
  return settlement;
}

}  // namespace seatkeeper
