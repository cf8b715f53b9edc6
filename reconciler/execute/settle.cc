#include "reconciler/execute/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/execute/sight.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

WallTime Since(const JournalEntry& entry) { return entry.answered_at.value_or(entry.intended_at); }

std::chrono::minutes HorizonOf(const JournalEntry& entry) {
  return entry.group ? kGroupSettleHorizon : kSettleHorizon;
}

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

/// Why a reading of a group may not tell.
std::string_view OrStillWorking(const JournalEntry& entry) {
  return entry.group ? ", or the service is still working through the group's members" : "";
}

std::string SettledMessage(const JournalEntry& entry, ChangeState state) {
  if (entry.reprocesses() && state == ChangeState::kSuperseded) {
    return "Two readings show that the groups do not give it; whether they were processed again is "
           "not known.";
  }
  switch (state) {
    case ChangeState::kMatched:
      return "It is as the change wanted it; whether the change did that is not known.";
    case ChangeState::kReverted:
      return "Two readings show the state from before: it did not happen, or was taken back since.";
    case ChangeState::kSuperseded:
      return "Two readings show neither the state from before nor the one that was wanted.";
    default:
      return {};
  }
}

/// One more reading that points to `leaning`; the second in a row decides.
JournalUpdate Sighting(const JournalEntry& entry, ChangeState leaning, WallTime now) {
  const int sightings = entry.leaning == leaning ? entry.sightings + 1 : 1;
  const bool said = IsPlanted(PlantedBug::kAnswerConfirms) && leaning == ChangeState::kConfirmed;
  const bool decided = sightings >= (said ? 1 : 2);
  JournalUpdate update = UpdateOf(entry, decided ? leaning : entry.state, now,
                                  decided ? SettledMessage(entry, leaning) : std::string());
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
                                "effect{}.",
                                kUnresolvedAfter.count(), OrStillWorking(entry)));
  }
  if (read_at - Since(entry) >= HorizonOf(entry)) {
    return UpdateOf(entry, ChangeState::kDiverged, now,
                    fmt::format("Accepted, but a reading more than {} later does not show it.",
                                entry.group ? fmt::format("{} hours", kGroupSettleHorizon.count())
                                            : fmt::format("{} minutes", kSettleHorizon.count())));
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
                    fmt::format("For {} hours no reading could tell whether it took effect{}.",
                                kUnresolvedAfter.count(), OrStillWorking(entry)));
  }
  if (read_at - Since(entry) < HorizonOf(entry)) return std::nullopt;
  switch (view) {
    case View::kAfter:
      return Sighting(entry, ChangeState::kMatched, now);
    case View::kBefore:
      return Sighting(entry, ChangeState::kReverted, now);
    default:
      return Sighting(entry, ChangeState::kSuperseded, now);
  }
}

std::optional<JournalUpdate> Judge(const JournalEntry& entry, const ObservedState& observed,
                                   WallTime now) {
  const WallTime read_at = observed.read_at;
  // The clock counts milliseconds: what is read at once after the answer begins in the same one.
  const View view = read_at >= Since(entry) ? LookAt(entry, observed) : View::kNothing;
  return entry.state == ChangeState::kAccepted ? JudgeAccepted(entry, view, read_at, now)
                                               : JudgeUncertain(entry, view, read_at, now);
}

// What was carried out, perhaps, is to wait anew should it be wanted again: somebody gave it back.
void NoteEndedRemovals(const JournalEntry& entry, ChangeState state, MemoryChange& memory) {
  if (IsOpen(state) || state == ChangeState::kReverted) return;
  for (const auto* products : {&entry.remove, &entry.plans_off}) {
    for (const SkuId& product : *products) {
      memory.no_longer_deferred.emplace_back(entry.subject(), product);
    }
  }
}

// Somebody else had assigned it before this change was even written down: the service accepted what
// changed nothing. Its times are whole seconds, and an own clock that is ahead does not count.
bool WasThereBefore(const JournalEntry& entry, const SkuId& product,
                    const ObservedState& observed) {
  const auto row = observed.users.Find(entry.user);
  if (!row) return false;
  for (const AssignmentRow& held : observed.users.assignments(*row)) {
    if (held.source != AssignmentSource::kDirect) continue;
    if (observed.product_ids[held.product] != product) continue;
    const auto updated = ParseTime(observed.texts[held.updated]);
    return updated && *updated < std::chrono::floor<std::chrono::seconds>(entry.intended_at);
  }
  return false;
}

void NoteOwnership(const JournalEntry& entry, ChangeState state, const ObservedState& observed,
                   MemoryChange& memory) {
  // What users hold through a group is the group's, whoever licensed it.
  if (entry.group || entry.reprocesses() || IsOpen(state) || state == ChangeState::kReverted)
    return;
  for (const SkuId& product : entry.remove) memory.no_longer_owned.push_back({entry.user, product});
  // What undo puts back may be somebody else's: it is nobody's proof that seatkeeper gave it.
  if (state != ChangeState::kConfirmed || entry.reason == ToString(Reason::kRestored)) return;
  for (const AddLicense& add : entry.add) {
    const bool held_before =
        std::any_of(entry.before.begin(), entry.before.end(),
                    [&](const AddLicense& held) { return held.product == add.product; });
    if (!held_before && !WasThereBefore(entry, add.product, observed))
      memory.owned.push_back({entry.user, add.product});
  }
}

}  // namespace

Settlement Settle(const std::vector<JournalEntry>& open, const ObservedState& observed,
                  WallTime now) {
  Settlement settlement;
  for (const JournalEntry& entry : open) {
    auto update = Judge(entry, observed, now);
    const ChangeState state = update ? update->state : entry.state;
    if (update) settlement.updates.push_back(std::move(*update));
    NoteOwnership(entry, state, observed, settlement.memory);
    NoteEndedRemovals(entry, state, settlement.memory);
    if (!IsOpen(state)) continue;
    if (entry.group) {
      settlement.busy_groups.insert(entry.group->id);
    } else {
      settlement.busy.insert(entry.user);
    }
    for (const AddLicense& add : entry.add) {
      const int unseen = UnseenSeats(entry, add.product, observed);
      if (unseen > 0) settlement.unseen_seats[add.product] += unseen;
    }
  }
  std::sort(settlement.memory.owned.begin(), settlement.memory.owned.end());
  std::sort(settlement.memory.no_longer_owned.begin(), settlement.memory.no_longer_owned.end());
  std::ranges::sort(settlement.memory.no_longer_deferred);
  return settlement;
}

}  // namespace seatkeeper
